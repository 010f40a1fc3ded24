"""Temperature of a network's kappa: one factor for all events, fitted to validation events.

Temperature scaling, Guo et al. 2017 (arXiv:1706.04599), for the von Mises-Fisher distribution: its
natural parameter kappa mu is divided by a temperature, so kappa is multiplied by a factor. The
directions and the order of the kappas do not change.
"""

import logging
import math
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from scipy.optimize import minimize_scalar

from pipeline.core.files import atomic_write
from pipeline.gas.config.card import CARD, read_card
from pipeline.statistics.directional.density import Density
from pipeline.statistics.directional.predictions import TRUE, cosines, density_of, with_density
from pipeline.statistics.directional.vmf import fit_kappa_factor

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Temperature:
    """A factor on kappa (the inverse temperature) and its effect on the events it was fitted to."""

    kappa_factor: float
    kappa_factor_err: float  # statistical
    nll_before: float  # mean negative log-likelihood per event, without the factor
    nll_after: float  # the same with the factor
    events: int


def fit_temperature(predictions: pd.DataFrame) -> Temperature:
    """Fit the factor on kappa that maximises the likelihood of the true directions.

    The same factor for all components of a density.

    Raises:
        ValueError: there are no events, or some have no density.
    """
    density = density_of(predictions)
    if density.components == 1:
        factor, error = fit_kappa_factor(cosines(predictions), predictions["kappa"])
    else:
        factor, error = _fit_mixtures(predictions, density)
    before, after = _mean_nll(predictions, density), _mean_nll(predictions, density.scaled(factor))
    logger.info(
        "kappa times %.4f +- %.4f from %s validation events: mean NLL %.4f -> %.4f",
        *(factor, error, f"{len(predictions):,}", before, after),
    )
    return Temperature(factor, error, before, after, len(predictions))


def tempered(predictions: pd.DataFrame, kappa_factor: float) -> pd.DataFrame:
    """The predictions with every kappa multiplied by the factor."""
    return with_density(predictions, density_of(predictions).scaled(kappa_factor))


def write_temperature(path: str | Path, temperature: Temperature) -> None:
    """Write a temperature as a CSV table of one row."""
    with atomic_write(path) as temporary:
        pd.DataFrame([vars(temperature)]).to_csv(temporary, index=False)


def read_temperature(path: str | Path) -> Temperature:
    """Read a temperature written by `write_temperature`."""
    row = next(pd.read_csv(path).itertuples(index=False))
    return Temperature(*row)


def read_kappa_factor(path: str | Path) -> float:
    """The factor of a temperature, or that of the card of a network folder.

    Raises:
        ValueError: the card has none; see also `read_card`.
    """
    path = Path(path)
    if path.name != CARD:
        return read_temperature(path).kappa_factor
    factor = read_card(path.parent).kappa_factor
    if factor is None:
        raise ValueError(f"{path}: no kappa_factor; set temperature: false")
    return factor


def _fit_mixtures(predictions: pd.DataFrame, density: Density) -> tuple[float, float]:
    """The factor of greatest likelihood and its error, from the likelihood's curvature there."""

    def nll(log_factor: float) -> float:
        return _mean_nll(predictions, density.scaled(math.exp(log_factor)))

    best = float(minimize_scalar(nll, bounds=(-4, 4), options={"xatol": 1e-6}).x)
    step = 0.02
    curvature = (nll(best + step) - 2 * nll(best) + nll(best - step)) / step**2
    return math.exp(best), math.exp(best) / math.sqrt(curvature * len(predictions))


def _mean_nll(predictions: pd.DataFrame, density: Density) -> float:
    truth = predictions[TRUE].to_numpy("float64")
    return -float(density.log_density(truth[:, None]).mean())
