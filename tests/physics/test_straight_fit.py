"""The attainable resolution against the values of its paper and a minimum found by search."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from pipeline.physics.straight_fit import least_width_deg


@pytest.mark.parametrize(
    ("energy_keV", "smearing_um", "width_deg"), [(40, 466, 15.3), (50, 466, 13.4)]
)
def test_the_widths_are_the_published_ones(energy_keV, smearing_um, width_deg):
    assert least_width_deg(energy_keV, smearing_um) == pytest.approx(width_deg, abs=0.1)


def test_the_width_is_the_least_over_all_lengths():
    beta2 = 1 - 1 / (1 + 40 / 510.99895) ** 2
    a = 13.18 / ((1 + 40 / 510.99895) * beta2 * 0.51099895 * np.sqrt(3 * 606))
    b = np.sqrt(12) * 443e-6 / np.sqrt(3994)
    found = minimize_scalar(lambda x: a**2 * x + b**2 / x**3, bounds=(1e-4, 1e-1), method="bounded")
    assert least_width_deg(40, 443) == pytest.approx(np.degrees(np.sqrt(found.fun)), rel=1e-4)


def test_the_density_of_electrons_is_known_from_30_to_70_keV():
    assert np.isnan(least_width_deg([29, 71], 200)).all()
    assert np.isfinite(least_width_deg([30, 70], 200)).all()
