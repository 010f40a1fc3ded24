"""Ensembles are methods beside their networks."""

import pytest

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
