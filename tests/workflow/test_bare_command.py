"""`snakemake --cores 2 TARGET`, without a flag, makes the default study, also after a kill."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest
import yaml
from helpers.running import run_command

COMMAND = [sys.executable, "-m", "snakemake", "--cores", "2"]
TRAINING_LOG = "results/logs/gas/networks/RCN.log"
WEIGHTS = "results/gas/networks/RCN/weights.pt"
HISTORY = "results/gas/networks/RCN/history.csv"
# One source a set and one network: the fewest jobs that end with a training.
SMALL = {
    "gas__sources__train": {
        "kind": "simulation",
        "energies_keV": [40],
        "events_per_energy": 100,
    },
    "gas__sources__test_40keV__events_per_energy": 40,
    "gas__test_sets": {"40keV_443um": {"sources": ["test_40keV"], "smearing_um": 443}},
    "gas__networks": {"RCN": {"architecture": "rcn", "batch_size": 16, "max_epochs": 1}},
}


def bare(copy, *arguments):
    """Run the command in a copy and return what it printed."""
    return run_command([*COMMAND, *arguments], copy.folder, copy.environment())


def test_no_flag_is_the_default_study(pristine, repository, tmp_path):
    copy = pristine.twin(tmp_path / "copy")
    shutil.copytree(repository / "resources", copy.folder / "resources")
    planned = bare(copy, "results/figures", "-n")
    study = yaml.safe_load((copy.folder / "config" / "config.yaml").read_text())
    jobs = dict(re.findall(r"^(\w+) +(\d+)$", planned, re.M))
    assert "profiles/default" in planned
    trained = [block for block in study["gas"]["networks"].values() if "weights" not in block]
    assert int(jobs["gas_train"]) == len(trained) > 0
    assert int(jobs["gas_evaluate"]) == len(study["gas"]["test_sets"])
    assert jobs["figures"] == jobs["provenance"] == "1"
    assert not any(rule.startswith("xenon_") for rule in jobs)


@pytest.fixture
def small(pristine, tmp_path):
    """A copy whose default study is the smallest."""
    copy = pristine.twin(tmp_path / "copy")
    copy.only("gas")
    sources = {name: copy.config()["gas"]["sources"][name] for name in ("train", "test_40keV")}
    copy.configure(gas__sources=sources, **SMALL)
    config = copy.folder / "config"
    shutil.move(config / "test.yaml", config / "config.yaml")
    return copy


def test_after_a_kill_the_same_command_finishes(small):
    process = subprocess.Popen(
        [*COMMAND, WEIGHTS],
        cwd=small.folder,
        env=small.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while process.poll() is None and not (small.folder / TRAINING_LOG).exists():
        time.sleep(0.05)
    assert process.poll() is None, "the run was over before it could be killed"
    # The whole session, so that the jobs die with Snakemake.
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    # As if the training had been about to finish.
    left = small.folder / HISTORY
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_text("half")

    bare(small, WEIGHTS)
    assert left.read_text() != "half"
    assert (small.folder / WEIGHTS).stat().st_size > 0
    assert "Nothing to be done" in bare(small, WEIGHTS)
