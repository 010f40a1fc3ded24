"""On a real Slurm the same results as on one machine, whatever becomes of a job or of the node."""

import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest
import yaml
from helpers.one_node_slurm import INSTALL, missing, one_node_slurm, wait_until
from helpers.read_profile import read_profile

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing()), reason=f"no {', '.join(missing())}: {INSTALL}"),
]
OPTIONS = ["--workflow-profile", "profiles/slurm", "--configfile", "config/test.yaml"]
OPTIONS += ["--seconds-between-status-checks", "5"]
TRACKS = "results/gas/tracks/test_40keV/0000_40keV.parquet"
TEST_SETS = ["40keV_443um", "50keV_200um"]
COMPARED = {".parquet", ".csv", ".json", ".png"}
TIMES = ["seconds", "training_minutes"]  # what a clock says differs from run to run
MINUTES = 60.0


@pytest.fixture(scope="module")
def slurm(tmp_path_factory):
    with one_node_slurm(tmp_path_factory.mktemp("slurm")) as running:
        yield running


@pytest.fixture(scope="module")
def local(pristine, tmp_path_factory):
    """The test config, run to its end without Slurm."""
    copy = pristine.twin(tmp_path_factory.mktemp("local") / "copy")
    copy.run()
    return copy


@contextmanager
def submitted(copy, slurm, *arguments):
    """Snakemake with the profile at work while the block runs; after it, it must end well."""
    with output_of(copy).open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "snakemake", *arguments, *OPTIONS],
            cwd=copy.folder,
            env=copy.environment() | slurm.environment,
            stdout=output,
            stderr=output,
        )
        try:
            yield
            assert process.wait(40 * MINUTES) == 0, output_of(copy).read_text()
        finally:
            process.terminate()
            process.wait()


def output_of(copy):
    return copy.folder / "output.txt"


def content(path):
    """What must be the same in two runs."""
    if path.suffix == ".csv":
        return pd.read_csv(path).drop(columns=TIMES, errors="ignore").to_csv()
    return path.read_bytes()


def results(copy):
    """Tables, shards and pictures of a run, but not the record of when and where it was made."""
    folder = copy.folder / "results"
    files = [path for path in folder.rglob("*") if path.suffix in COMPARED]
    named = {path.relative_to(folder): path for path in files}
    del named[Path("provenance.json")]
    return {name: content(path) for name, path in named.items() if name.parts[0] != "logs"}


def assert_same_results(copy, local):
    made, expected = results(copy), results(local)
    assert made.keys() == expected.keys()
    assert [name for name in sorted(made) if made[name] != expected[name]] == []


def without(local, tmp_path, *outputs):
    """A twin of the finished local run that lacks some outputs."""
    copy = local.twin(tmp_path / "copy")
    for output in outputs:
        path = copy.folder / "results" / output
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return copy


@contextmanager
def time_limit(slurm, minutes):
    """The default partition allows so many minutes while the block runs."""
    slurm.run("scontrol", "update", "partitionname=cpu", f"maxtime={minutes}")
    try:
        yield
    finally:
        slurm.run("scontrol", "update", "partitionname=cpu", "maxtime=infinite")


def requests(slurm):
    """Memory, time limit and state of all jobs so far, by job id."""
    rows = slurm.run("squeue", "--noheader", "--states=all", "--format=%i %m %l %T").splitlines()
    return {int(row.split()[0]): row.split()[1:] for row in rows}


def test_job_above_its_memory_asks_for_more_up_to_what_the_partition_allows(
    slurm, pristine, tmp_path
):
    copy = pristine.twin(tmp_path / "copy")
    # 2.4 GB for long enough that Slurm notices.
    copy.append(
        "gas/tracks/ingest.py", "\n\nimport time\nLARGE = b'x' * 2_400_000_000\ntime.sleep(9)\n"
    )
    before = requests(slurm)
    with time_limit(slurm, 90), submitted(copy, slurm, TRACKS):
        pass
    first, second = (job for key, job in sorted(requests(slurm).items()) if key not in before)
    assert first[:2] == ["2000M", "1:00:00"]
    assert second == ["4000M", "1:30:00", "COMPLETED"]


