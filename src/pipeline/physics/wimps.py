"""Rate of WIMPs that scatter off xenon nuclei."""

import warnings

import numericalunits
import numpy as np
from numpy.typing import NDArray

# wimprates computes in units that are random in each process; the last digits would be, too.
numericalunits.reset_units("SI")
with warnings.catch_warnings():
    # It announces at import that its halo follows arXiv 2105.00599.
    warnings.simplefilter("ignore", UserWarning)
    import wimprates


def wimp_rate(
    energy_keV: NDArray[np.float64], mass_GeV: float, cross_section_cm2: float
) -> NDArray[np.float64]:
    """Rate [1/(t yr keV)] of nuclear recoils at energies [keV], shape (n,), in natural xenon.

    Spin-independent, Helm form factor, in the standard halo of wimprates; proportional to the
    cross-section, given on a nucleon. 1 ms for every energy.
    """
    rate = wimprates.rate_wimp_std(energy_keV, mw=mass_GeV, sigma_nucleon=cross_section_cm2)
    return np.asarray(rate, float)
