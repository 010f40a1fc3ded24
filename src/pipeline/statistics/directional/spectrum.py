"""Recoil energies of a test set, and how signal and background share them.

A test set has discrete energies. Each stands for the interval to the middles between it and its
neighbours; the outer ones reach as far outwards as inwards, but not below zero. A single energy
stands for 1 keV.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from pipeline.physics.solar_neutrinos import RecoilAngles, recoil_angles, recoil_rate

Array = NDArray[np.float64]

# Relative width of what counts as one energy.
_ONE_ENERGY = 0.01


@dataclass(frozen=True)
class Spectrum:
    """Recoils at rising energies [n]: angles of the signal, and shares that sum to one.

    `window_keV` is the width of all intervals, `recoils_per_electron_yr` the solar recoils in them.
    """

    angles: tuple[RecoilAngles, ...]
    signal: Array
    background: Array
    window_keV: float = 1.0
    recoils_per_electron_yr: float = np.nan

    def passing(self, efficiency: ArrayLike) -> "Passing":
        """The recoils that pass a detector of such an efficiency at each energy [n]."""
        return Passing(self, np.atleast_1d(np.asarray(efficiency, np.float64)))


@dataclass(frozen=True)
class Passing:
    """Recoils of a spectrum that pass, by the efficiency [n] at each energy."""

    spectrum: Spectrum
    efficiency: Array

    @property
    def signal(self) -> Array:
        """Share of the passing signal recoils at each energy [n]."""
        return self.spectrum.signal * self.efficiency / self._signal_efficiency

    @property
    def background(self) -> Array:
        """Share of the passing background recoils at each energy [n]."""
        return self.spectrum.background * self.efficiency / self._background_efficiency

    @property
    def ratio(self) -> Array:
        """Signal over background share at each energy [n]."""
        gain = self._background_efficiency / self._signal_efficiency
        return self.spectrum.signal / self.spectrum.background * gain

    def fraction(self, signal_fraction: ArrayLike) -> Array:
        """Fraction of signal among passing recoils for a fraction of all recoils; same shape."""
        fraction = np.asarray(signal_fraction, np.float64)
        weighted = fraction * (self._signal_efficiency / self._background_efficiency)
        return weighted / (weighted + (1 - fraction))

    def mean_efficiency(self, signal_fraction: float) -> float:
        """Fraction of all recoils that pass for a fraction of signal among all recoils."""
        more = self._signal_efficiency - self._background_efficiency
        return self._background_efficiency + signal_fraction * more

    @property
    def _signal_efficiency(self) -> float:
        return float(self.spectrum.signal @ self.efficiency)

    @property
    def _background_efficiency(self) -> float:
        return float(self.spectrum.background @ self.efficiency)


def spectrum(energies_keV: Sequence[float], background_index: float = 0.0) -> Spectrum:
    """Solar recoils, and background as energy to the power `background_index`, at rising energies.

    See `recoil_angles` for exceptions.
    """
    energy = np.asarray(energies_keV, np.float64)
    middles = (energy[1:] + energy[:-1]) / 2
    if middles.size:
        edges = [max(2 * energy[0] - middles[0], 0), *middles, 2 * energy[-1] - middles[-1]]
        width = np.diff(edges)
    else:
        width = np.ones(1)
    rate = width * [recoil_rate(e) for e in energy]
    background = width * (energy / energy[0]) ** background_index
    return Spectrum(
        tuple(recoil_angles(e) for e in energy),
        rate / rate.sum(),
        background / background.sum(),
        float(width.sum()),
        float(rate.sum()),
    )


def places(energies_keV: Sequence[float], energy_keV: ArrayLike) -> NDArray[np.int64]:
    """Which of the rising energies each of `energy_keV` [n] is nearest to."""
    rising = np.asarray(energies_keV, np.float64)
    return np.searchsorted((rising[1:] + rising[:-1]) / 2, np.asarray(energy_keV, np.float64))


def discrete_energies(table: pd.DataFrame) -> tuple[list[float], NDArray[np.int64]]:
    """Rising energies [keV] of a table with a column energy_keV, and the place of each row's.

    Raises:
        ValueError: there is no such column, or the energies are not discrete.
    """
    if "energy_keV" not in table:
        raise ValueError(f"no column energy_keV, only {list(table)}")
    energy = table["energy_keV"]
    values = np.sort(energy.unique())
    # A new energy begins behind each gap.
    starts = values[1:][np.diff(values) > _ONE_ENERGY * values[:-1]]
    place = np.searchsorted(starts, energy.to_numpy(), side="right")
    low, middle, high = (energy.groupby(place).quantile(q) for q in (0.0, 0.5, 1.0))
    wide = high - low > _ONE_ENERGY * middle
    if wide.any():
        raise ValueError(
            f"recoil energies run from {low[wide].iloc[0]:g} to {high[wide].iloc[0]:g} keV without "
            "gaps; the hypothesis test needs a test set of one energy or several discrete ones"
        )
    return [float(e) for e in middle], place
