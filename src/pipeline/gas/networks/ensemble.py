"""Predictions of an ensemble: the mean of its networks' densities, with a temperature of its own.

The mean of the densities is wider than each of them where the networks disagree (Lakshminarayanan
et al. 2017, arXiv 1612.01474): it holds the error of the events and that of the networks. Where the
members have a temperature, each is as wide as its own errors, and the mean is too wide for its
smaller ones (Rahaman and Thiery 2021, arXiv 2007.08792): a temperature of the mean makes it right.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipeline.core.tables import Described, Inputs, Params
from pipeline.gas.config.card import Temperature
from pipeline.gas.networks.temperature import read_temperature, tempered
from pipeline.statistics.directional.density import Density
from pipeline.statistics.directional.predictions import (
    EVENT,
    PREDICTED,
    SPREAD,
    START,
    between_rad,
    completed,
    density_of,
    described,
    read_predictions,
    with_density,
    with_start,
)


def combined(
    members: Sequence[pd.DataFrame], temperature: Temperature | None = None
) -> pd.DataFrame:
    """The prediction table of an ensemble from those of its networks, of the same events.

    Args:
        members: Prediction tables of the networks, each with its own temperature if it has one.
        temperature: That of the mean of their densities; None: it stays as it is.

    Raises:
        ValueError: the tables are not of the same events, or a network predicts no density.
    """
    events = members[0][EVENT]
    for other in members[1:]:
        if not other[EVENT].equals(events):
            raise ValueError(
                "the networks of an ensemble must have predicted the same events in the same "
                "order; delete their prediction tables and rerun"
            )
    table = with_density(events, Density.mean_of([density_of(table) for table in members]))
    starts = np.stack([member[START].to_numpy(np.float64) for member in members])
    if np.isfinite(starts).all():
        table = with_start(table, *_mean_start(starts))
    table = completed(table)
    if temperature:
        table = tempered(table, temperature)
    return table.assign(**{SPREAD: _spread_deg(table, members).astype(np.float32)})


def from_files(inputs: Inputs, _params: Params) -> dict[str, Described]:
    """The prediction table of an ensemble from the files of its members."""
    members = [read_predictions(path) for path in inputs["members"]]
    temperatures = list(map(read_temperature, inputs["temperature"]))
    return {"table": described(combined(members, *temperatures))}


def _spread_deg(table: pd.DataFrame, members: Sequence[pd.DataFrame]) -> np.ndarray:
    own = table[PREDICTED].to_numpy(np.float64)
    others = np.stack([member[PREDICTED].to_numpy(np.float64) for member in members])
    spread: np.ndarray = np.degrees(np.sqrt(np.square(between_rad(others, own)).mean(0)))
    return spread


def _mean_start(starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean positions [n, 3] and errors [n] of Gaussians [members, n, (x, y, z, error)].

    The variance of a mean of densities is the mean variance and the variance of the means.
    """
    positions, errors = starts[:, :, :3], starts[:, :, 3]
    between = positions.var(axis=0).mean(axis=1)
    return positions.mean(axis=0), np.sqrt(np.square(errors).mean(axis=0) + between)
