"""A job is written beside its log and runs by hand as it ran in the workflow."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from snakemake.iocontainers import Namedlist

from pipeline.core.by_hand import ENVIRONMENT, main, read, write

SCRIPT = """import json
from pathlib import Path

content = {
    "input": [snakemake.input.table, list(snakemake.input["shards"]), list(snakemake.input)],
    "params": [snakemake.params.block, snakemake.params[1]],
    "wildcards": [list(snakemake.wildcards), snakemake.wildcards.part],
    "threads": snakemake.threads,
    "resources": dict(snakemake.resources.items()),
    "main": __name__,
}
Path(snakemake.output[0]).write_text(json.dumps(content))
"""
BLOCK = {"seed": 7, "energies_keV": [40.0, 50.0], "gas": None}


@pytest.fixture
def environment(monkeypatch):
    """The environment and the arguments of this process, put back afterwards."""
    for name in ENVIRONMENT:
        monkeypatch.setenv(name, "")
    monkeypatch.setattr(sys, "argv", sys.argv)


@pytest.fixture
def job(tmp_path, environment):
    """A job with Snakemake's own lists, whose script writes what it is given."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "made.py").write_text(SCRIPT)
    sys.argv = [str(tmp_path / ".snakemake" / "tmpx1y2.made.py")]
    inputs = Namedlist(["table.csv", "a.parquet", "b.parquet"])
    inputs._set_name("table", 0)
    inputs._set_name("shards", 1, end=3)
    return SimpleNamespace(
        rule="making",
        input=inputs,
        output=Namedlist(fromdict={"file": str(tmp_path / "made.json")}),
        params=Namedlist(fromdict={"block": BLOCK, "index": 3}),
        wildcards=Namedlist(fromdict={"part": "0000_40keV", "source": "made"}),
        log=Namedlist([str(tmp_path / "making.log")]),
        threads=2,
        resources=Namedlist(fromdict={"mem_mb": 500, "tmpdir": "tmp", "parallel_threads": 2}),
        scriptdir=str(tmp_path / "scripts"),
    )


def test_a_job_is_read_as_it_was_written(job, tmp_path):
    write(job, tmp_path / "making.log")
    script, back = read(tmp_path / "making.job.json")
    assert script == tmp_path / "scripts" / "made.py"
    for name in ("input", "output", "params", "wildcards", "log"):
        ours, theirs = getattr(back, name), getattr(job, name)
        assert list(ours) == list(theirs)
        assert dict(ours.items()) == dict(theirs.items())
        assert str(ours) == str(theirs)
        for key, value in theirs.items():
            assert getattr(ours, key) == ours[key] == ours.get(key) == value
    assert back.input[1:] == ["a.parquet", "b.parquet"]
    assert back.input.get("missing") is None
    with pytest.raises(AttributeError, match="missing"):
        back.input.missing  # noqa: B018
    assert dict(back.resources.items()) == dict(job.resources.items())
    assert (back.rule, back.threads, back.scriptdir) == (job.rule, 2, job.scriptdir)


def test_a_job_that_was_read_is_written_as_before(job, tmp_path):
    """A script run by hand writes its job once more."""
    write(job, tmp_path / "making.log")
    before = (tmp_path / "making.job.json").read_text()
    script, back = read(tmp_path / "making.job.json")
    sys.argv = [str(script)]
    write(back, tmp_path / "making.log")
    assert (tmp_path / "making.job.json").read_text() == before


def check(job):
    content = json.loads(Path(job.output[0]).read_text())
    assert content == {
        "input": ["table.csv", ["a.parquet", "b.parquet"], list(job.input)],
        "params": [BLOCK, 3],
        "wildcards": [["0000_40keV", "made"], "0000_40keV"],
        "threads": 2,
        "resources": {"mem_mb": 500, "tmpdir": "tmp", "parallel_threads": 2},
        "main": "__main__",
    }


def test_main_runs_the_script_with_the_jobs_values(job, tmp_path):
    write(job, tmp_path / "making.log")
    main(str(tmp_path / "making.job.json"))
    check(job)


def test_command_in_the_log_runs_the_job(job, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    command = write(job, tmp_path / "making.log")
    monkeypatch.chdir("/")
    subprocess.run(command, shell=True, check=True)
    check(job)


def test_environment_of_the_job_is_that_of_the_workflow(job, tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    monkeypatch.delenv("PYTHONPATH")
    write(job, tmp_path / "making.log")
    content = json.loads((tmp_path / "making.job.json").read_text())
    assert content["environment"]["OMP_NUM_THREADS"] == "3"
    assert "PYTHONPATH" not in content["environment"]
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    read(tmp_path / "making.job.json")
    assert os.environ["OMP_NUM_THREADS"] == "3"


def test_job_that_was_never_written_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "none.job.json")
