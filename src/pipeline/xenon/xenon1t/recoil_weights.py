"""Weights that give simulated nuclear recoils the spectrum of a WIMP."""

import numpy as np
from numpy.typing import NDArray

from pipeline.physics.wimps import wimp_rate
from pipeline.xenon.rates.recoil_spectra import Spectrum

Array = NDArray[np.float64]


def wimp_weights(energy_keV: Array, generated: Spectrum, mass_GeV: float) -> Array:
    """Relative weights (n,) of selected recoils of true energies (n,) for WIMPs of one mass.

    `generated` is the spectrum of the recoils before the selection, on any scale. All weights are
    zero where these WIMPs give none of the recoils. Of any cross-section: it is a rate only.
    """
    grid = np.geomspace(energy_keV.min(), energy_keV.max(), 100)
    return np.interp(energy_keV, grid, wimp_rate(grid, mass_GeV, 1e-47)) / generated(energy_keV)
