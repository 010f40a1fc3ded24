"""Nuclear recoils of WIMPs: the rate in xenon, and the Helm form factor of any nucleus."""

import warnings
from functools import cache

import numericalunits
import numpy as np
from numpy.typing import NDArray
from scipy.integrate import quad

# By default wimprates computes in units that are random in each process, which changes the last
# digits of the results.
numericalunits.reset_units("SI")
with warnings.catch_warnings():
    # wimprates warns at import that its halo follows arXiv 2105.00599.
    warnings.simplefilter("ignore", UserWarning)
    import wimprates


def wimp_rate(
    energy_keV: NDArray[np.float64], mass_GeV: float, cross_section_cm2: float
) -> NDArray[np.float64]:
    """Rate [1/(t yr keV)] of nuclear recoils at energies [keV], shape (n,), in natural xenon.

    Spin-independent scattering with the Helm form factor, in the standard halo of wimprates. The
    rate is proportional to the cross-section, which is that on a nucleon. Takes 1 ms per energy.
    """
    rate = wimprates.rate_wimp_std(energy_keV, mw=mass_GeV, sigma_nucleon=cross_section_cm2)
    return np.asarray(rate, float) / share_of_speeds()


@cache
def share_of_speeds() -> float:
    """Integral of the distribution of speeds of wimprates, which should be one.

    wimprates 0.5.0 multiplies the distribution by the share of speeds below the escape speed
    instead of dividing by it (Lewin & Smith 1996, appendix 1a), so that its integral is 0.970.
    """
    return float(quad(wimprates.observed_speed_dist, 0, wimprates.v_max())[0])


def helm_form_factor_squared(
    energy_keV: NDArray[np.float64], mass_number: float
) -> NDArray[np.float64]:
    """Squared form factor of a nucleus at recoil energies [keV] above zero, shape (n,).

    With the nuclear radius of Lewin & Smith 1996, Astropart. Phys. 6, 87.
    """
    energy = energy_keV * numericalunits.keV
    return np.asarray(wimprates.helm_form_factor_squared(energy, anucl=mass_number), float)
