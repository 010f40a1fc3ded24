"""A readout response: its parameters by name, and what is refused."""

import pytest
from pydantic import ValidationError

from pipeline.gas.config.response import PARAMETERS, Response


def response(**keys):
    return Response.model_validate(keys)


def test_a_perfect_readout_is_the_default():
    assert {response().value(name) for name in PARAMETERS} == {0.0}


def test_parameters_are_read_and_replaced_by_name():
    before = response(threshold={"electrons": 1.5}, attachment_per_cm=0.05)
    after = before.replaced({"threshold.electrons": 1.2, "diffusion.constant_transverse": 300})
    assert before.value("threshold.electrons") == 1.5
    assert after.value("threshold.electrons") == 1.2
    assert after.diffusion.constant_transverse == 300
    assert after.attachment_per_cm == 0.05


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_parameter_can_be_replaced(name):
    assert response().replaced({name: 0.25}).value(name) == 0.25


def test_stages_add_their_variances():
    """Two GEMs: the second amplifies 40 electrons, so its fluctuation hardly counts."""
    stages = [{"mean": 40, "relative_rms": 0.2}, {"mean": 50, "relative_rms": 0.2}]
    chain = response(gain={"stages": stages})
    assert chain.value("gain.relative_rms") == pytest.approx((0.04 + 0.04 / 40) ** 0.5)
    assert chain.replaced({"gain.relative_rms": 0.7}).gain.stages == []


def test_a_replaced_parameter_varies_no_more():
    varied = response(vary={"threshold.electrons": [0, 2], "noise_hits": [0, 3]})
    assert list(varied.replaced({"noise_hits": 1}).vary) == ["threshold.electrons"]


def test_a_fitted_parameter_is_free_until_it_is_replaced():
    before = response(fitted=["noise_hits", "attachment_per_cm"])
    after = before.replaced({"noise_hits": 0})
    assert before.has("noise_hits")
    assert not after.has("noise_hits")
    assert after.fitted == ["attachment_per_cm"]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"drift_cm": {"low": 12, "high": 0.5}}, r"low 12 is above high 0\.5"),
        ({"vary": {"threshold": [0, 2]}}, "'threshold' is no parameter .*threshold.electrons"),
        ({"vary": {"noise_hits": [3, 1]}}, r"vary.noise_hits: expected 0 <= low < high"),
        ({"vary": {"noise_hits": [-1, 1]}}, r"vary.noise_hits: expected 0 <= low < high"),
        (
            {"vary": {"noise_hits": [0, 1e9]}},
            r"vary.noise_hits: 1e\+09 should be less",
        ),
        ({"charge_bits": 4}, "charge_bits and charge_step belong together"),
        ({"gain": {"relative_rms": 1, "stages": [{"mean": 40}]}}, "not both"),
        ({"gain": {"map": "map.csv", "pixel_spread": 0.1}}, "leave one of them out"),
        ({"gain": {"map": "map.csv"}, "fitted": ["gain.pixel_spread"]}, "leave one of them out"),
        (
            {"gain": {"map": "map.csv"}, "vary": {"gain.pixel_spread": [0, 1]}},
            "leave one of them out",
        ),
        ({"integrate_from": "threshold"}, "needs a window"),
        ({"integrate_from": "threshold", "integrate_mm": "all"}, "needs a window"),
        ({"integrate_mm": -1}, "greater than or equal to 0"),
        ({"integrate_mm": "none"}, "'all'"),
    ],
)
def test_what_makes_no_sense_is_refused(keys, message):
    with pytest.raises(ValidationError, match=message):
        response(**keys)


def test_an_unknown_parameter_is_named():
    with pytest.raises(ValueError, match="'gain' is no parameter of a response"):
        response().replaced({"gain": 1})
