"""Pseudo-experiments under both hypotheses, in seeded batches that can be merged.

Events of a toy are nested: the first N make the toy of N events, so one pass gives every N of the
grid. A measured direction needs its cosine to the Sun's axis and an azimuth about that axis. The
azimuth is uniform, and so is the cosine of an isotropic event whatever the response.
"""

import logging
from collections.abc import Iterable, Sequence
from math import cos, pi, sqrt

import numpy as np
import pandas as pd
from numba import njit
from numpy.typing import NDArray

from pipeline.core.progress import Progress
from pipeline.core.seeds import generator
from pipeline.physics.solar_neutrinos import RecoilAngles
from pipeline.statistics.directional.config import EventGrid, HypothesisTest
from pipeline.statistics.directional.response import Response
from pipeline.statistics.directional.statistics import (
    DIPOLE,
    DIPOLE_KAPPA,
    LIKELIHOOD,
    LIKELIHOOD_KAPPA,
    Increments,
    increments,
)

Array = NDArray[np.float64]
logger = logging.getLogger(__name__)

BACKGROUND, SIGNAL = "background", "signal"
# What a set of toys is for; `batch` comes on top, `q` (float32 per toy) holds the statistic.
KEYS = [
    "test_set",
    "method",
    "fraction_cut",
    "efficiency",
    "signal_fraction",
    "statistic",
    "hypothesis",
    "events",
]
_SIGNAL_QUANTILES = 8192
_CHUNK = 250


def event_grid(grid: EventGrid, dipole: float) -> NDArray[np.int64]:
    """Rising numbers of events N whose strength 3 N dipole^2 covers the grid.

    `dipole` is the length of the mean measured direction, signal fraction included.
    """
    strength = np.geomspace(grid.strength_min, grid.strength_max, grid.points)
    with np.errstate(divide="ignore"):
        events = np.clip(strength / (3 * np.float64(dipole) ** 2), 1, grid.events_max)
    return np.unique(np.rint(events).astype(np.int64))


def run_batch(
    responses: Sequence[Response],
    signal: RecoilAngles,
    settings: HypothesisTest,
    seed: int,
    test_set: str,
    method: str,
    batch: int,
) -> pd.DataFrame:
    """Toys of one method on one test set: one row per KEYS and batch, `q` the toys' statistics.

    The random numbers depend on seed, test set, method, cut and batch only, so batches may run
    in any order and place. Background-only toys serve all signal fractions: they share events.
    """
    fractions = settings.signal_fractions
    quantiles = signal.quantiles(_SIGNAL_QUANTILES)
    toys_per_response = settings.background_toys + len(fractions) * settings.signal_toys
    progress = Progress(
        f"{test_set}/{method}, batch {batch}", len(responses) * toys_per_response, "toys"
    )
    rows: list[dict[str, object]] = []
    for response in responses:
        rng = generator(seed, "toys", test_set, method, str(response.fraction_cut), batch)
        table = increments(response, signal, fractions)
        dipole = signal.mean_cosine * response.cos_theta.mean()
        grids = [event_grid(settings.events, fraction * dipole) for fraction in fractions]
        union = np.unique(np.concatenate(grids))
        labels = {
            "test_set": test_set,
            "method": method,
            "batch": batch,
            "fraction_cut": response.fraction_cut,
            "efficiency": response.efficiency,
        }
        background = _simulate(
            rng, settings.background_toys, union, 0.0, quantiles, response, table, progress
        )
        for i, (fraction, grid) in enumerate(zip(fractions, grids, strict=True)):
            own = table.for_fraction(i)
            with_signal = _simulate(
                rng, settings.signal_toys, grid, fraction, quantiles, response, own, progress
            )
            places = np.searchsorted(union, grid)
            found = {
                BACKGROUND: {name: q[i][:, places] for name, q in background.items()},
                SIGNAL: {name: q[0] for name, q in with_signal.items()},
            }
            rows += _rows(labels | {"signal_fraction": fraction}, grid, found)
    progress.finish()
    return pd.DataFrame(rows)


