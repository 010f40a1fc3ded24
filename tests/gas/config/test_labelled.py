"""Measured events of known direction in a training set."""

import pytest

from pipeline.gas.figures.catalogue import figures
from pipeline.gas.networks.catalogue import trainings
from pipeline.study import ConfigError, check_config

LABELS = {"event": "event", "direction": ["dx", "dy", "dz"]}


@pytest.fixture
def study(plain, tmp_path, monkeypatch):
    """(sources of the training set, keys of the network) -> paths; `lab` is labelled."""
    monkeypatch.chdir(tmp_path)
    for name in ("lab.h5", "DEGRAD.OUT"):
        (tmp_path / name).touch()

    def check(*training, **network):
        gas = plain["gas"]
        gas["sources"]["lab"] = {"kind": "hits", "files": ["lab.h5"], "columns": LABELS}
        gas["training_set"]["sources"] = list(training)
        gas["networks"]["RCN"] |= network
        return check_config({"results": "out", **plain}).paths["gas"]

    return check


@pytest.mark.parametrize("training", [["lab"], ["made", "lab"]])
def test_hits_of_known_direction_may_be_trained_on(study, training):
    paths = study(*training)
    (shard,) = paths.labelled_shards()
    assert shard == "out/gas/voxels/train/lab/0000_lab.parquet"
    assert shard in paths.shards("train")
    assert paths.hits_sources == ["lab"]
    assert paths.track_counts() == [
        f"out/gas/tracks/{name}.json"
        for name in (["made/0000_40keV"] if "made" in training else []) + ["read/0000_DEGRAD"]
    ]
    assert "lab" not in paths.used_sources
    assert "lab" in paths.inputs()


@pytest.mark.parametrize(
    ("training", "voxels", "source"),
    [(["lab", "made"], "train", "made"), (["lab"], "50keV", "read")],
)
def test_the_stages_are_those_of_a_track(study, training, voxels, source):
    """Measured events have no electrons before the readout."""
    paths = study(*training)
    assert paths.staged_source == source
    assert paths.staged_set == voxels
    (shown,) = (figure for figure in figures(paths) if figure.name == "track_stages")
    assert shown.inputs == {"stages": [paths.stages(source)]}


def test_fresh_views_are_of_tracks_and_of_hits(study):
    inputs = trainings(study("made", "lab", training_events="fresh_views"))["RCN"].inputs
    assert inputs["tracks"] == ["out/gas/tracks/made/0000_40keV.parquet"]
    assert inputs["labelled"] == ["out/gas/voxels/train/lab/0000_lab.parquet"]


def test_trainings_on_tracks_alone_have_no_labelled_events(study):
    assert trainings(study("made"))["RCN"].inputs["labelled"] == []


def test_labelled_events_are_not_simulated_anew(study):
    with pytest.raises(ConfigError, match=r"'lab' is of kind 'hits'; use 'fresh_views'"):
        study("lab", training_events="stream")


def test_events_trained_on_are_not_observed(study, plain):
    plain["gas"]["observed"] = {"run": {"sources": ["lab"]}}
    with pytest.raises(ConfigError, match=r"observed\.run: source 'lab' is also in training_set"):
        study("lab")


def test_a_test_set_needs_tracks(study, plain):
    plain["gas"]["test_sets"]["50keV"]["sources"] = ["lab"]
    with pytest.raises(ConfigError, match=r"test_sets\.50keV: source 'lab' .* no truth"):
        study("made")


def test_nobody_knows_what_measured_events_show_of_the_drift(study):
    network = {"architecture": "hcn", "temperature": True}
    study("lab", frames=8, **network)
    with pytest.raises(ConfigError, match="8 orientations only"):
        study("lab", frames=16, **network)
