"""True recoil energies drawn from a spectrum."""

from pathlib import Path

import numpy as np

from pipeline.core.user_files import user_numbers
from pipeline.physics.wimps import wimp_rate
from pipeline.xenon.config.samples import (
    KnownSpectrum,
    LinearSpectrum,
    LogUniformSpectrum,
    Spectrum,
    UniformSpectrum,
    WimpSpectrum,
)

WIMP_GRID = 500  # energies at which the WIMP rate is computed; with the default range, steps of 1 %
CROSS_SECTION_CM2 = 1e-46  # any value: only the shape of the spectrum is used


def draw_energies(spectrum: Spectrum, events: int, rng: np.random.Generator) -> np.ndarray:
    """Draw recoil energies [keV], float64 [events].

    Raises:
        ValueError: the spectrum has no recoils in its range, or its file is unusable.
    """
    if isinstance(spectrum, UniformSpectrum):
        return rng.uniform(spectrum.low_keV, spectrum.high_keV, events)
    if isinstance(spectrum, LogUniformSpectrum):
        return spectrum.low_keV * (spectrum.high_keV / spectrum.low_keV) ** rng.random(events)
    if isinstance(spectrum, LinearSpectrum):
        energies, densities = map(np.array, (spectrum.energies_keV, spectrum.densities))
        return draw_between(energies, densities, events, rng)
    if isinstance(spectrum, WimpSpectrum):
        energy_keV, rate = wimp_spectrum(spectrum)
    else:
        energy_keV, rate = read_spectrum(spectrum.file)
    return draw_between(energy_keV, rate, events, rng)


def density(spectrum: KnownSpectrum, energy_keV: np.ndarray) -> np.ndarray:
    """Density (n,) of the spectrum at energies (n,) within its range, on a scale of its own."""
    if isinstance(spectrum, UniformSpectrum):
        return np.ones(len(energy_keV))
    if isinstance(spectrum, LogUniformSpectrum):
        return 1 / energy_keV
    return np.interp(energy_keV, spectrum.energies_keV, spectrum.densities)


def wimp_spectrum(spectrum: WimpSpectrum) -> tuple[np.ndarray, np.ndarray]:
    """Energies [keV] in the range and the rate at each of them, float64 [WIMP_GRID] both.

    Raises:
        ValueError: WIMPs of this mass make no recoils in the range.
    """
    energy_keV = np.geomspace(spectrum.low_keV, spectrum.high_keV, WIMP_GRID)
    rate = wimp_rate(energy_keV, spectrum.mass_GeV, CROSS_SECTION_CM2)
    if not (rate > 0).any():
        raise ValueError(
            f"WIMPs of {spectrum.mass_GeV:g} GeV make no recoils between {spectrum.low_keV:g} and "
            f"{spectrum.high_keV:g} keV; lower `low_keV`"
        )
    return energy_keV, rate


def read_spectrum(path: str | Path) -> tuple[np.ndarray, np.ndarray]:
    """Read energies [keV] and rates from a table with the columns energy_keV and rate.

    Raises:
        ValueError: the file is not such a table, or its values are not a spectrum.
    """
    energy_keV, rate = user_numbers(path, ("energy_keV", "rate")).T
    for good, problem in (
        (len(rate) > 1, "has fewer than two rows"),
        (np.isfinite(energy_keV).all() and np.isfinite(rate).all(), "has empty cells"),
        (
            (energy_keV > 0).all() and (np.diff(energy_keV) > 0).all(),
            "has energies that do not ascend from above 0",
        ),
        ((rate >= 0).all() and (rate > 0).any(), "has negative rates, or none above 0"),
    ):
        if not good:
            raise ValueError(f"{path}: the spectrum {problem}; repair the file")
    return energy_keV, rate


def draw_between(
    x: np.ndarray, density: np.ndarray, events: int, rng: np.random.Generator
) -> np.ndarray:
    """Draw values, float64 [events], from a density given at `x` [m] and linear in between.

    The method inverts the cumulative distribution, which is a parabola within an interval, so the
    result is exact.
    """
    width = np.diff(x)
    below = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2 * width)])
    area = below[-1] * rng.random(events)
    # side="right" skips intervals with zero density, which must hold no values.
    i = np.clip(np.searchsorted(below, area, side="right") - 1, 0, len(width) - 1)
    slope = (np.diff(density) / width)[i]
    rest = area - below[i]
    root = np.sqrt(np.maximum(density[i] ** 2 + 2 * slope * rest, 0))
    with np.errstate(invalid="ignore", divide="ignore"):
        step = 2 * rest / (density[i] + root)
    return x[i] + np.clip(np.nan_to_num(step), 0, width[i])
