"""Croissant metadata of a data set, validated and read by the library of its authors."""

import json
import subprocess
import sys
from pathlib import Path

import mlcroissant
import numpy as np
import pyarrow.parquet as pq
import pytest

from pipeline.gas.release.build import build_release


@pytest.fixture(scope="module")
def metadata(released):
    return released / "results/release/croissant.json"


def test_the_library_accepts_it(metadata):
    command = [Path(sys.executable).with_name("mlcroissant"), "validate", "--jsonld", metadata]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Done." in done.stderr
    assert "not standard" not in done.stderr


def test_nothing_that_is_recommended_is_missing_if_the_config_has_it(finished):
    def stated(gas):
        gas["release"] = {
            "licence": "https://creativecommons.org/licenses/by/4.0/",
            "creators": ["A group"],
            "citation": "A group, 2026",
            "url": "https://example.org",
            "published": "2026-01-31",
        }

    build_release(finished(stated), "study.yaml")
    dataset = mlcroissant.Dataset("results/release/croissant.json")
    assert not dataset.metadata.ctx.issues.errors
    assert not dataset.metadata.ctx.issues.warnings


@pytest.mark.parametrize(
    ("records", "file"), [("like", "data/like.parquet"), ("truth/like", "truth/like.parquet")]
)
def test_its_records_are_those_of_the_file(metadata, records, file):
    table = pq.read_table(metadata.parent / file).to_pylist()
    found = list(mlcroissant.Dataset(metadata).records(records))
    assert len(found) == len(table)
    for record, row in zip(found, table, strict=True):
        assert {name.rpartition("/")[2] for name in record} == set(row)
        assert record[f"{records}/source"].decode() == row["source"]
        for name in set(row) - {"source"}:
            np.testing.assert_array_equal(record[f"{records}/{name}"], row[name])


def test_it_has_the_checksum_of_every_file(metadata):
    listed = json.loads(metadata.read_text())["distribution"]
    there = {
        str(path.relative_to(metadata.parent))
        for path in metadata.parent.rglob("*")
        if path.is_file()
    }
    assert {file["contentUrl"] for file in listed} == there - {"croissant.json", "README.md"}


def test_a_changed_file_is_found(metadata, tmp_path):
    raw = json.loads(metadata.read_text())
    for file in raw["distribution"]:
        path = tmp_path / file["contentUrl"]
        path.parent.mkdir(exist_ok=True)
        path.write_bytes((metadata.parent / file["contentUrl"]).read_bytes())
    damaged = bytearray((tmp_path / "data/like.parquet").read_bytes())
    damaged[100] ^= 1
    (tmp_path / "data/like.parquet").write_bytes(damaged)
    (tmp_path / "croissant.json").write_text(json.dumps(raw))
    with pytest.raises(mlcroissant.GenerationError) as caught:
        list(mlcroissant.Dataset(tmp_path / "croissant.json").records("like"))
    assert "data/like.parquet is not identical" in str(caught.value.__cause__)
