"""SIGKILL at random points: nothing half-written is taken for finished, and the run resumes."""

import os
import random
import signal
import subprocess
import time

import pandas as pd
import pytest

KILLS = 10
TIMES = ["seconds", "training_minutes"]  # what a clock says differs from run to run
TARGETS = [
    "results/gas/tables/40keV_443um/summary.csv",
    "results/gas/tables/50keV_200um/summary.csv",
    "results/gas/networks/HCN/history.csv",
]


def tables(copy):
    """The result tables without their clock times."""
    return {
        file: pd.read_csv(copy.folder / file).drop(columns=TIMES, errors="ignore")
        for file in TARGETS
    }


@pytest.mark.slow
def test_killed_ten_times_ends_with_the_same_tables(pristine, tmp_path):
    calm = pristine.twin(tmp_path / "calm")
    calm.only("gas")
    calm.run(*TARGETS)

    killed = pristine.twin(tmp_path / "killed")
    killed.only("gas")
    rng = random.Random(1)
    interrupted = 0
    for _ in range(KILLS):
        process = subprocess.Popen(
            killed.command(*TARGETS),
            cwd=killed.folder,
            env=killed.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(rng.uniform(4, 25))
        if process.poll() is None:
            interrupted += 1
            # The whole session, so that the jobs die with Snakemake.
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert interrupted >= KILLS // 2, "the runs were over before they could be killed"

    killed.run(*TARGETS)
    expected = tables(calm)
    for file, table in tables(killed).items():
        pd.testing.assert_frame_equal(table, expected[file])
    for path in (calm.folder / "results" / "gas" / "voxels").rglob("*.parquet"):
        twin = killed.folder / path.relative_to(calm.folder)
        assert path.read_bytes() == twin.read_bytes()
