import pytest
from pydantic import ValidationError

from pipeline.statistics.directional.config import HypothesisTest


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"signal_fractions": (0.0,)}, "greater than 0"),
        ({"signal_fractions": (0.1, 0.1)}, "differ"),
        ({"cut_fractions": (1.0,)}, "less than 1"),
        ({"events": {"strength_min": 5, "strength_max": 1}}, "must exceed"),
        ({"levels": {"90% CL": 90}}, "less than 0.5"),
        ({"toys": 100}, "toys"),
    ],
)
def test_impossible_settings_are_refused(bad, message):
    with pytest.raises(ValidationError, match=message):
        HypothesisTest.model_validate(bad)


def test_defaults_reach_their_own_levels():
    settings = HypothesisTest()
    assert settings.batches * settings.background_toys * min(settings.levels.values()) >= 10
