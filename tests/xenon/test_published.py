import numpy as np
import pytest

from pipeline.xenon.config.rates import Rates
from pipeline.xenon.published import LIMITS
from pipeline.xenon.rates.backgrounds import wimp


@pytest.mark.parametrize(
    "limit", LIMITS, ids=lambda x: f"{x.experiment}{', expected' * x.expected}"
)
def test_a_limit_is_a_few_recoils(limit):
    """2.3 is the limit of an experiment that sees all recoils and has no background."""
    rate = wimp(Rates(), limit.wimp.mass_GeV).expected_per_t_yr()
    recoils = rate * limit.wimp.cross_section_cm2 * limit.exposure_t_yr
    assert -np.log(0.1) < recoils < 21


@pytest.mark.parametrize("limit", [x for x in LIMITS if x.curve], ids=lambda x: x.experiment)
def test_the_lowest_point_of_a_curve_is_that_of_the_abstract(limit):
    masses, cross_sections = np.array(limit.curve).T
    lowest = cross_sections.argmin()
    assert cross_sections[lowest] == pytest.approx(limit.wimp.cross_section_cm2, rel=0.04)
    assert masses[lowest] == pytest.approx(limit.wimp.mass_GeV, rel=0.25)
    # Above the lowest point the rate of WIMPs, and so the limit, goes as the mass.
    heavy = masses >= 500
    slope = np.diff(np.log(cross_sections[heavy])) / np.diff(np.log(masses[heavy]))
    assert slope == pytest.approx(1, abs=0.05)
