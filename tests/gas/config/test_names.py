"""Names in the config refer to each other; training and test tracks are disjoint."""

import pytest

from pipeline.gas.methods import methods
from pipeline.study import ConfigError, check_config


@pytest.mark.parametrize("block", ["training_set", "test_sets.50keV", "track_comparison.simulated"])
def test_unknown_source_names_the_block_and_the_nearest_source(plain, block):
    if block == "training_set":
        plain["gas"]["training_set"]["sources"] = ["maid"]
    elif block == "test_sets.50keV":
        plain["gas"]["test_sets"]["50keV"]["sources"] = ["maid"]
    else:
        plain["gas"]["track_comparison"] = {"simulated": ["maid"], "reference": ["read"]}
    with pytest.raises(ConfigError, match=f"{block}: no source 'maid'; did you mean 'made'"):
        check_config(plain)


def test_tracks_are_not_tested_on_that_were_trained_on(plain):
    plain["gas"]["training_set"]["sources"] = ["made", "read"]
    with pytest.raises(
        ConfigError, match=r"test_sets\.50keV: source 'read' is also in training_set"
    ):
        check_config(plain)


def test_two_test_sets_may_share_a_source(plain):
    plain["gas"]["test_sets"]["50keV_443um"] = {"sources": ["read"], "smearing_um": 443}
    assert len(check_config(plain).gas.test_sets) == 2


def test_name_of_the_training_set_is_taken(plain):
    plain["gas"]["test_sets"]["train"] = plain["gas"]["test_sets"]["50keV"]
    with pytest.raises(ConfigError, match="'train' is the name of the training set"):
        check_config(plain)


@pytest.mark.parametrize("name", ["50 keV", "a/b", "..", ""])
def test_names_become_file_names(plain, name):
    plain["gas"]["networks"][name] = {"architecture": "rcn"}
    with pytest.raises(ConfigError, match="letters, digits"):
        check_config(plain)


def test_hypothesis_test_takes_several_energies(plain):
    plain["gas"]["sources"]["read"] = {
        "kind": "simulation",
        "energies_keV": [40, 50],
        "events_per_energy": 1,
    }
    assert check_config(plain).gas.hypothesis_tests == ["50keV"]


def test_hypothesis_test_wants_recoils(plain):
    plain["gas"]["sources"]["read"] = {"kind": "arrows", "events": 5}
    with pytest.raises(ConfigError, match="arrows"):
        check_config(plain)


@pytest.mark.parametrize("name", ["perfect", "non_ml", "Best-Expected"])
def test_networks_do_not_take_the_names_of_other_methods(name):
    with pytest.raises(ValueError, match="name of another method"):
        methods([name])
