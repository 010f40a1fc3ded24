"""Values of a detector that cannot be simulated are refused with the key to change."""

import pytest
from pydantic import ValidationError

from pipeline.emulsion.config.detector import Detector


def test_the_default_is_nit():
    detector = Detector()
    assert detector.crystals.fill == pytest.approx(0.43, abs=0.005)
    assert detector.clustering.chance_fog == pytest.approx(1.2e-4, rel=0.02)


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ({"crystals": {"per_um3": 4000}}, "the crystals fill 81% .* Reduce per_um3"),
        ({"crystals": {"diameter_nm": 0}}, "greater than 0"),
        ({"crystals": {"diameter_nm": 40, "diameter_spread_nm": 15}}, "quarter of diameter_nm"),
        ({"clustering": {"fog_per_um3": 2.0}}, "so dense that clusters merge"),
        ({"camera": {"pixels": 30}}, "greater than or equal to 32"),
        ({"camera": {"pixels": 41}}, "must be even, not 41"),
        ({"camera": {"haze_px": [10, 4]}}, "first value is larger"),
        ({"light": {"gains": [1, 1, 1]}}, "at least 8 items"),
        ({"light": {"polarisation": 1.1}}, "less than or equal to 1"),
        ({"development": {"segment_nm": 5}}, "not within segment_limits_nm, 10 to 130"),
        ({"optics": {"depth": 5}}, "did you mean 'depth_nm'"),
    ],
)
def test_bad_values_are_refused(block, message):
    with pytest.raises(ValidationError, match=message):
        Detector.model_validate(block)
