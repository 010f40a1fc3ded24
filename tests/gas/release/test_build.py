"""The files of a data set."""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from pipeline.gas.release.build import build_release
from pipeline.gas.voxels.shards import concatenate, read_shard


def content(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_data_set_is_whole(released):
    assert set(content(released / "results/release")) == {
        *("README.md", "croissant.json", "load.py", "study.yaml", "splits.csv", "baselines.csv"),
        *("data/train.parquet", "data/like.parquet", "data/narrow.parquet"),
        *("truth/like.parquet", "truth/narrow.parquet"),
    }


def test_the_same_study_gives_the_same_bytes(finished):
    paths = finished()
    build_release(paths, "study.yaml")
    first = content(Path("results/release"))
    build_release(paths, "study.yaml")
    assert content(Path("results/release")) == first


def test_splits_of_an_earlier_data_set_go(finished):
    paths = finished()
    for folder in ("data", "truth"):
        Path(f"results/release/{folder}").mkdir(parents=True)
        Path(f"results/release/{folder}/old.parquet").touch()
    build_release(paths, "study.yaml")
    assert not list(Path("results/release").rglob("old.parquet"))


def test_training_file_is_a_shard_of_all_parts(released):
    parts = sorted((released / "results/gas/voxels/train/train").glob("*.parquet"))
    assert len(parts) == 2
    whole = concatenate([batch for part in parts for batch in read_shard(part)])
    found = concatenate(list(read_shard(released / "results/release/data/train.parquet")))
    for name, values in vars(whole).items():
        np.testing.assert_array_equal(getattr(found, name), values)


def test_truth_of_test_sets_is_apart(released):
    data, truth = (
        pq.read_table(released / f"results/release/{kind}/like.parquet")
        for kind in ("data", "truth")
    )
    true = [f"{what}_{axis}" for what in ("direction", "start") for axis in "xyz"]
    event, seen = ["source", "event_id"], ["voxels", "counts", "sigma_um", "energy_keV"]
    assert data.column_names == [*event, *seen]
    assert truth.column_names == [*event, *true]
    assert data["event_id"].equals(truth["event_id"])


def test_baselines_are_those_of_the_summary(released):
    found = pd.read_csv(released / "results/release/baselines.csv")
    summary = pd.read_csv(released / "results/gas/tables/summary.csv")
    summary = summary[summary["test_set"] != "files"]
    assert found["split"].tolist() == summary["test_set"].tolist()
    assert found["cosine_distance"].tolist() == summary["cosine_distance"].tolist()


def test_the_card_has_a_checksum_of_every_other_file(released):
    files = content(released / "results/release")
    text = files.pop("README.md").decode()
    files.pop("croissant.json")
    for name, data in files.items():
        assert f"| {name} | {hashlib.sha256(data).hexdigest()} |" in text


def test_the_card_says_what_is_not_stated_and_what_is_left_out(released):
    text = (released / "results/release/README.md").read_text()
    assert "Licence: not stated" in text
    assert "tracks come from files or from Degrad: files." in text
    assert "- narrow: smearing of 100 um, trained on 160 to 466 um" in text
    assert "| source | string | track source of the event |" in text


def test_the_card_has_what_the_config_says(finished):
    def licensed(gas):
        gas["release"] = {"licence": "CC-BY-4.0", "creators": ["A", "B"], "citation": "A & B"}

    build_release(finished(licensed), "study.yaml")
    text = Path("results/release/README.md").read_text()
    assert "Licence: CC-BY-4.0\n- Creators: A, B\n- Cite as: A & B" in text


@pytest.mark.parametrize("missing", ["provenance.json", "gas/voxels/like/test/0000_40keV.parquet"])
def test_an_unfinished_study_is_not_released(finished, missing):
    paths = finished()
    Path("results", missing).unlink()
    told = rf"{missing}: there is no such file; finish the study first: make figures CONFIG="
    with pytest.raises(ValueError, match=told):
        build_release(paths, "study.yaml")
    assert not Path("results/release").exists()
