"""Rough sizes of tracks and voxels, compared with files."""

import os

import pytest

from pipeline.core.ingestion import BadEvents
from pipeline.core.named import named
from pipeline.gas.config.sources import read_source
from pipeline.gas.sizes import degrad_output_bytes, track_bytes
from pipeline.gas.tracks.ingest import ingest


def source(kind, **keys):
    return read_source({"kind": kind, **keys})


@pytest.fixture
def written_bytes(tmp_path):
    """(source, batches) -> size of the track table that the workflow writes."""

    def write(block, batches):
        table, counts, summary = (tmp_path / f"a.{end}" for end in ("parquet", "json", "look"))
        ingest(batches, block.defaults(), BadEvents("a", "stop"), 0, table, counts, summary)
        return os.path.getsize(table)

    return write


def test_size_of_arrows(written_bytes, rng):
    arrows = source("arrows", events=20)
    written = written_bytes(arrows, named(arrows.reader)(arrows, rng))
    assert track_bytes(arrows) == pytest.approx(written, rel=0.1)


@pytest.mark.parametrize("limit", [{}, {"max_events": 20}])
def test_size_of_genuine_tracks_from_a_root_file(written_bytes, degrad_dir, limit):
    path = str(degrad_dir / "he_co2_40keV_200events.root")
    tracks = source("root", energy_keV=40, files=[path], **limit)
    read = named(tracks.reader)(path, tracks, BadEvents(path, "stop"))
    # Coordinates rounded to 1 um take half the room of others.
    assert 0.4 < written_bytes(tracks, read) / track_bytes(tracks) < 1.1


def test_compressed_degrad_output_holds_more_tracks_in_a_byte(tmp_path):
    for name in ("DEGRAD.OUT", "DEGRAD.OUT.gz"):
        (tmp_path / name).write_bytes(bytes(1000))
    plain, packed = (
        track_bytes(source("degrad", energy_keV=40, files=[str(tmp_path / name)]))
        for name in ("DEGRAD.OUT", "DEGRAD.OUT.gz")
    )
    assert 3 < packed / plain < 5


def test_only_runs_of_degrad_leave_its_output():
    run = {"executable": "degrad", "energy_keV": 40, "jobs": 1, "events_per_job": 12}
    assert degrad_output_bytes(source("degrad_run", **run)) == pytest.approx(598_000, rel=0.01)
    assert degrad_output_bytes(source("arrows", events=3)) == 0
