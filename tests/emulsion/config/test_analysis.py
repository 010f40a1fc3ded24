"""Schema of the analysis of predictions."""

import pytest
from pydantic import ValidationError

from pipeline.emulsion.config.analysis import Rejection, Transfer
from pipeline.emulsion.config.recoils import RecoilGrid


@pytest.mark.parametrize("efficiencies", [(0.0, 0.5), (0.5, 1.0), (0.5, 0.3), (0.5, 0.5), ()])
def test_efficiencies_lie_within_0_and_1_and_rise(efficiencies):
    with pytest.raises(ValidationError):
        Rejection(efficiencies=efficiencies)


def test_defaults_hold_the_papers_point():
    assert 0.6 in Rejection().efficiencies
    assert Rejection().goal == 1e4


@pytest.mark.parametrize("efficiency", [0.0, 1.0])
def test_thresholds_that_keep_nothing_or_all_are_refused(efficiency):
    with pytest.raises(ValidationError):
        RecoilGrid(efficiency=efficiency)
    with pytest.raises(ValidationError):
        Transfer(beam="b", isotropic="i", efficiency=efficiency)
