"""A blind data challenge in miniature: hits, fit, prediction, test against the Sun, verdict."""

import json
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

from pipeline import challenge
from pipeline.core.tables import write_tables
from pipeline.gas.challenge.judge import FRACTION
from pipeline.gas.config.sources import Simulation, SourceDefaults
from pipeline.gas.config.symmetry import drift_of
from pipeline.gas.hits import direction_test
from pipeline.gas.hits.voxels import voxelise_hits
from pipeline.gas.networks.prediction import predict
from pipeline.gas.response import stage
from pipeline.gas.response.fitted import with_fitted
from pipeline.gas.tracks.ingest import complete
from pipeline.gas.tracks.simulator.source import simulated_batches
from pipeline.gas.tracks.table import read_tracks, write_tracks
from pipeline.gas.voxels.shards import write_shard
from pipeline.gas.voxels.views import make_views
from pipeline.statistics.directional.predictions import write_predictions
from pipeline.study import read_config

RANGES = {"gain.relative_rms": [0.3, 0.8], "threshold.electrons": [0.5, 1.5]}


def study(events=300):
    made = {"kind": "simulation", "energies_keV": [50]}
    site = {"latitude_deg": 42.4, "longitude_deg": 13.5}
    axes = {"x": [0, 1, 0], "y": [0, 0, 1], "z": [1, 0, 0]}
    return {
        "gas": {
            "sources": {
                "run7": {
                    "kind": "hits",
                    "files": ["hits/run7.parquet"],
                    "columns": {"event": "event", "time": "time"},
                },
                "test": {**made, "events_per_energy": 300},
                "calibration": {**made, "events_per_energy": 600},
            },
            "test_sets": {"like_run7": {"sources": ["test"], "response": "fitted"}},
            "observed": {
                "run7": {
                    "sources": ["run7"],
                    "direction_test": {"site": site, "axes": axes, "permutations": 199},
                }
            },
            "detector_fit": {
                "data": "run7",
                "energy_keV": 50,
                "simulated": ["calibration"],
                "response": {
                    "diffusion": {"constant_transverse": 300, "constant_longitudinal": 240},
                    "gain": {"relative_rms": 0.5},
                    "threshold": {"electrons": 0.9},
                },
                "parameters": {"gain.relative_rms": [0.1, 1.5], "threshold.electrons": [0.2, 3]},
            },
            "challenge": {
                "observed": "run7",
                "simulated": "like_run7",
                "network": "UNet",
                "events": events,
                "parameters": RANGES,
                "solar_fraction": [0.6, 1.0],
            },
            "networks": {"UNet": {"weights": "shipped", "frames": 1}},
            "hypothesis_test": {"test_sets": []},
        }
    }


@pytest.fixture
def config(tmp_path, monkeypatch):
    """(content) -> the file of a study in the current folder."""
    monkeypatch.chdir(tmp_path)

    def write(content):
        (tmp_path / "study.yaml").write_text(yaml.safe_dump(content))
        return tmp_path / "study.yaml"

    return write


def command(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["challenge", *map(str, arguments)])
    challenge.main()


def tracks(paths, source, rng):
    """Track table of a simulated source."""
    block = Simulation.model_validate(paths.block.sources[source].plain())
    (file,) = paths.tracks(source)
    made = [
        complete(raw, SourceDefaults(energy_keV=50), raw.source_event, source)
        for raw in simulated_batches(block, rng)
    ]
    write_tracks(in_folder(file), made, {})
    return file


def in_folder(file):
    """The file's name, once its folder is there."""
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    return file


def run(paths, rng):
    """The stages of the workflow, one after another."""
    block, grid = paths.block, paths.block.grid
    (part,) = paths.set_parts("run7")
    shard, events = paths.shard("run7", *part), paths.observed_events("run7", *part)
    outputs = in_folder(shard), events, f"{shard}.json"
    voxelise_hits("hits/run7.parquet", paths.hits_block(*part), *outputs)
    inputs = {"shards": [shard], "tracks": [tracks(paths, "calibration", rng)]}
    tables = stage.from_files(inputs, paths.detector_fit_block())
    fitted = in_folder(paths.table("detector_fit.csv"))
    write_tables({"parameters": fitted}, tables)
    response = with_fitted(block.response_of("like_run7"), [fitted])
    views = [
        make_views(batch, "test", grid, response, rng)[0]
        for batch in read_tracks(tracks(paths, "test", rng))
    ]
    (like,) = paths.shards("like_run7")
    write_shard(in_folder(like), views, grid.bins, grid.voxel_um, drift_of(response))
    predictions = []
    for name, file in (("run7", shard), ("like_run7", like)):
        predictions.append(in_folder(paths.prediction(name, "UNet")))
        table = predict(paths.weights("UNet"), [file], block.networks["UNet"])
        write_predictions(predictions[-1], table)
    tested = direction_test.from_files(
        {"predictions": predictions[:1], "events": [events]}, paths.direction_test_block()
    )
    write_tables({"table": paths.table("observed_p.csv")}, tested)


def test_the_truth_of_a_set_is_found(config, monkeypatch, capsys, rng):
    file = config(study())
    command(monkeypatch, "make", file, "--seed", 3)
    truth = json.loads((file.parent / "hits" / "run7.truth.json").read_text())["hidden"]
    hits = pd.read_parquet(file.parent / "hits" / "run7.parquet")
    assert list(hits) == ["event", "x", "y", "z", "charge", "time"]
    paths = read_config(file).paths["gas"]
    run(paths, rng)
    command(monkeypatch, "judge", file)
    assert FRACTION in capsys.readouterr().out
    table = pd.read_csv(paths.table("challenge.csv"))
    assert dict(zip(table["quantity"], table["hidden"], strict=True)) == pytest.approx(truth)
    assert set(truth) == {*RANGES, FRACTION}
    assert table["passed"].all(), table
    assert (table["p_value"] < 0.01).all()
    # Judged again, a set has its rows once.
    command(monkeypatch, "judge", file)
    assert len(pd.read_csv(paths.table("challenge.csv"))) == len(truth)


def test_the_same_seed_hides_the_same_truth(config, monkeypatch):
    file = config(study(events=5))
    made = []
    for seed in (1, 1, 2):
        command(monkeypatch, "make", file, "--seed", seed)
        made.append((file.parent / "hits" / "run7.parquet").read_bytes())
    assert made[0] == made[1] != made[2]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"challenge": None}, r"no block `challenge`"),
        ({"detector_fit": None, "test_sets": {}}, r"'run7' must be the data of `detector_fit`"),
        ({"challenge": {"parameters": {"threshold.electrons": [0, 1]}}}, r"challenge.parameters: "),
        ({"challenge": {"network": "RCN"}}, r"challenge.network: must be one of UNet"),
        ({"challenge": {"solar_fraction": [0.5, 2]}}, r"solar_fraction: expected 0 <= low"),
        ({"challenge": {"parameters": {"threshold": [0, 1]}}}, r"parameters.threshold: expected"),
    ],
)
def test_a_study_that_is_no_challenge_is_told(config, monkeypatch, change, told):
    content = study()
    for key, value in change.items():
        own = content["gas"][key]
        content["gas"][key] = {**own, **value} if value else value
    if not content["gas"]["test_sets"]:
        del content["gas"]["test_sets"]
    file = config(content)
    with pytest.raises(SystemExit, match=told):
        command(monkeypatch, "make", file)
