"""Densities of directions: mixtures of von Mises-Fisher components, one density for each event.

A region of a level is the smallest part of the sphere that holds this probability (the region of
highest density). The PIT (probability integral transform) of a direction is the probability of the
places with a higher density than its own: the level of the region on whose edge it lies. PITs of
true directions are uniform if the densities are right. The head-tail probability is that of the
hemisphere about the mean direction.

For one component all of this has closed forms: with u = 1 - cos of the angle to the mean direction,
the PIT is (1 - exp(-kappa u)) / (1 - exp(-2 kappa)), the solid angle of a region is 2 pi u of its
edge, and the head-tail probability 1 / (1 + exp(-kappa)). For a mixture they are sums over points
that stand for equal shares of each component: quantiles of u, at azimuths that advance by the
golden angle.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logsumexp, softmax

from pipeline.statistics.directional.vmf import (
    cap_depth,
    cap_mass,
    kappa_of_mean_cosine,
    log_norm,
    mean_cosine,
)

Array = NDArray[np.float64]

LEVELS = (0.68, 0.90, 0.95)
# Of each component. Errors of an event: below 0.3 % of a PIT (0.07 % rms), 1 % of a solid angle.
POINTS = 1000
_GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))
_CHUNK = 64


@dataclass(frozen=True)
class Density:
    """Mixtures of K components for n events."""

    direction: Array  # unit vectors [n, K, 3]
    kappa: Array  # >= 0 [n, K]
    weight: Array  # [n, K], the sum over the components is 1

    @classmethod
    def single(cls, direction: Array, kappa: Array) -> Self:
        """Densities of one component, of unit vectors [n, 3] and kappa [n]."""
        kappa = np.asarray(kappa, np.float64)[:, None]
        return cls(np.asarray(direction, np.float64)[:, None], kappa, np.ones_like(kappa))

    @classmethod
    def mean_of(cls, densities: Sequence[Self]) -> Self:
        """The mean of several densities of the same events: a mixture of all their components."""
        return cls(
            np.concatenate([d.direction for d in densities], axis=1),
            np.concatenate([d.kappa for d in densities], axis=1),
            np.concatenate([d.weight for d in densities], axis=1) / len(densities),
        )

    def __len__(self) -> int:
        return len(self.kappa)

    @property
    def components(self) -> int:
        """Number of components of a density."""
        return self.kappa.shape[1]

    def scaled(self, factor: float | Array) -> Self:
        """The same with every kappa multiplied by `factor`, one or that of each event [n]."""
        return type(self)(self.direction, self.kappa * np.asarray(factor)[..., None], self.weight)

    def powered(self, power: float) -> Self:
        """The same with every share raised to a power; below 1 small shares grow."""
        with np.errstate(divide="ignore"):
            weight = softmax(power * np.log(self.weight), axis=1)
        return type(self)(self.direction, self.kappa, weight)

    def with_opposite(self, factor: float | Array) -> Self:
        """The same with other odds of the components that point away from the mean direction.

        Their odds are multiplied by `factor` >= 0, one or that of each event [n].
        """
        share = self.weight * np.where(self._ahead, 1.0, np.asarray(factor)[..., None])
        weight = share / share.sum(axis=1, keepdims=True)
        return type(self)(self.direction, self.kappa, weight)

    @cached_property
    def _ahead(self) -> NDArray[np.bool_]:
        """Which components [n, K] lie in the hemisphere about the mean direction."""
        return np.asarray(np.einsum("nki,ni->nk", self.direction, self.mean()[0]) >= 0)

    def take(self, events: slice | NDArray[np.int64]) -> Self:
        """The densities of some events."""
        return type(self)(self.direction[events], self.kappa[events], self.weight[events])

    def chunks(self) -> Iterator[tuple[slice, Self]]:
        """The events in small groups, with their places."""
        for first in range(0, len(self), _CHUNK):
            part = slice(first, first + _CHUNK)
            yield part, self.take(part)

    def log_density(self, x: Array) -> Array:
        """Logarithm of the density [1/sr] at unit vectors [n, m, 3]: [n, m]."""
        lengths = np.square(self.direction).sum(2)[:, None] + np.square(x).sum(2)[:, :, None]
        # 1 - cos as half a squared distance: float32 vectors are not quite of unit length.
        depth = lengths / 2 - x @ self.direction.transpose(0, 2, 1)
        with np.errstate(divide="ignore"):
            peak = np.log(self.weight) + log_norm(self.kappa)
        return np.asarray(logsumexp(peak[:, None] - self.kappa[:, None] * depth, axis=2))

    def mean(self) -> tuple[Array, Array]:
        """Mean direction [n, 3] and kappa [n] of the single component with this mean vector.

        Where components cancel altogether, the direction is that of the heaviest one.
        """
        if self.components == 1:
            return self.direction[:, 0], self.kappa[:, 0]
        share = self.weight * mean_cosine(self.kappa)
        vector = (share[:, :, None] * self.direction).sum(1)
        length = np.linalg.norm(vector, axis=1)
        heaviest = self.direction[np.arange(len(self)), self.weight.argmax(1)]
        direction = np.where(length[:, None] > 1e-12, vector, heaviest)
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        return direction, kappa_of_mean_cosine(np.minimum(length, 1 - 1e-12))

    def points(self) -> tuple[Array, Array]:
        """Points [n, K * POINTS, 3] that stand for the density, and their shares [n, K * POINTS].

        The same points in every call.
        """
        share = (np.arange(POINTS) + 0.5) / POINTS
        depth = cap_depth(self.kappa[:, :, None], share)
        radius = np.sqrt(np.maximum(depth * (2 - depth), 0.0))
        azimuth = _GOLDEN_ANGLE * np.arange(POINTS)
        pole = self.direction / np.linalg.norm(self.direction, axis=2, keepdims=True)
        # The axis of least cosine is far from the pole.
        axis = np.eye(3)[np.abs(pole).argmin(2)]
        across = np.cross(pole, axis)
        across /= np.linalg.norm(across, axis=2, keepdims=True)
        place = (
            (1 - depth)[..., None] * pole[:, :, None]
            + (radius * np.cos(azimuth))[..., None] * across[:, :, None]
            + (radius * np.sin(azimuth))[..., None] * np.cross(pole, across)[:, :, None]
        )
        shares = np.repeat(self.weight / POINTS, POINTS, axis=1)
        return place.reshape(len(self), -1, 3), shares


@dataclass(frozen=True)
class Summary:
    """Numbers of n densities and of a true direction each."""

    head_tail_probability: Array  # [n]
    region_sr: Array  # solid angles of the regions of `LEVELS` [n, 3]
    log_density: Array  # of the true direction, logarithm of 1/sr [n]
    pit: Array  # of the true direction [n]


def summarise(density: Density, truth: Array) -> Summary:
    """Numbers of densities and of true unit vectors [n, 3], NaN if unknown; see the module."""
    truth = np.asarray(truth, np.float64)
    at_truth = density.log_density(truth[:, None])[:, 0]
    if density.components == 1:
        pole, kappa = density.direction[:, 0], density.kappa[:, 0]
        return Summary(
            expit(kappa),
            2 * np.pi * cap_depth(kappa[:, None], LEVELS),
            at_truth,
            cap_mass(kappa, np.minimum(np.square(pole - truth).sum(1) / 2, 2.0)),
        )
    mean, _ = density.mean()
    n = len(density)
    found = Summary(np.empty(n), np.empty((n, len(LEVELS))), at_truth, np.empty(n))
    for part, some in density.chunks():
        place, share = some.points()
        log_density = some.log_density(place)
        ahead = np.einsum("nmi,ni->nm", place, mean[part]) > 0
        found.head_tail_probability[part] = (share * ahead).sum(1)
        above = (share * (log_density > at_truth[part, None])).sum(1)
        found.pit[part] = np.where(np.isnan(at_truth[part]), np.nan, above)
        found.region_sr[part] = _regions(log_density, share)
    return found


def region_edges(density: Density, levels: Sequence[float]) -> Array:
    """Logarithm of the density [1/sr] at the edges of regions: [n, levels]."""
    edges = np.empty((len(density), len(levels)))
    for part, some in density.chunks():
        place, share = some.points()
        log_density, _, last = _ordered(some.log_density(place), share, levels)
        edges[part] = np.take_along_axis(log_density, last, 1)
    return edges


def _regions(log_density: Array, share: Array) -> Array:
    """Solid angles [n, levels] of the regions of highest density from points [n, m]."""
    log_density, share, last = _ordered(log_density, share, LEVELS)
    area = np.cumsum(share * np.exp(-log_density), axis=1)
    return np.take_along_axis(area, last, 1)


def _ordered(
    log_density: Array, share: Array, levels: Sequence[float]
) -> tuple[Array, Array, NDArray[np.int64]]:
    """Points [n, m] and their shares, the highest density first, and each level's last [n, levels].

    A point stands for the mass about it: half of it is inside the edge.
    """
    order = np.argsort(-log_density, axis=1)
    log_density, share = (np.take_along_axis(values, order, 1) for values in (log_density, share))
    inside = np.cumsum(share, axis=1) - share / 2
    edges = [(inside < level).sum(1, keepdims=True) for level in levels]
    return log_density, share, np.minimum(np.concatenate(edges, axis=1), share.shape[1] - 1)
