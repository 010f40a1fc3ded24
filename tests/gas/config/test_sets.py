"""A set of events is smeared or measured by a response; the frames of networks fit its symmetry."""

import pytest

from pipeline.gas.config.response import Response
from pipeline.gas.config.shipped import shipped_responses
from pipeline.study import ConfigError, check_config

HARD = {"threshold": {"electrons": 1.5}, "vary": {"threshold.electrons": [0, 2]}}


@pytest.fixture
def measured(plain):
    """The smallest config with a response in both sets."""
    plain["gas"]["responses"] = {"hard": HARD}
    plain["gas"]["training_set"]["response"] = "hard"
    plain["gas"]["test_sets"]["50keV"] = {"sources": ["read"], "response": "hard"}
    return plain


def test_only_training_events_draw_what_varies(measured):
    gas = check_config(measured).gas
    assert gas.response_of("train") == Response.model_validate(HARD)
    assert gas.response_of("50keV") == Response.model_validate({**HARD, "vary": {}})


def test_a_response_may_stand_in_the_set_itself(measured):
    measured["gas"]["test_sets"]["50keV"]["response"] = {"noise_hits": 3}
    assert check_config(measured).gas.response_of("50keV").noise_hits == 3


def test_a_training_set_with_a_response_has_no_default_smearing(measured):
    assert check_config(measured).gas.training_set.smearing_um is None


def test_sets_without_a_response_are_as_before(plain):
    gas = check_config(plain).gas
    assert set(gas.training_set.plain()) == {"sources", "smearing_um", "validation_fraction"}
    assert set(gas.test_sets["50keV"].plain()) == {"sources", "smearing_um", "rotate"}


@pytest.mark.parametrize("block", ["training_set", "test_sets"])
def test_smearing_and_response_exclude_each_other(measured, block):
    sets = measured["gas"][block]
    (sets if block == "training_set" else sets["50keV"])["smearing_um"] = 200
    with pytest.raises(ConfigError, match="smearing_um and response exclude each other"):
        check_config(measured)


def test_a_test_set_needs_one_of_them(plain):
    del plain["gas"]["test_sets"]["50keV"]["smearing_um"]
    with pytest.raises(ConfigError, match=r"test_sets\.50keV: smearing_um is missing"):
        check_config(plain)


@pytest.mark.parametrize("key", ["training_set", "test_sets.50keV"])
def test_an_unknown_response_names_the_set(measured, key):
    sets = measured["gas"]["training_set"], measured["gas"]["test_sets"]["50keV"]
    sets[key != "training_set"]["response"] = "soft"
    with pytest.raises(ConfigError, match=rf"{key}\.response: no response 'soft'; .*hard"):
        check_config(measured)


def test_more_frames_than_symmetries_are_refused(measured):
    measured["gas"]["networks"] = {"RCN": {"architecture": "rcn", "frames": 9}}
    assert check_config(measured)
    measured["gas"]["test_sets"]["50keV"]["response"] = {"integrate_mm": 4}
    with pytest.raises(
        ConfigError, match=r"networks\.RCN\.frames: 9, but .* 50keV look alike in 8 orientations"
    ):
        check_config(measured)


def test_frames_of_a_temperature_fit_the_training_set(measured):
    measured["gas"]["training_set"]["response"] = {"integrate_mm": 4}
    network = {"architecture": "hcn", "frames": 48}
    measured["gas"]["networks"] = {"HCN": network}
    assert check_config(measured)
    network["temperature"] = True
    with pytest.raises(ConfigError, match="of train look alike in 8 orientations"):
        check_config(measured)


def test_voxels_of_three_edges_have_fewer_frames(plain):
    plain["gas"]["grid"] = {"voxel_um": [250, 50, 250]}
    plain["gas"]["networks"]["RCN"]["frames"] = 17
    with pytest.raises(ConfigError, match="in 16 orientations"):
        check_config(plain)


@pytest.mark.parametrize(
    ("name", "voxel_um"),
    [("beast", [250, 50, 252]), ("cygno", 152), ("migdal", 39.0625), ("gridpix", 55)],
)
def test_responses_are_shipped_for_their_own_cells(measured, name, voxel_um):
    assert name in shipped_responses()
    measured["gas"]["grid"] = {"voxel_um": voxel_um}
    measured["gas"]["responses"][name] = "shipped"
    measured["gas"]["test_sets"]["50keV"]["response"] = name
    assert check_config(measured).gas.response_of("50keV").diffusion.transverse > 0


def test_a_response_of_other_cells_than_the_voxels_is_refused(measured):
    measured["gas"]["responses"]["beast"] = "shipped"
    measured["gas"]["test_sets"]["50keV"]["response"] = "beast"
    message = r"50keV.response: .* cells of \[250.0, 50.0, 252.0\] um, and the voxels .* 500 um"
    with pytest.raises(ConfigError, match=message):
        check_config(measured)


def test_a_response_that_is_not_shipped_is_refused(measured):
    measured["gas"]["responses"]["mine"] = "shipped"
    with pytest.raises(ConfigError, match=r"responses\.mine: no response .* shipped: beast, cygno"):
        check_config(measured)
