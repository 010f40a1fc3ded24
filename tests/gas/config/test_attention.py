"""Config of the check of a network's attention."""

import pytest

from pipeline.gas.paths import GasPaths
from pipeline.study import ConfigError, check_config

BLOCK = {"network": "UNet", "nominal": "50keV", "sets": ["shifted", "run7"]}
UNET = {"architecture": "unet", "widths": [4, 6, 8]}


@pytest.fixture
def study(plain):
    """A function that checks a config with this block."""
    gas = plain["gas"]
    gas["sources"]["hits"] = {"kind": "hits", "files": ["run7.root"]}
    gas["observed"] = {"run7": {"sources": ["hits"]}}
    gas["test_sets"]["shifted"] = {"sources": ["read"], "smearing_um": 400}
    gas["networks"] |= {"UNet": {**UNET, "start_of_track": True}, "blind": UNET}

    def check(**keys):
        gas["attention"] = {**BLOCK, **keys}
        return check_config(plain).gas

    return check


def test_sets_with_and_without_truth_are_looked_at(study, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("DEGRAD.OUT", "run7.root"):
        (tmp_path / name).touch()
    paths = GasPaths(study(), "results", 1)
    assert paths.attention_block()["sets"] == {"50keV": 1, "shifted": 1, "run7": 1}
    inputs = paths.attention_inputs()
    assert inputs["predictions"][2] == paths.prediction("run7", "UNet")
    assert len(inputs["shards"]) == 3
    names = ("attention", "direction_stages", "direction_failures")
    assert {paths.table(f"{name}.csv") for name in names} <= set(paths.recorded_tables())


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"nominal": "run7"}, r"attention.nominal: there is no 'run7'; there are 50keV, shifted"),
        ({"sets": ["60keV"]}, r"attention.sets: there is no '60keV'"),
        ({"sets": ["50keV"]}, r"attention.sets: a set stands twice, or is the nominal one"),
        ({"sets": ["run7", "run7"]}, r"attention.sets: a set stands twice"),
        ({"network": "HCN"}, r"attention.network: there is no 'HCN'"),
        ({"network": "RCN"}, r"attention.network: 'RCN' does not predict the start"),
        ({"network": "blind"}, r"attention.network: 'blind' does not predict the start"),
    ],
)
def test_names_that_do_not_suit_are_named(study, keys, message):
    with pytest.raises(ConfigError, match=message):
        study(**keys)
