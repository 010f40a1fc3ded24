"""Smearing: one number, or a range from which each track draws its own."""

import pytest
from pydantic import ValidationError

from pipeline.gas.config.voxels import Smearing


@pytest.mark.parametrize("value", [443, 443.0, {"low_um": 443, "high_um": 443}])
def test_one_number_is_a_range_of_no_width(value):
    smearing = Smearing.model_validate(value)
    assert (smearing.low_um, smearing.high_um) == (443, 443)


def test_range():
    smearing = Smearing.model_validate({"low_um": 160, "high_um": 466})
    assert (smearing.low_um, smearing.high_um) == (160, 466)


@pytest.mark.parametrize(
    "value", [{"low_um": 466, "high_um": 160}, {"low_um": 160}, -1, True, "443", [160, 466], None]
)
def test_anything_else_is_refused(value):
    with pytest.raises(ValidationError):
        Smearing.model_validate(value)
