"""Measured events in a config: no truth is asked of them, and a study may have nothing else."""

import pytest

from pipeline.gas.figures.catalogue import figures
from pipeline.study import ConfigError, check_config


@pytest.fixture
def observed(plain):
    """The smallest config with a set of measured events."""
    plain["gas"]["sources"]["run7"] = {"kind": "hits", "files": ["run7.root"]}
    plain["gas"]["observed"] = {"run7": {"sources": ["run7"]}}
    return plain


def test_measured_events_are_predicted_by_all_networks(observed):
    paths = check_config({"results": "out", **observed}).paths["gas"]
    assert paths.observed_predictions() == ["out/gas/predictions/run7/RCN.parquet"]
    assert paths.table("observed.csv") in paths.targets()
    assert "run7" not in paths.used_sources


def test_a_study_may_have_measured_events_only(observed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run7.root").touch()
    gas = observed["gas"]
    gas["test_sets"] = {}
    del gas["sources"]["read"]
    paths = check_config({"results": "out", **observed}).paths["gas"]
    assert paths.table("summary.csv") not in paths.targets()
    names = [figure.name for figure in figures(paths)]
    assert names[-2:] == ["observed_directions", "events"]
    assert "cut_scan" not in names


def test_a_study_has_a_set_to_predict(plain):
    plain["gas"]["test_sets"] = {}
    with pytest.raises(ConfigError, match="at least one test set, or a set under `observed`"):
        check_config(plain)


@pytest.mark.parametrize("place", ["training_set", "test_sets.50keV", "track_comparison.simulated"])
def test_a_truth_is_not_asked_of_hits(observed, place):
    gas = observed["gas"]
    if place == "training_set":
        gas["training_set"]["sources"] = ["run7"]
    elif place == "test_sets.50keV":
        gas["test_sets"]["50keV"]["sources"] = ["run7"]
    else:
        gas["track_comparison"] = {"simulated": ["run7"], "reference": ["made"]}
    with pytest.raises(ConfigError, match=rf"{place}: source 'run7' .* have no truth"):
        check_config(observed)


def test_an_observed_set_holds_hits_only(observed):
    observed["gas"]["observed"]["run7"]["sources"] = ["read"]
    with pytest.raises(ConfigError, match=r"observed\.run7: source 'read' is of kind 'degrad'"):
        check_config(observed)


def test_frames_of_measured_events_keep_the_drift(observed):
    observed["gas"]["networks"]["RCN"]["frames"] = 16
    with pytest.raises(ConfigError, match="of run7 look alike in 8 orientations"):
        check_config(observed)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"columns": {"z": None}}, "either z or drift_time"),
        ({"columns": {"drift_time": "t"}}, "either z or drift_time"),
        ({"columns": {"z": None, "drift_time": "t"}}, "drift_velocity_um_per_ns belong together"),
        ({"drift_velocity_um_per_ns": 10}, "drift_velocity_um_per_ns belong together"),
        ({"energy_keV": 40}, "unknown key 'energy_keV'"),
    ],
)
def test_columns_that_make_no_sense(observed, keys, message):
    observed["gas"]["sources"]["run7"] |= keys
    with pytest.raises(ConfigError, match=message):
        check_config(observed)
