"""Toys of directions on the sphere, with isotropic background.

A measured direction needs its cosine to the Sun's axis and an azimuth about that axis. The azimuth
is uniform, and so is the cosine of an isotropic event whatever the response.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import cos, pi, sqrt
from typing import ClassVar, Self

import numpy as np
import pandas as pd
from numba import njit
from numpy.typing import NDArray

from pipeline.core.progress import Progress
from pipeline.core.seeds import generator
from pipeline.physics.solar_neutrinos import RecoilAngles
from pipeline.statistics.directional.config import HypothesisTest
from pipeline.statistics.directional.response import Response
from pipeline.statistics.directional.statistics import (
    DIPOLE,
    DIPOLE_KAPPA,
    LIKELIHOOD,
    LIKELIHOOD_KAPPA,
    Increments,
    increments,
)
from pipeline.statistics.directional.toys import ToySet, toy_rows, toys_per_maker

Array = NDArray[np.float64]

_SIGNAL_QUANTILES = 8192


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
    in any order and place.
    """
    fractions = settings.signal_fractions
    quantiles = signal.quantiles(_SIGNAL_QUANTILES)
    what = f"{test_set}/{method}, batch {batch}"
    progress = Progress(what, len(responses) * toys_per_maker(settings), "toys")
    rows: list[dict[str, object]] = []
    for response in responses:
        rng = generator(seed, "toys", test_set, method, str(response.fraction_cut), batch)
        dipole = signal.mean_cosine * float(response.cos_theta.mean())
        maker = _Sphere(response, increments(response, signal, fractions), quantiles, dipole)
        labels = {
            "test_set": test_set,
            "method": method,
            "batch": batch,
            "fraction_cut": response.fraction_cut,
            "efficiency": response.efficiency,
        }
        rows += toy_rows(rng, maker, settings, labels, progress)
    progress.finish()
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class _Sphere:
    """A response to recoils with angles of these quantiles; `table` has its increments."""

    dimensions: ClassVar[int] = 3

    response: Response
    table: Increments
    quantiles: Array
    dipole: float

    def for_fraction(self, place: int) -> Self:
        """See `ToyMaker`."""
        return replace(self, table=self.table.for_fraction(place))

    def simulate(self, toys: ToySet, progress: Progress) -> dict[str, Array]:
        """See `ToyMaker`: dipoles (1, toys, grid), likelihoods (signal fractions, toys, grid)."""
        table = self.table
        dipole = np.empty((2, toys.number, len(toys.grid)))
        likelihood = np.empty((2, len(table.plain), toys.number, len(toys.grid)))
        for chunk in toys.chunks(progress):
            _run(
                *(toys.rng, toys.grid, toys.signal_fraction),
                self.quantiles,
                self.response.cos_theta,
                table.dipole_weight,
                table.kappa_row,
                table.plain,
                table.by_kappa,
                dipole[:, chunk],
                likelihood[:, :, chunk],
            )
        found = {DIPOLE: dipole[:1], LIKELIHOOD: likelihood[0]}
        if table.has_kappa:
            found |= {DIPOLE_KAPPA: dipole[1:], LIKELIHOOD_KAPPA: likelihood[1]}
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