def merge(batches: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Join the toys of batches: one row per KEYS, `q` in the order of the batch numbers.

    Raises ValueError if a batch is there twice, or if the same toys come with two grids or
    efficiencies (batches made with different settings).
    """
    every = pd.concat(list(batches), ignore_index=True).sort_values([*KEYS, "batch"])
    twice = every.duplicated([*KEYS, "batch"])
    if twice.any():
        row = every[twice].iloc[0]
        raise ValueError(
            f"batch {row['batch']} of {row['test_set']}/{row['method']} is given twice; "
            "merge each batch once"
        )
    merged = every.groupby(KEYS, sort=True).agg(
        q=("q", lambda parts: np.concatenate(list(parts))), batches=("batch", tuple)
    )
    uneven = merged["batches"].groupby(level=["test_set", "method", "fraction_cut"]).nunique() > 1
    if uneven.any():
        raise ValueError(
            f"batches of {'/'.join(map(str, uneven[uneven].index[0]))} were made with different "
            "settings or predictions; run them again with the same ones"
        )
    return merged.drop(columns="batches").reset_index()


def _rows(
    labels: dict[str, object], grid: NDArray[np.int64], found: dict[str, dict[str, Array]]
) -> list[dict[str, object]]:
    """A row per hypothesis, statistic and N from `found[hypothesis][statistic]` (toys, grid)."""
    return [
        labels
        | {
            "hypothesis": hypothesis,
            "statistic": statistic,
            "events": int(events),
            "q": q[:, place].astype(np.float32),
        }
        for hypothesis, by_statistic in found.items()
        for statistic, q in by_statistic.items()
        for place, events in enumerate(grid)
    ]


def _simulate(
    rng: np.random.Generator,
    n_toys: int,
    grid: NDArray[np.int64],
    signal_fraction: float,
    quantiles: Array,
    response: Response,
    table: Increments,
    progress: Progress,
) -> dict[str, Array]:
    """Statistics of `n_toys` toys: name -> (fractions of `table`, toys, grid)."""
    n_fractions = len(table.plain)
    dipole = np.empty((2, n_toys, len(grid)))
    likelihood = np.empty((2, n_fractions, n_toys, len(grid)))
    for start in range(0, n_toys, _CHUNK):
        chunk = slice(start, min(start + _CHUNK, n_toys))
        _run(
            rng,
            grid,
            signal_fraction,
            quantiles,
            response.cos_theta,
            table.dipole_weight,
            table.kappa_row,
            table.plain,
            table.by_kappa,
            dipole[:, chunk],
            likelihood[:, :, chunk],
        )
        progress.update(chunk.stop - chunk.start)
    dipoles = np.broadcast_to(dipole[:, None], likelihood.shape)
    found = {DIPOLE: dipoles[0], LIKELIHOOD: likelihood[0]}
    if table.has_kappa:
        found |= {DIPOLE_KAPPA: dipoles[1], LIKELIHOOD_KAPPA: likelihood[1]}
    return found


@njit(cache=True)
def _run(
    rng: np.random.Generator,
    grid: NDArray[np.int64],
    signal_fraction: float,
    quantiles: Array,
    cos_theta: Array,
    dipole_weight: Array,
    kappa_row: NDArray[np.int64],
    plain: Array,
    by_kappa: Array,
    dipole: Array,
    likelihood: Array,
) -> None:
    """Fill `dipole` (2, toys, grid) and `likelihood` (2, fractions, toys, grid).

    The leading axis is plain, kappa-weighted; its second half is unused without kappa.
    """
    n_fractions, _, n_cells = plain.shape
    with_kappa = by_kappa.shape[1] > 0
    vector, weighted = np.empty(3), np.empty(3)
    log_ratio = np.empty((2, n_fractions))
    for toy in range(dipole.shape[1]):
        vector[:] = 0.0
        weighted[:] = 0.0
        log_ratio[:] = 0.0
        weight_squared = 0.0
        place = 0
        for event in range(grid[-1]):
            row = int(rng.random() * len(cos_theta))
            if rng.random() < signal_fraction:
                alpha = quantiles[int(rng.random() * len(quantiles))]
                theta = cos_theta[row]
                # The cosine of a uniform azimuth: half a turn covers all of its values.
                across = sqrt((1 - alpha * alpha) * (1 - theta * theta)) * cos(pi * rng.random())
                z = min(max(alpha * theta + across, -1.0), 1.0)
            else:
                z = 2 * rng.random() - 1
            # A uniform azimuth without sine and cosine: a point in the disc, its angle doubled.
            a, b = 2 * rng.random() - 1, 2 * rng.random() - 1
            while a * a + b * b > 1 or a * a + b * b == 0:
                a, b = 2 * rng.random() - 1, 2 * rng.random() - 1
            radius = sqrt(1 - z * z) / (a * a + b * b)
            x, y = radius * (a * a - b * b), radius * 2 * a * b
            vector[0] += x
            vector[1] += y
            vector[2] += z
            cell = min(int(0.5 * (z + 1) * n_cells), n_cells - 1)
            for i in range(n_fractions):
                log_ratio[0, i] += plain[i, 0, cell]
            if with_kappa:
                weight = dipole_weight[row]
                weighted[0] += weight * x
                weighted[1] += weight * y
                weighted[2] += weight * z
                weight_squared += weight * weight
                for i in range(n_fractions):
                    log_ratio[1, i] += by_kappa[i, kappa_row[row], cell]
            if event + 1 == grid[place]:
                dipole[0, toy, place] = 3 * (vector * vector).sum() / (event + 1)
                likelihood[0, :, toy, place] = log_ratio[0]
                if with_kappa:
                    dipole[1, toy, place] = 3 * (weighted * weighted).sum() / weight_squared
                    likelihood[1, :, toy, place] = log_ratio[1]
                place += 1
