"""A finished gas study of made-up shards, to make a data set of."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from pipeline.core.digests import file_digest
from pipeline.core.tables import write_tables
from pipeline.gas.config.voxels import Smearing
from pipeline.gas.evaluation.summary import Evaluated, summary_table
from pipeline.gas.paths import GasPaths
from pipeline.gas.voxels.shards import VoxelBatch, concatenate, write_shard
from pipeline.statistics.directional.predictions import prediction_table, write_predictions
from pipeline.study import read_config

SIMULATED = {"kind": "simulation", "energies_keV": [40, 50], "events_per_energy": 20}
STUDY = {
    "seed": 5,
    "results": "results",
    "gas": {
        "sources": {
            "train": SIMULATED,
            "test": SIMULATED,
            "degrad": {"kind": "degrad", "files": ["made.OUT"], "energy_keV": 50},
        },
        "training_set": {"sources": ["train"]},
        "test_sets": {
            "like": {"sources": ["test"], "smearing_um": 300},
            "narrow": {"sources": ["test"], "smearing_um": 100},
            "files": {"sources": ["degrad"], "smearing_um": 300},
        },
        "networks": {"RCN": {"architecture": "rcn"}},
        "hypothesis_test": {"test_sets": []},
    },
}
MEASURED = Smearing(low_um=300, high_um=300)  # the diffusion of a response


def made_batch(source: str, first: int, events: int, smearing: Smearing) -> VoxelBatch:
    """Events of 1 to 9 voxels in random directions."""
    rng = np.random.default_rng([first, len(source)])
    offsets = np.concatenate([[0], np.cumsum(np.arange(events) % 9 + 1)])
    direction = rng.normal(size=(events, 3))
    voxels = [np.sort(rng.choice(120**3, n, replace=False)) for n in np.diff(offsets)]
    return VoxelBatch(
        source=np.full(events, source),
        event_id=first + np.arange(events),
        offsets=offsets,
        voxels=np.concatenate(voxels).astype(np.int32),
        counts=rng.integers(1, 50, offsets[-1]).astype(np.uint16),
        direction=(direction / np.linalg.norm(direction, axis=1)[:, None]).astype(np.float32),
        start=rng.uniform(0, 120, (events, 3)).astype(np.float32),
        sigma_um=np.linspace(smearing.low_um, smearing.high_um, events, dtype=np.float32),
        energy_keV=np.linspace(40, 50, events, dtype=np.float32),
    )


def finish_study(study: dict) -> GasPaths:
    """Write `study.yaml` and what a data set takes from a finished run, in the working folder."""
    Path("study.yaml").write_text(yaml.safe_dump(study, sort_keys=False))
    Path("made.OUT").touch()
    checked = read_config("study.yaml")
    paths, rows = checked.paths["gas"], []
    for voxels in paths.voxel_sets:
        batches = []
        for source, part in paths.set_parts(voxels):
            smearing = paths.voxel_set(voxels).smearing_um or MEASURED
            batches.append(made_batch(source, 100 * len(batches), 20, smearing))
            Path(paths.shard(voxels, source, part)).parent.mkdir(parents=True, exist_ok=True)
            write_shard(paths.shard(voxels, source, part), batches[-1:], 120, 500.0)
        if voxels != "train":
            rows.append(predict_made(paths, voxels, concatenate(batches)))
    summary = paths.table("summary.csv")
    write_tables({"table": summary}, {"table": pd.concat(rows)})
    record = {
        "seed": checked.seed,
        "code": "abc",
        "versions": {"recoil-pipeline": "0.1.0"},
        "tables": {summary: file_digest(summary)},
        "config": checked.plain(),
    }
    Path("results/provenance.json").write_text(json.dumps(record))
    return paths


def predict_made(paths: GasPaths, test: str, events: VoxelBatch) -> pd.DataFrame:
    """Write predictions around the true directions as the network's; return their summary."""
    rng = np.random.default_rng(1)
    predicted = events.direction + 0.5 * rng.normal(size=(len(events), 3))
    predicted /= np.linalg.norm(predicted, axis=1)[:, None]
    table = prediction_table(events, predicted, np.full(len(events), 5.0))
    write_predictions(paths.prediction(test, "RCN"), table)
    return summary_table([Evaluated(test, "RCN", table)], 20, rng)
