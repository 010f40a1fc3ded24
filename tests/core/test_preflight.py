"""A run begins only where it may write, with room, GPUs and dates that can be trusted."""

import os
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
import torch

from pipeline.core import preflight
from pipeline.core.preflight import (
    NotReadyError,
    check_gpus,
    check_needs,
    check_ready,
    check_room,
)

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


def test_results_that_are_a_file_or_a_dead_link_are_told(folders):
    file, link = folders[0] / "tables" / "a.csv", folders[0].parent / "link"
    link.symlink_to(folders[0].parent / "gone")
    for results, told in ((file / "x", f"{file} is a file"), (link, "which is missing")):
        with pytest.raises(NotReadyError, match=told):
            check_ready(results, folders[1])


@pytest.fixture
def disk(monkeypatch):
    """A disk with 100 GB left."""
    monkeypatch.setattr(preflight.shutil, "disk_usage", lambda _: SimpleNamespace(free=100e9))


SIZES = {
    "gas.sources.large": {"a": 90e9, "b": 60e9},
    "gas.sources.small": {"c": 1e9},
    "xenon.wimps": {"d": 40e9},
}


def test_too_small_a_disk_is_told_with_need_free_space_and_keys(disk, tmp_path):
    with pytest.raises(NotReadyError) as told:
        check_room(tmp_path / "results", SIZES, {"a", "b", "c", "d", "e"})
    assert "needs about 191 GB" in str(told.value)
    assert "has 100 GB left" in str(told.value)
    assert "in gas.sources.large (150 GB), xenon.wimps (40 GB)" in str(told.value)
    assert "sources.small" not in str(told.value)


def test_only_files_of_this_run_count_and_a_rough_estimate_is_no_reason_to_stop(disk, tmp_path):
    check_room(tmp_path, SIZES, {"a", "d"})  # 130 GB
    check_room(tmp_path, SIZES, set())
    check_room(tmp_path, {}, {"a"})


def test_room_of_files_that_are_made_anew_counts_as_free(disk, tmp_path):
    file = tmp_path / "a.parquet"
    with file.open("wb") as sparse:
        sparse.truncate(60 * 10**9)
    sizes = {"gas.sources.large": {str(file): 190e9}}
    check_room(tmp_path, sizes, {str(file)})
    file.unlink()
    with pytest.raises(NotReadyError):
        check_room(tmp_path, sizes, {str(file)})


@pytest.fixture
def devices(monkeypatch):
    """(number) -> a machine with this many CUDA devices."""

    def give(number):
        monkeypatch.setattr(torch.cuda, "is_available", lambda: number > 0)
        monkeypatch.setattr(torch.cuda, "device_count", lambda: number)

    return give


def test_keys_that_ask_for_missing_gpus_are_named(devices):
    wanted = {"gas.networks.HCN": 1, "xenon.anomaly.vae": 2}
    devices(2)
    check_gpus(wanted)
    devices(1)
    with pytest.raises(NotReadyError, match=r"^xenon\.anomaly\.vae\.processes: 2 .* has 1"):
        check_gpus(wanted)
    devices(0)
    told = r"^gas\.networks\.HCN\.device, xenon\.anomaly\.vae\.device: cuda, but PyTorch"
    with pytest.raises(NotReadyError, match=told):
        check_gpus(wanted)


@pytest.mark.parametrize(
    ("changes", "ready"),
    [
        ({}, False),
        ({"local_exec": False}, True),  # a login node
        ({"touch": True}, True),
        ({"cuda": 0}, True),  # a part of the study without networks
    ],
)
def test_gpus_are_looked_for_where_the_jobs_run_and_need_them(devices, tmp_path, changes, ready):
    devices(0)
    given = {"local_exec": True, "touch": False, "cuda": 1, **changes}
    job = SimpleNamespace(output=["a"], input=[], resources={"cuda": given.pop("cuda")})
    workflow = SimpleNamespace(dag=SimpleNamespace(needrun_jobs=lambda: iter([job])), **given)
    arguments = workflow, tmp_path, {}, {"gas.networks.HCN": 1}, lambda used: None
    if ready:
        check_needs(*arguments)
    else:
        with pytest.raises(NotReadyError, match="CUDA"):
            check_needs(*arguments)


def test_weights_that_a_job_uses_are_checked(tmp_path):
    jobs = [
        SimpleNamespace(output=["a"], input=["x", "y"]),
        SimpleNamespace(output=[], input=["z"]),
    ]
    dag = SimpleNamespace(needrun_jobs=lambda: iter(jobs))
    workflow = SimpleNamespace(dag=dag, local_exec=True, touch=False)

    def refuse(used):
        raise ValueError(f"networks.UNet: {sorted(used)}")

    with pytest.raises(NotReadyError, match=r"^networks\.UNet: \['x', 'y', 'z'\]$"):
        check_needs(workflow, tmp_path, {}, {}, refuse)
