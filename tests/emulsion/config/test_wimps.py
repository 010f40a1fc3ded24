import pytest
from pydantic import ValidationError

from pipeline.emulsion.config.wimps import Wimps


def test_defaults_come_back_from_plain_settings():
    assert Wimps.model_validate(Wimps().plain()) == Wimps()


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"mass_fractions": {"Xx": 0.5}}, "unknown element 'Xx'; elements: H, C"),
        ({"mass_fractions": {"C": 0.7, "O": 0.6}}, r"add up to 1\.3, more than 1"),
        ({"masses_GeV": [10, 10]}, "must differ from each other"),
        ({"masses_GeV": [-1]}, "greater than 0"),
        ({"signal_fractions": [0]}, "greater than 0"),
        ({"head_tail": 0.4}, "greater than or equal to 0.5"),
        ({"halo": {"earth_km_s": 600}}, "must be below escape_km_s"),
        ({"purity": 1}, "unknown key 'purity'"),
    ],
)
def test_wrong_values_are_named(bad, message):
    with pytest.raises(ValidationError, match=message):
        Wimps.model_validate(bad)
