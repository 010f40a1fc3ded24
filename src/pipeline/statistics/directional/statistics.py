"""Increments of the test statistics per event, tabulated for fast toys.

Three statistics, each plain or weighted with the event's own density (its kappa, or its mixture):

- dipole (blind to the Sun): R^2 = 3 |sum w x|^2 / sum w^2, the Rayleigh statistic; under isotropy
  chi-squared with 3 degrees of freedom for many events (Mardia & Jupp 2000, Directional Statistics,
  section 10.4). Kappa weights are w = A(kappa), the mean cosine an event of that kappa keeps.
- likelihood (knows the Sun): q = 2 sum ln(1 - f + f r(x)), the likelihood ratio of the model with
  signal fraction f over isotropy, x the measured cosine to the neutrino direction and r the
  density of recoils blurred by the detector, relative to isotropy. f is the model's: the most
  powerful test between the two simple hypotheses (Neyman & Pearson 1933). Weighted, the detector's
  blur is that of the event's density about its mean direction; mixtures are averaged over events of
  similar kappa. With several recoil energies, r also has the ratio of the two spectra at the
  event's energy, and f is that of the passing events.
- profile (knows the Sun, not f): the largest q of all f from 0 to 1, see `profile`.
"""

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from pipeline.physics.angular_density import (
    cell_centres,
    legendre_means,
    relative_density,
    vmf_legendre,
)
from pipeline.statistics.directional.density import Density
from pipeline.statistics.directional.response import Response
from pipeline.statistics.directional.spectrum import Spectrum
from pipeline.statistics.directional.vmf import mean_cosine

Array = NDArray[np.float64]

DIPOLE, DIPOLE_KAPPA = "dipole", "dipole_kappa"
LIKELIHOOD, LIKELIHOOD_KAPPA = "likelihood", "likelihood_kappa"
PROFILE, PROFILE_KAPPA = "profile", "profile_kappa"
# The weighted form of each.
WEIGHTED = {DIPOLE: DIPOLE_KAPPA, LIKELIHOOD: LIKELIHOOD_KAPPA, PROFILE: PROFILE_KAPPA}

# The sharpest blur that likelihoods resolve: 1.8 degrees per axis, far below what 40-50 keV
# electrons allow. It keeps the densities of lines and of a perfect detector finite.
KAPPA_MAX = 1000.0
DEGREE_MAX = 200  # the series of KAPPA_MAX has fallen to exp(-20) there
_KAPPA_GRID = np.geomspace(0.02, KAPPA_MAX, 64)
_CELLS = 512
_MIXTURE_ROWS = 128
_WEIGHT_MIN = 1e-6


class Increments(NamedTuple):
    """What each passing event adds to the statistics of a response.

    `plain` (fractions, energies, cells) and `by_kappa` (fractions, rows, cells) hold
    2 ln(1 - f + f r) per cell of the measured cosine, `plain_excess` (energies, cells) and
    `excess_by_kappa` (rows, cells) r - 1; `kappa_row` (events) picks the row and `dipole_weight`
    (events) is A(kappa). Without kappa the weights are one and there are no rows.
    """

    plain: Array
    by_kappa: Array
    plain_excess: Array
    excess_by_kappa: Array
    kappa_row: NDArray[np.int64]
    dipole_weight: Array

    @property
    def has_kappa(self) -> bool:
        return self.by_kappa.size > 0

    def for_fraction(self, place: int) -> Self:
        """The same increments for one signal fraction only."""
        one = slice(place, place + 1)
        return self._replace(plain=self.plain[one], by_kappa=self.by_kappa[one])


def increments(
    response: Response, spectrum: Spectrum, signal_fractions: Sequence[float]
) -> Increments:
    """Tabulate the increments of `response` for each fraction of signal among all recoils."""
    passing = spectrum.passing(response.efficiency)
    fractions = passing.fraction(signal_fractions)[:, None, None]
    plain, by_kappa, kappa_row = [], [np.empty((0, _CELLS))], []
    for i, (angles, ratio) in enumerate(zip(spectrum.angles, passing.ratio, strict=True)):
        part = response.at_energy(i)
        recoil, n = angles.legendre(DEGREE_MAX), len(part.cos_theta)
        # No event, no matter: nothing looks at this energy.
        blur = legendre_means(part.cos_theta, np.full(n, 1 / max(n, 1)), DEGREE_MAX)
        means = recoil * blur * vmf_legendre(KAPPA_MAX, DEGREE_MAX)
        plain.append(ratio * _relative_density(means))
        if part.kappa is not None:
            row, own_blur = _own_blurs(part.kappa, part.mixture)
            kappa_row.append(row + sum(map(len, by_kappa)))
            by_kappa.append(ratio * _relative_density(recoil * own_blur))
    everywhere, every_kappa = np.concatenate(plain), np.concatenate(by_kappa)
    n = len(response.cos_theta)
    return Increments(
        _log_ratio(everywhere, fractions),
        _log_ratio(every_kappa, fractions),
        everywhere - 1,
        every_kappa - 1,
        np.concatenate(kappa_row) if kappa_row else np.zeros(n, np.int64),
        # Not zero: if a network has no directional information, all events have equal weights.
        np.ones(n)
        if response.kappa is None
        else np.maximum(mean_cosine(response.kappa), _WEIGHT_MIN),
    )


def dipole_p_value(dipole: Array | float) -> Array:
    """Asymptotic p-value of R^2 under isotropy: upper tail of chi-squared with 3 dof.

    >>> dipole_p_value(14.2).round(5).item()
    0.00265
    """
    return np.asarray(chi2.sf(dipole, 3))


def _own_blurs(kappa: Array, mixture: Density | None) -> tuple[NDArray[np.int64], Array]:
    """Row of each event, and Legendre means (rows, l) of the densities about their directions."""
    if mixture is None:
        middles = np.sqrt(_KAPPA_GRID[1:] * _KAPPA_GRID[:-1])
        return np.searchsorted(middles, kappa), vmf_legendre(_KAPPA_GRID, DEGREE_MAX)
    rows = min(_MIXTURE_ROWS, len(kappa))
    row = np.empty(len(kappa), np.int64)
    row[np.argsort(kappa, kind="stable")] = np.arange(len(kappa)) * rows // len(kappa)
    sums = np.zeros((rows, DEGREE_MAX + 1))
    for part, some in mixture.chunks():
        np.add.at(sums, row[part], _legendre(some))
    return row, sums / np.bincount(row)[:, None]


def _legendre(density: Density) -> Array:
    """Legendre means (events, l) of mixtures about their mean directions."""
    mean, _ = density.mean()
    cosine = np.clip(np.einsum("nki,ni->nk", density.direction, mean), -1.0, 1.0)
    kappa = np.clip(density.kappa, _KAPPA_GRID[0], KAPPA_MAX)
    blur = vmf_legendre(kappa.ravel(), DEGREE_MAX).reshape(*kappa.shape, -1)
    terms = np.polynomial.legendre.legvander(cosine, DEGREE_MAX)
    return np.asarray((density.weight[:, :, None] * blur * terms).sum(1))


def _relative_density(means: Array) -> Array:
    # The series of a positive density can undershoot zero by its truncation error.
    return np.maximum(relative_density(means, cell_centres(_CELLS)), 1e-6)


def _log_ratio(ratio: Array, fractions: Array) -> Array:
    with np.errstate(divide="ignore"):
        return 2 * np.log(1 - fractions + fractions * ratio)
