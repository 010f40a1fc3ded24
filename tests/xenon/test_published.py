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
    assert -np.log(0.1) < recoils < 20
