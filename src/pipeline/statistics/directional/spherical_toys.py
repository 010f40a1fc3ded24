"""Toys of directions on the sphere, with isotropic background.

An event has one of the recoil energies of the test set, drawn from the shares of signal or
background. A measured direction needs its cosine to the Sun's axis and an azimuth about that axis.
The azimuth is uniform, and so is the cosine of an isotropic event whatever the response.
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
from pipeline.statistics.directional.config import HypothesisTest
from pipeline.statistics.directional.profile import profile_ratio
from pipeline.statistics.directional.response import Response
from pipeline.statistics.directional.response_error import response_errors
from pipeline.statistics.directional.spectrum import Passing, Spectrum
from pipeline.statistics.directional.statistics import (
    DIPOLE,
    LIKELIHOOD,
    PROFILE,
    WEIGHTED,
    Increments,
    increments,
)
from pipeline.statistics.directional.toys import ToySet, by_name, toy_rows, toys_per_maker

Array = NDArray[np.float64]

_SIGNAL_QUANTILES = 8192


def run_batch(
    responses: Sequence[Response],
    spectrum: Spectrum,
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
    quantiles = np.stack([angles.quantiles(_SIGNAL_QUANTILES) for angles in spectrum.angles])
    what = f"{test_set}/{method}, batch {batch}"
    progress = Progress(what, len(responses) * toys_per_maker(settings), "toys")
    tables = []
    for response in responses:
        of_response = (test_set, method, str(response.fraction_cut))
        rng = generator(seed, "toys", *of_response, batch)
        table = increments(response, spectrum, settings.signal_fractions)
        # Of all batches the same.
        rng_of_tracks = generator(seed, "response error", *of_response)
        errors = response_errors(
            response, spectrum, table, settings.signal_fractions, rng_of_tracks
        )
        passing = spectrum.passing(response.efficiency)
        labels = {
            "test_set": test_set,
            "method": method,
            "batch": batch,
            "fraction_cut": response.fraction_cut,
            "window_keV": spectrum.window_keV,
            "recoils_per_electron_yr": spectrum.recoils_per_electron_yr,
        }
        maker = _Sphere(response, table, quantiles, passing)
        toys = pd.DataFrame(toy_rows(rng, maker, settings, labels, progress))
        efficiency = toys["signal_fraction"].map(passing.mean_efficiency)
        places = toys["signal_fraction"].map(settings.signal_fractions.index)
        error = [errors[name][i] for name, i in zip(toys["statistic"], places, strict=True)]
        tables.append(toys.assign(efficiency=efficiency, response_err_rel=error))
    progress.finish()
    return pd.concat(tables, ignore_index=True)


@dataclass(frozen=True)
class _Sphere:
    """A response to recoils; `table` has its increments, `quantiles` the cosines per energy."""

    dimensions: ClassVar[int] = 3

    response: Response
    table: Increments
    quantiles: Array
    passing: Passing

    @property
    def dipole(self) -> float:
        """See `ToyMaker`."""
        means = [
            angles.mean_cosine * float(self.response.at_energy(i).cos_theta.mean())
            if share > 0
            else 0.0
            for i, (angles, share) in enumerate(
                zip(self.passing.spectrum.angles, self.passing.signal, strict=True)
            )
        ]
        return float(self.passing.signal @ means)

    def for_fraction(self, place: int) -> Self:
        """See `ToyMaker`."""
        return replace(self, table=self.table.for_fraction(place))

    def simulate(self, toys: ToySet, progress: Progress) -> dict[str, Array]:
        """See `ToyMaker`: likelihoods (signal fractions, toys, grid), others (1, toys, grid)."""
        table, passing = self.table, self.passing
        cumulative = np.zeros((2, len(passing.efficiency) + 1))
        np.cumsum([passing.background, passing.signal], axis=1, out=cumulative[:, 1:])
        cumulative /= cumulative[:, -1:]
        dipole = np.empty((2, 1, toys.number, len(toys.grid)))
        profile = np.empty_like(dipole)
        likelihood = np.empty((2, len(table.plain), toys.number, len(toys.grid)))
        seen = toys._replace(signal_fraction=float(passing.fraction(toys.signal_fraction)))
        for chunk in toys.chunks(progress):
            _run(
                seen,
                *(self.quantiles, cumulative, self.response.first),
                self.response.cos_theta,
                table,
                dipole[:, 0, chunk],
                profile[:, 0, chunk],
                likelihood[:, :, chunk],
            )
        found = {DIPOLE: dipole, LIKELIHOOD: likelihood, PROFILE: profile}
        return by_name(found, WEIGHTED, table.has_kappa)


@njit(cache=True)
def _run(
    toys: ToySet,
    quantiles: Array,
    cumulative: Array,
    first: NDArray[np.int64],
    cos_theta: Array,
    table: Increments,
    dipole: Array,
    profile: Array,
    likelihood: Array,
) -> None:
    """Fill `dipole` and `profile` (2, toys, grid) and `likelihood` (2, fractions, toys, grid).

    The leading axis is plain, kappa-weighted; its second half is unused without kappa.
    `cumulative` (background, signal) holds the shares of the energies, summed up from zero.
    """
    rng, grid = toys.rng, toys.grid
    n_fractions, _, n_cells = table.plain.shape
    with_kappa = table.by_kappa.shape[1] > 0
    vector, weighted = np.empty(3), np.empty(3)
    log_ratio = np.empty((2, n_fractions))
    excess = np.empty((2, grid[-1]))
    for toy in range(dipole.shape[1]):
        vector[:] = 0.0
        weighted[:] = 0.0
        log_ratio[:] = 0.0
        weight_squared = 0.0
        place = 0
        for event in range(grid[-1]):
            where = rng.random()
            is_signal = rng.random() < toys.signal_fraction
            share, energy = cumulative[int(is_signal)], 0
            while where >= share[energy + 1]:
                energy += 1
            # Within the share of its energy, `where` is uniform.
            where = (where - share[energy]) / (share[energy + 1] - share[energy])
            row = first[energy] + int(where * (first[energy + 1] - first[energy]))
            row = min(row, first[energy + 1] - 1)
            if is_signal:
                alpha = quantiles[energy, int(rng.random() * quantiles.shape[1])]
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
                log_ratio[0, i] += table.plain[i, energy, cell]
            excess[0, event] = table.plain_excess[energy, cell]
            if with_kappa:
                weight = table.dipole_weight[row]
                weighted[0] += weight * x
                weighted[1] += weight * y
                weighted[2] += weight * z
                weight_squared += weight * weight
                own = table.kappa_row[row]
                for i in range(n_fractions):
                    log_ratio[1, i] += table.by_kappa[i, own, cell]
                excess[1, event] = table.excess_by_kappa[own, cell]
            if event + 1 == grid[place]:
                dipole[0, toy, place] = 3 * (vector * vector).sum() / (event + 1)
                likelihood[0, :, toy, place] = log_ratio[0]
                profile[0, toy, place] = profile_ratio(excess[0, : event + 1])
                if with_kappa:
                    dipole[1, toy, place] = 3 * (weighted * weighted).sum() / weight_squared
                    likelihood[1, :, toy, place] = log_ratio[1]
                    profile[1, toy, place] = profile_ratio(excess[1, : event + 1])
                place += 1