def test_rule_above_its_partition_is_told_before_any_job_is_submitted(
    slurm, pristine, tmp_path, monkeypatch
):
    copy = pristine.twin(tmp_path / "copy")
    for name, value in slurm.environment.items():
        monkeypatch.setenv(name, value)
    before = requests(slurm)
    with time_limit(slurm, 30):
        told = copy.fail(TRACKS, "--workflow-profile", "profiles/slurm")
    assert "gas_tracks asks for 60 minutes; the default partition allows 30 minutes" in told
    assert "set-resources: {gas_tracks: {runtime: 30}}  # or slurm_partition: gpu" in told
    assert requests(slurm) == before


def test_whole_study_is_the_same_as_on_one_machine(slurm, local, pristine, tmp_path):
    """Networks too: sums are taken in the same order whatever the machine has to do besides."""
    copy = pristine.twin(tmp_path / "copy")
    with submitted(copy, slurm):
        pass
    assert_same_results(copy, local)
    assert "Nothing to be done" in copy.run("-n")


def test_cancelled_training_goes_on_from_its_checkpoint(slurm, local, tmp_path):
    copy = without(local, tmp_path, "gas/networks/HCN")
    network = copy.folder / "results" / "gas" / "networks" / "HCN"
    with submitted(copy, slurm, "results/gas/networks/HCN/history.csv"):
        wait_until((network / "checkpoint.pt").exists, 10 * MINUTES, "checkpoint")
        (job,) = slurm.jobs("running")
        slurm.run("scancel", job)
        wait_until(lambda: job in slurm.jobs("cancelled"), MINUTES, "cancelled job")
        assert not (network / "history.csv").exists(), "the training was over before the cancelling"
    assert f"SLURM-job '{job}' failed, SLURM status is: 'CANCELLED'" in output_of(copy).read_text()
    log = copy.folder / "results" / "logs" / "gas" / "networks" / "HCN.log"
    assert "resuming after epoch" in log.read_text()
    assert_same_results(copy, local)


def test_drained_node_loses_nothing(slurm, local, tmp_path):
    """The node finishes what runs on it, takes nothing new, and goes on when it is back."""
    shards = [f"gas/voxels/{name}" for name in TEST_SETS]
    tables = [f"gas/predictions/{name}/best_expected.parquet" for name in TEST_SETS]
    copy = without(local, tmp_path, *shards, *tables)
    with submitted(copy, slurm, *(f"results/{table}" for table in tables)):
        wait_until(lambda: slurm.jobs("running"), 5 * MINUTES, "running job")
        running = slurm.jobs("running")
        slurm.set_node(state="drain", reason="test")
        wait_until(lambda: slurm.jobs("pending"), 10 * MINUTES, "job that waits for the node")
        wait_until(lambda: slurm.node_state() == "drained", 10 * MINUTES, "drained node")
        assert set(running) <= set(slurm.jobs("completed"))
        slurm.set_node(state="resume")
    assert "failed" not in output_of(copy).read_text()
    assert_same_results(copy, local)


def test_filled_in_profile_gets_a_gpu_for_the_rules_that_may_need_one(slurm, local, tmp_path):
    table = "gas/predictions/40keV_443um/RCN.parquet"
    copy = without(local, tmp_path, table)
    profile = read_profile(copy.folder, "slurm", filled_in=True)
    del profile["default-resources"]["slurm_account"]  # this Slurm keeps no accounts
    path = copy.folder / "profiles" / "slurm" / "config.yaml"
    path.write_text(yaml.safe_dump(profile))
    with submitted(copy, slurm, f"results/{table}"):
        wait_until(lambda: slurm.jobs("running"), 5 * MINUTES, "running job")
        (job,) = slurm.jobs("running")
        details = slurm.run("scontrol", "show", "job", job)
    assert "Partition=gpu" in details
    assert "TresPerNode=gres:gpu:1" in details
    assert_same_results(copy, local)
