"""A clock that was moved: dates of results, and what a run makes of them."""

import os
import subprocess

import pytest

pytestmark = pytest.mark.slow

DAY_S = 86_400
TRACKS = "results/gas/tracks/test_50keV/0000_50keV.parquet"
VOXELS = "results/gas/voxels/50keV_200um/test_50keV/0000_50keV.parquet"


def shift(copy, seconds, *folders):
    """Move the dates of all files below the folders."""
    for folder in folders:
        for path in (copy.folder / folder).rglob("*"):
            date = path.lstat().st_mtime_ns + seconds * 10**9
            os.utime(path, ns=(date, date), follow_symlinks=False)


@pytest.mark.parametrize("days", [-1, 1])
def test_all_dates_moved_alike_rerun_nothing(study, days):
    shift(study, days * DAY_S, "results", "workflow")
    assert study.pending() == set()
    study.run()  # a job would stop: the files are empty


@pytest.mark.parametrize("folder", ["results", "workflow"])
def test_nothing_is_made_while_dates_are_in_the_future(study, folder):
    """Else a new track table would be older than the old shards, which would pass for its own."""
    study.configure(seed=2)
    before = (study.folder / TRACKS).stat().st_mtime_ns
    shift(study, DAY_S, folder)
    told = study.fail(TRACKS)
    assert f"error: {folder}/" in told
    assert "is in the future" in told
    assert "Traceback" not in told
    shift(study, -DAY_S, folder)
    assert (study.folder / TRACKS).stat().st_mtime_ns == before


def test_input_of_the_future_reruns_once_after_the_command_told(study):
    # A large file: of small ones Snakemake compares the content.
    os.truncate(study.folder / TRACKS, 2_000_000)
    study.run("--touch")
    date = (study.folder / TRACKS).stat().st_mtime + DAY_S
    os.utime(study.folder / TRACKS, (date, date))
    told = study.fail(VOXELS)
    assert TRACKS in told
    subprocess.run(told.splitlines()[-1], shell=True, cwd=study.folder, check=True)
    assert VOXELS in study.pending(), "older than what it is made from"
    # Dates as a run leaves them.
    study.run("--touch")
    assert study.pending() == set()
