"""Error of the needed recoils from the finite number of test tracks behind a response.

For many events the sum of N increments is normal, and the median experiment reaches a level of z
standard deviations at N = z^2 v / (f (s - b))^2: s and b are the mean increments of signal and
background, v the variance of background, f the fraction of signal among passing events. The dipole
obeys the same law with its component along the mean direction (b = 0 and v = E[w^2] / 3, so that
its non-centrality is z^2). Recoils are N over the efficiency. s is a mean over tracks: a bootstrap
that draws tracks needs no toys. It draws from all recoils of an energy, also from those that do not
pass; a cut stays at its kappa. The likelihood's template stays too: near the best one its own
change is of second order.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.physics.angular_density import cell_centres, vmf_legendre
from pipeline.statistics.directional.response import Response
from pipeline.statistics.directional.spectrum import Spectrum
from pipeline.statistics.directional.statistics import (
    DEGREE_MAX,
    DIPOLE,
    KAPPA_MAX,
    LIKELIHOOD,
    PROFILE,
    WEIGHTED,
    Increments,
)

Array = NDArray[np.float64]

_REPLICAS = 200


def response_errors(
    response: Response,
    spectrum: Spectrum,
    table: Increments,
    signal_fractions: Sequence[float],
    rng: np.random.Generator,
) -> dict[str, Array]:
    """Relative error of the needed recoils [signal fractions] of each statistic.

    `table` are the increments of the response. The profile has the error of the likelihood, whose
    power it has for many events. Infinite where a replica tells nothing of the signal.
    """
    moments = _moments(response, spectrum, table, len(signal_fractions))
    columns = np.concatenate([values.reshape(-1, values.shape[-1]) for values in moments.values()])
    fractions = np.asarray(signal_fractions, np.float64)
    found = []
    for efficiency, means in _replicas(response, columns.T, rng):
        passing = spectrum.passing(efficiency)
        f = passing.fraction(fractions)
        recoils = [passing.mean_efficiency(fraction) for fraction in fractions]
        signal = (passing.signal @ means).reshape(len(moments), 3, -1)[:, 0]
        background, square = np.moveaxis(
            (passing.background @ means).reshape(len(moments), 3, -1)[:, 1:], 1, 0
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            gain = np.square(f * (signal - background)) * recoils
            found.append(np.log((square - np.square(background)) / gain))
    with np.errstate(invalid="ignore"):
        errors = np.nan_to_num(np.std(found, axis=0, ddof=1), nan=np.inf)
    named = dict(zip(moments, errors, strict=True))
    copies = {PROFILE: LIKELIHOOD, WEIGHTED[PROFILE]: WEIGHTED[LIKELIHOOD]}
    return named | {name: named[like] for name, like in copies.items() if like in named}


def _replicas(
    response: Response, values: Array, rng: np.random.Generator
) -> Iterator[tuple[Array, Array]]:
    """Efficiency [energies] and means of `values` (events, ...) at each energy, of each replica."""
    passed = np.diff(response.first)
    efficiency = np.broadcast_to(np.asarray(response.efficiency, np.float64), passed.shape)
    recoils = np.rint(passed / np.where(passed, efficiency, 1.0)).astype(np.int64)
    for _ in range(_REPLICAS):
        share, means = np.zeros(len(passed)), np.zeros((len(passed), values.shape[1]))
        for place in np.flatnonzero(passed):
            drawn = rng.integers(recoils[place], size=recoils[place])
            times = np.bincount(drawn[drawn < passed[place]], minlength=passed[place])
            # At least one: without any, no energy would be left.
            share[place] = max(times.sum(), 1) / recoils[place]
            some = slice(*response.first[place : place + 2])
            means[place] = times @ values[some] / max(times.sum(), 1)
        yield share, means


def _moments(
    response: Response, spectrum: Spectrum, table: Increments, fractions: int
) -> dict[str, Array]:
    """Mean of each event's increment for signal, for background, and of its square there.

    Arrays (3, signal fractions, events) by statistic; the means are those over the recoils' angles
    and, for background, over all directions.
    """
    place = np.repeat(np.arange(len(spectrum.angles)), np.diff(response.first))
    mean_cosine = np.array([angles.mean_cosine for angles in spectrum.angles])[place]
    kernel = np.stack([angles.legendre(DEGREE_MAX) for angles in spectrum.angles])
    kernel *= vmf_legendre(KAPPA_MAX, DEGREE_MAX) * (2 * np.arange(DEGREE_MAX + 1) + 1)
    terms = np.polynomial.legendre.legvander(response.cos_theta, DEGREE_MAX) * kernel[place]

    def dipole(weight: Array) -> Array:
        along = weight * mean_cosine * response.cos_theta
        one = np.stack([along, np.zeros(len(along)), np.square(weight) / 3])
        return np.repeat(one[:, None], fractions, axis=1)

    def likelihood(increments: Array, row: NDArray[np.int64]) -> Array:
        cells = increments.shape[-1]
        over = np.polynomial.legendre.legvander(cell_centres(cells), DEGREE_MAX) / cells
        signal = [np.einsum("nl,nl->n", terms, (each @ over)[row]) for each in increments]
        background, square = (x.mean(-1)[:, row] for x in (increments, np.square(increments)))
        return np.stack([np.stack(signal), background, square])

    found = {
        DIPOLE: dipole(np.ones(len(place))),
        LIKELIHOOD: likelihood(table.plain, place),
    }
    if table.has_kappa:
        found[WEIGHTED[DIPOLE]] = dipole(table.dipole_weight)
        found[WEIGHTED[LIKELIHOOD]] = likelihood(table.by_kappa, table.kappa_row)
    return found
