"""Ensembles are methods beside their networks."""

import pytest
from helpers.made_networks import make_folder

from pipeline.study import ConfigError, check_config

NETWORK = {"architecture": "unet", "widths": [4, 6, 8]}


@pytest.fixture
def joined(plain):
    """The smallest config with an ensemble."""
    plain["gas"]["networks"] |= {"A": NETWORK, "B": NETWORK}
    plain["gas"]["ensembles"] = {"both": {"members": ["A", "B"]}}
    return plain


def test_an_ensemble_is_a_method_like_its_networks(joined):
    paths = check_config(joined).paths["gas"]
    assert "both" in paths.method_names()
    assert "both" in paths.with_kappa()
    test = next(iter(paths.block.test_sets))
    assert paths.prediction(test, "both") in paths.predictions(test)
    assert paths.members(test, "both") == [paths.prediction(test, name) for name in "AB"]
    assert paths.evaluation_block(test)["ensembles"] == {"both": ["A", "B"]}


@pytest.fixture
def trained():
    """Paths of a study with an ensemble of two networks; keys of the second one."""

    def make(plain, **keys):
        tuned = {**NETWORK, "temperature": True}
        plain["gas"]["networks"] = {"A": tuned, "B": {**tuned, **keys}}
        plain["gas"]["ensembles"] = {"both": {"members": ["A", "B"]}}
        return check_config(plain).paths["gas"]

    return make


def test_the_temperature_of_an_ensemble_is_fitted_to_its_tempered_members(plain, trained):
    paths = trained(plain)
    (own,), (a,), (b,) = (paths.temperature(name) for name in ("both", "A", "B"))
    assert own == paths.network("temperature.csv", "both")
    joined, alone = paths.temperature_inputs("both"), paths.temperature_inputs("A")
    assert joined["weights"] == [paths.weights("A"), paths.weights("B")]
    assert (joined["temperatures"], alone["temperatures"]) == ([a, b], [])
    assert joined["shards"] == alone["shards"] == paths.shards("train")
    blocks = paths.temperature_block("both")["networks"]
    assert blocks == [paths.prediction_block("A"), paths.prediction_block("B")]
    assert paths.network_modules("both") == ["pipeline.gas.networks.unet"]


def test_an_ensemble_with_a_member_of_no_fitted_temperature_has_none(plain, trained, tmp_path):
    assert trained(plain, temperature=False).temperature("both") == []
    folder = make_folder(tmp_path / "folder", network={**NETWORK, "temperature": True})
    plain["gas"].pop("ensembles")
    paths = trained(plain, weights=str(folder))
    assert paths.temperature("B") == [f"{folder}/card.yaml"]
    assert paths.temperature("both") == []


def test_without_an_ensemble_no_job_sees_the_key(plain):
    paths = check_config(plain).paths["gas"]
    assert "ensembles" not in paths.evaluation_block(next(iter(paths.block.test_sets)))


@pytest.mark.parametrize(
    ("name", "members", "told"),
    [
        ("both", ["A"], "at least 2"),
        ("both", ["A", "A"], "given twice"),
        ("both", ["A", "C"], "'C' is no network of this study; networks that can be members: "),
        ("both", ["A", "RCN"], "'RCN' predicts no density"),
        ("A", ["A", "B"], "also the name of a network"),
        ("a b", ["A", "B"], "only letters"),
    ],
)
def test_what_cannot_be_joined_is_named(joined, name, members, told):
    joined["gas"]["networks"]["RCN"] = {"architecture": "rcn"}
    joined["gas"]["ensembles"] = {name: {"members": members}}
    with pytest.raises(ConfigError, match=told):
        check_config(joined)
