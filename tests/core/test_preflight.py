"""A run begins only where it may write, and with dates that can be trusted."""

import os
import subprocess
import sys
import time

import pytest

from pipeline.core.preflight import NotReadyError, check_ready

DAY_S = 86_400


@pytest.fixture
def folders(tmp_path):
    """Results and workflow, a file in each, of a minute ago and of now."""
    made = tmp_path / "results" / "tables" / "a.csv", tmp_path / "workflow" / "a.smk"
    for path, age_s in zip(made, (60, 0), strict=True):
        path.parent.mkdir(parents=True)
        path.touch()
        os.utime(path, (time.time() - age_s,) * 2)
    return tmp_path / "results", tmp_path / "workflow"


def test_usual_folders_are_ready(folders, tmp_path):
    check_ready(*folders)
    check_ready(tmp_path / "new" / "folder", folders[1])


def test_clocks_of_a_cluster_may_differ_a_little(folders):
    soon = time.time() + 120
    os.utime(folders[0] / "tables" / "a.csv", (soon, soon))
    check_ready(*folders)


@pytest.mark.parametrize("moved", [0, 1])
def test_date_in_the_future_is_told_with_a_command_that_sets_all_back(folders, moved):
    files = folders[0] / "tables" / "a.csv", folders[1] / "a.smk"
    before = [path.stat().st_mtime for path in files]
    ahead = before[moved] + DAY_S
    os.utime(files[moved], (ahead, ahead))
    with pytest.raises(NotReadyError) as told:
        check_ready(*folders)
    assert f"{files[moved]}: its date" in str(told.value)
    subprocess.run(str(told.value).splitlines()[-1], shell=True, check=True)
    check_ready(*folders)
    dates = [path.stat().st_mtime for path in files]
    dates[moved] -= DAY_S
    assert dates[1] - dates[0] == pytest.approx(before[1] - before[0], abs=1e-3)


@pytest.mark.parametrize("inside", ["", "new/folder"])
def test_folder_that_cannot_be_written_to_is_named(folders, monkeypatch, inside):
    results, workflow = folders
    monkeypatch.setattr(os, "access", lambda place, mode: place != results)
    with pytest.raises(NotReadyError, match=f"cannot write to {results},"):
        check_ready(results / inside, workflow)


CLAIM = """
import sys, time
from pipeline.core.preflight import check_ready
check_ready(*sys.argv[1:])
print("ready", flush=True)
time.sleep(60)
"""


def test_results_that_another_run_is_at_work_on_are_not_touched_while_it_lives(folders):
    command = [sys.executable, "-c", CLAIM, *map(str, folders)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "ready\n"
        with pytest.raises(NotReadyError, match="another run is at work on these results; wait"):
            check_ready(*folders)
        check_ready(folders[0].parent / "others", folders[1])
        other.kill()
    check_ready(*folders)
    check_ready(*folders)
