"""Simulated recoils that a search selects, and what each of them stands for."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import TypeAdapter

from pipeline.xenon.config.samples import KnownSpectrum
from pipeline.xenon.events.spectra import density
from pipeline.xenon.events.table import RECOILS
from pipeline.xenon.rates.recoil_spectra import Spectrum

Array = NDArray[np.float64]

STRATUM = 50  # simulated recoils of neighbouring energies that stand for the recoils between them
# The same of recoils that stand for unequal numbers: their sum, by which weights are divided,
# fluctuates, which makes rare recoils too frequent by 1 over this.
UNEQUAL = 400
GRID = 1000  # energies at which a spectrum is computed; some are integrals, too slow for each event

_SPECTRUM: TypeAdapter[KnownSpectrum] = TypeAdapter(KnownSpectrum)


@dataclass(frozen=True)
class SimulatedRecoils:
    """All simulated recoils of one kind, ER or NR, and which of them are selected."""

    energy_keV: Array  # [n], true energies
    selected: NDArray[np.bool_]  # [n]
    stands_for: Array  # [n], number of recoils of the sample, see `response.candidates`
    generated: Spectrum  # that they were drawn from, on any scale

    def weights(self, spectrum: Spectrum, range_keV: tuple[float, float]) -> Array:
        """Events [1/(t yr)] that each selected recoil stands for, in their order.

        Recoils are divided into strata of `STRATUM` neighbours in energy (`UNEQUAL` ones where they
        stand for unequal numbers). Those of a stratum, selected or not, stand for the integral of
        `spectrum` over it, so that the energies that the sample has by chance do not matter.
        Recoils outside `range_keV`, which the sample must fill, stand for nothing.

        Raises:
            ValueError: no simulated recoil is in the range.
        """
        low, high = range_keV
        inside = (self.energy_keV >= low) & (self.energy_keV <= high)
        energy = self.energy_keV[inside]
        if not len(energy):
            raise ValueError(f"no simulated recoil has {low:g} to {high:g} keV; simulate some")
        grid = np.geomspace(low, high, GRID)
        rate = spectrum(grid)
        relative = np.interp(energy, grid, rate) / self.generated(energy)
        relative *= self.stands_for[inside]
        strata = max(len(energy) // (STRATUM if np.ptp(self.stands_for) == 0 else UNEQUAL), 1)
        order = np.argsort(energy)
        stratum = np.empty(len(energy), np.int64)
        stratum[order] = np.arange(len(energy)) * strata // len(energy)
        first = np.searchsorted(stratum[order], np.arange(1, strata))
        between = (energy[order][first - 1] + energy[order][first]) / 2
        expected = _integrals(grid, rate, np.concatenate([[low], between, [high]]))
        simulated = np.bincount(stratum, relative, strata)
        scale = np.divide(expected, simulated, out=np.zeros(strata), where=simulated > 0)
        weight = np.zeros(len(self.energy_keV))
        weight[inside] = scale[stratum] * relative
        return weight[self.selected]


def _integrals(x: Array, density: Array, edges: Array) -> Array:
    """Integrals (n - 1,) between `edges` (n,) of a density that is linear between points `x`."""
    points = np.union1d(x, edges)
    values = np.interp(points, x, density)
    steps = np.diff(points) * (values[1:] + values[:-1]) / 2
    below = np.concatenate([[0.0], np.cumsum(steps)])
    return np.diff(below[np.searchsorted(points, edges)])


def generated_spectrum(block: Mapping[str, Any]) -> Spectrum:
    """The spectrum of the plain block of a sample, on a scale of its own."""
    return partial(density, _SPECTRUM.validate_python(block))


def recoils_of(
    events: pd.DataFrame, selected: Array, spectra: Mapping[str, Any]
) -> dict[str, SimulatedRecoils]:
    """Simulated recoils by "ER" and "NR".

    Args:
        events: all simulated events, with recoil (codes), energy_keV and stands_for.
        selected: which of them are selected (n,).
        spectra: plain blocks of the generated spectra by "ER" and "NR".
    """
    recoil, energy = events["recoil"].to_numpy(), events["energy_keV"].to_numpy(np.float64)
    stands_for = events["stands_for"].to_numpy(np.float64)
    found = {}
    for code, name in enumerate(RECOILS):
        own = recoil == code
        found[name] = SimulatedRecoils(
            energy[own], selected[own], stands_for[own], generated_spectrum(spectra[name])
        )
    return found
