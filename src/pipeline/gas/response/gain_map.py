"""Gains of all pixels of a readout from one calibration run, by gradients of the simulation.

Four sums over the cells of a pixel are compared, in the mean over the events, with those of
simulated events of the same energy on the same pixels: of the charge q of a cell, of ln(1 + q), and
of (q - s) / (3 + s), where s is the mean charge of the four cells beside it; once more with the
mean of s and of the two cells above and below. The last two take a cell's charge relative to that
of its neighbours, which removes most of the fluctuation of the tracks.

Steps are those of Gauss-Newton with the covariance of all sums. The slopes are those of
`differentiable`: a pixel's sums depend on its own gain and on those of the four pixels beside it,
so one backward pass gives the slopes of every fifth pixel.

The run lights the pixels evenly.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
import torch
from scipy import stats
from torch import Tensor

from pipeline.gas.response.differentiable import Charges, report
from pipeline.gas.response.gauss_newton import standard_errors

SUMS = 4  # of each pixel
CONTRAST_CHARGE = 3.0  # electrons: where a contrast turns from a difference to a ratio
SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1))
ABOVE_AND_BELOW = (-1, 1)
GROUPS = 5

# Simulated events for each sum: the covariance of all sums is estimated from them.
EVENTS_PER_SUM = 4
LEAST_HITS = 50  # of a pixel whose gain is fitted
STEPS = 8
LARGEST_STEP = 0.3
CONVERGED_ERRORS = 0.1  # a step of less than so many errors, rms, is the last


@dataclass(frozen=True)
class PixelCells:
    """M cells of n events on nx x ny pixels; pixel (x, y) has the number x ny + y."""

    owner: np.ndarray  # int64 [M]
    pixel: np.ndarray  # int64 [M]
    sides: np.ndarray  # int64 [M, 4], cells beside each in the same layer; M where there is none
    stacked: np.ndarray  # int64 [M, 2], cells below and above in the same pixel, likewise
    shape: tuple[int, int]
    n: int

    def sums(self, charge: Tensor, weight: Tensor) -> Tensor:
        """The sums over all events, float64 [4, nx ny], of charges that are reported."""
        index = torch.from_numpy(self.pixel)
        empty = charge.new_zeros(SUMS, self.shape[0] * self.shape[1])
        return empty.index_add(1, index, self._terms(charge, weight))

    def by_event(self, charge: Tensor, weight: Tensor) -> np.ndarray:
        """The sums in each event that reports anything, float64 [m, 4 nx ny]."""
        seen = weight.numpy() > 0
        events, row = np.unique(self.owner[seen], return_inverse=True)
        pixels = self.shape[0] * self.shape[1]
        result = np.empty((len(events), SUMS, pixels))
        for i, term in enumerate(self._terms(charge, weight).numpy()):
            flat = np.bincount(row * pixels + self.pixel[seen], term[seen], len(events) * pixels)
            result[:, i] = flat.reshape(len(events), pixels)
        return result.reshape(len(events), -1)

    def _terms(self, charge: Tensor, weight: Tensor) -> Tensor:
        padded = torch.cat([charge * weight, charge.new_zeros(1)])
        beside, stacked = (
            padded[torch.from_numpy(near)].mean(dim=1) for near in (self.sides, self.stacked)
        )
        contrasts = (
            (charge - near) / (CONTRAST_CHARGE + near) for near in (beside, (beside + stacked) / 2)
        )
        return weight * torch.stack([charge, torch.log1p(charge), *contrasts])


def pixel_cells(
    owner: np.ndarray, place: np.ndarray, shape: tuple[int, int], n: int
) -> tuple[PixelCells, np.ndarray]:
    """Cells of n events at the places int64 [K, 3] (pixel x, pixel y, layer), each there once.

    Returns those on the pixels, and their rows among the given ones.
    """
    rows = np.flatnonzero(((place[:, :2] >= 0) & (place[:, :2] < shape)).all(axis=1))
    owner, (x, y, layer) = owner[rows], place[rows].T
    layer = layer - layer.min(initial=0) + 1
    layers = int(layer.max(initial=0)) + 2
    # With a margin, so that no pixel is beside one of another row or event.
    stride = np.array([(shape[1] + 2) * layers, layers])
    key = owner * (shape[0] + 2) * stride[0] + np.stack([x + 1, y + 1], axis=1) @ stride + layer
    order = np.argsort(key)
    key = key[order]

    def near(steps: Iterable[int]) -> np.ndarray:
        columns = []
        for step in steps:
            at = np.minimum(np.searchsorted(key, key + step), len(key) - 1)
            columns.append(np.where(key[at] == key + step, at, len(key)))
        return np.stack(columns, axis=1)

    sides, stacked = near(np.array(SIDES) @ stride), near(ABOVE_AND_BELOW)
    pixel = (x * shape[1] + y)[order]
    return PixelCells(owner[order], pixel, sides, stacked, shape, n), rows[order]


class Simulated(Protocol):
    """A simulation of the run with given gains."""

    def by_event(self, gain: np.ndarray) -> np.ndarray:
        """Sums in each event, float64 [m, 4 P], with the gains [P] of all pixels."""

    def slopes(self, gain: np.ndarray) -> np.ndarray:
        """Slopes of the mean sums in the gains, float64 [4 P, P]."""


class Gradients:
    """The simulation with slopes by backward passes."""

    def __init__(self, charges: Charges, origin: np.ndarray, shape: tuple[int, int]) -> None:
        """Of events whose box has its middle over the pixels `origin` int64 [n, 2]."""
        owner, box = charges.owner.numpy(), charges.box
        column, layer = np.divmod(charges.index.numpy(), box)
        x, y = np.stack(np.divmod(column, box)) - box // 2 + origin[owner].T
        place = np.stack([x, y, layer], axis=1)
        self.cells, rows = pixel_cells(owner, place, shape, charges.n)
        self.charges = charges.take(torch.from_numpy(rows))

    def by_event(self, gain: np.ndarray) -> np.ndarray:
        """See `Simulated.by_event`."""
        return self.cells.by_event(*self.reported(torch.from_numpy(gain)))

    def slopes(self, gain: np.ndarray) -> np.ndarray:
        """See `Simulated.slopes`."""
        soft = torch.from_numpy(gain).requires_grad_()
        charge, weight = self.reported(soft)
        sums = self.cells.sums(charge, weight)
        seen = len(np.unique(self.cells.owner[weight.detach().numpy() > 0]))
        result = np.zeros((SUMS, len(gain), len(gain)))
        for members, pairs in groups(self.cells.shape):
            for kind in range(SUMS):
                total = sums[kind, torch.from_numpy(members)].sum()
                (slope,) = torch.autograd.grad(total, soft, retain_graph=True)
                result[kind][pairs] = slope.numpy()[pairs[1]] / seen
        return result.reshape(-1, len(gain))

    def reported(self, gain: Tensor) -> tuple[Tensor, Tensor]:
        measured = report(self.charges, gain[torch.from_numpy(self.cells.pixel)])
        return measured.charge, measured.weight


def groups(
    shape: tuple[int, int],
) -> list[tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]]:
    """Five groups of pixels of which no two have a pixel beside or under both.

    Returns for each group its pixels, and the pairs (pixel of the group, pixel that is the same or
    beside it), as two arrays.
    """
    x, y = np.divmod(np.arange(shape[0] * shape[1]), shape[1])
    result = []
    for group in range(GROUPS):
        members = np.flatnonzero((x + 2 * y) % GROUPS == group)
        pairs = []
        for dx, dy in ((0, 0), *SIDES):
            near_x, near_y = x[members] + dx, y[members] + dy
            on = (near_x >= 0) & (near_x < shape[0]) & (near_y >= 0) & (near_y < shape[1])
            pairs.append(np.stack([members, near_x * shape[1] + near_y])[:, on])
        first, second = np.concatenate(pairs, axis=1)
        result.append((members, (first, second)))
    return result


@dataclass(frozen=True)
class GainMap:
    """Fitted gains of P pixels; NaN where a pixel has too few hits."""

    shape: tuple[int, int]
    gain: np.ndarray  # float64 [P]
    covariance: np.ndarray  # float64 [k, k] of the k pixels that are fitted
    hits: np.ndarray  # int64 [P]
    chi2: float
    events: int
    simulated_events: int

    @property
    def errors(self) -> np.ndarray:
        """Standard errors float64 [P]."""
        errors = np.full(len(self.gain), np.nan)
        errors[np.isfinite(self.gain)] = standard_errors(self.covariance)
        return errors

    def table(self) -> pd.DataFrame:
        """One row for each pixel; chi-squared, p-value and events are the same in all rows."""
        x, y = np.divmod(np.arange(len(self.gain)), self.shape[1])
        freedom = (SUMS - 1) * len(self.covariance)
        return pd.DataFrame(
            {
                "pixel_x": x,
                "pixel_y": y,
                "gain": self.gain,
                "gain_err": self.errors,
                "hits": self.hits,
                "chi2": self.chi2,
                "degrees_of_freedom": freedom,
                "p_value": float(stats.chi2.sf(self.chi2, freedom)),
                "events": self.events,
                "simulated_events": self.simulated_events,
            }
        )


def fit_gain_map(cells: PixelCells, charge: np.ndarray, simulated: Simulated) -> GainMap:
    """The gains with which the simulation has the sums of measured charges [M].

    Raises:
        ValueError: no pixel has enough hits, the simulated events are too few for so many pixels,
            or the steps do not converge.
    """
    pixels = cells.shape[0] * cells.shape[1]
    hits = np.bincount(cells.pixel, minlength=pixels)
    fitted = np.flatnonzero(hits >= LEAST_HITS)
    if not len(fitted):
        raise ValueError(
            f"gain_map: no pixel has {LEAST_HITS} hits; check `pixels` and `corner_um`, or give "
            "more events"
        )
    used = (np.arange(SUMS)[:, None] * pixels + fitted).ravel()
    measured = torch.from_numpy(charge)
    data = cells.by_event(measured, torch.ones_like(measured))[:, used]
    gain = np.zeros(pixels)
    gain[fitted] = 1.0
    for _ in range(STEPS):
        sample = simulated.by_event(gain)[:, used]
        if len(sample) < EVENTS_PER_SUM * len(used):
            raise ValueError(
                f"gain_map.simulated: {len(sample)} simulated events on the pixels; the gains of "
                f"{len(fitted)} pixels need {EVENTS_PER_SUM * len(used)}; give more tracks, or "
                "more `views`"
            )
        slopes = simulated.slopes(gain)[np.ix_(used, fitted)] * gain[fitted]
        residual = data.mean(axis=0) - sample.mean(axis=0)
        weights = _inverse_covariance(sample, len(data))
        information = slopes.T @ weights @ slopes
        covariance = np.linalg.inv(information)
        step = covariance @ (slopes.T @ (weights @ residual))
        gain[fitted] *= np.exp(np.clip(step, -LARGEST_STEP, LARGEST_STEP))
        if np.sqrt(np.mean((step / standard_errors(covariance)) ** 2)) < CONVERGED_ERRORS:
            break
    else:
        raise ValueError(
            "gain_map: the fit does not converge; check `response`, and whether pixels with few "
            "hits are dead"
        )
    left = residual - slopes @ step
    return GainMap(
        shape=cells.shape,
        gain=np.where(hits >= LEAST_HITS, gain, np.nan),
        covariance=covariance * np.outer(gain[fitted], gain[fitted]),
        hits=hits,
        chi2=float(left @ weights @ left),
        events=len(data),
        simulated_events=len(sample),
    )


def _inverse_covariance(sample: np.ndarray, events: int) -> np.ndarray:
    """Inverse covariance of the difference of means of events and of a sample [m, s].

    Unbiased for Gaussian numbers (Hartlap et al. 2007, A&A 464, 399).
    """
    m, s = sample.shape
    covariance = np.cov(sample, rowvar=False) * (1 / events + 1 / m)
    scale = np.sqrt(np.diag(covariance))
    inverse = np.linalg.inv(covariance / np.outer(scale, scale)) / np.outer(scale, scale)
    return np.asarray(inverse) * (m - s - 2) / (m - 1)
