"""Temperature of a network's kappa: one factor on all of them, fitted to events not learnt from.

Temperature scaling, Guo et al. 2017 (arXiv:1706.04599), for the von Mises-Fisher distribution:
kappa mu, its natural parameter, is divided by a temperature, that is kappa times a factor. The
directions and the order of the kappas stay as they are.
"""

import logging
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import torch

from pipeline.core.files import atomic_write
from pipeline.learning.vmf import vmf_nll
from pipeline.statistics.directional.predictions import PREDICTED, TRUE, cosines
from pipeline.statistics.directional.vmf import fit_kappa_factor

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Temperature:
    """A factor on kappa, the inverse of the temperature, and what it does to the fitted events."""

    kappa_factor: float
    kappa_factor_err: float  # statistical
    nll_before: float  # mean negative log-likelihood of an event's direction, with kappa as it was
    nll_after: float  # and times the factor
    events: int


def fit_temperature(predictions: pd.DataFrame) -> Temperature:
    """The factor on kappa that makes the true directions of `predictions` most likely.

    Raises:
        ValueError: there are no events, or some without kappa.
    """
    factor, error = fit_kappa_factor(cosines(predictions), predictions["kappa"])
    before, after = _mean_nll(predictions, 1.0), _mean_nll(predictions, factor)
    logger.info(
        "kappa times %.4f +- %.4f from %s validation events: mean NLL %.4f -> %.4f",
        *(factor, error, f"{len(predictions):,}", before, after),
    )
    return Temperature(factor, error, before, after, len(predictions))


def tempered(predictions: pd.DataFrame, temperature: Temperature) -> pd.DataFrame:
    """The same predictions with every kappa times the factor."""
    return predictions.assign(kappa=predictions["kappa"] * temperature.kappa_factor)


def write_temperature(path: str | Path, temperature: Temperature) -> None:
    """Write a temperature as a CSV table of one row."""
    with atomic_write(path) as temporary:
        pd.DataFrame([vars(temperature)]).to_csv(temporary, index=False)


def read_temperature(path: str | Path) -> Temperature:
    """A temperature written by `write_temperature`."""
    row = next(pd.read_csv(path).itertuples(index=False))
    return Temperature(*row)


def _mean_nll(predictions: pd.DataFrame, factor: float) -> float:
    kappa = torch.from_numpy(predictions["kappa"].to_numpy("float64") * factor)
    predicted, true = (
        torch.tensor(predictions[columns].to_numpy("float64")) for columns in (PREDICTED, TRUE)
    )
    return float(vmf_nll(predicted, kappa, true).mean())
