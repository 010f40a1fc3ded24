"""What a rule's script says and leaves behind, in success and in failure."""

import logging
import os
import shlex
import sys
from types import SimpleNamespace

import pytest

from pipeline.core.hardware import hardware, in_words
from pipeline.core.job import job, parallelism, quote_python, share_package
from pipeline.core.stopping import Stopped


@pytest.fixture
def rule(tmp_path):
    """A stand-in for Snakemake's object; the root logger is put back afterwards."""
    root, ours = logging.getLogger(), logging.getLogger("pipeline")
    before = root.handlers[:], root.level, ours.level
    yield SimpleNamespace(
        rule="voxels", wildcards=["train", "0000_40keV"], log=[str(tmp_path / "logs" / "rule.log")]
    )
    for handler in set(root.handlers) - set(before[0]):
        handler.close()
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    ours.setLevel(before[2])


def test_messages_go_to_the_log_and_labelled_to_the_terminal(rule, capsys, tmp_path):
    with job(rule):
        logging.getLogger("pipeline.voxels").info("binned")
        logging.getLogger("somebody.else").info("chatter")
    assert capsys.readouterr().err == "[voxels train 0000_40keV] binned\n"
    log = (tmp_path / "logs" / "rule.log").read_text()
    first, second, last = log.splitlines()
    assert first.endswith(f" on {in_words(hardware())}"), "the log alone names the machine"
    written = tmp_path / "logs" / "rule.job.json"
    assert " this job alone: cd " in second
    assert second.endswith(f" -m pipeline.core.by_hand {written}")
    assert written.is_file()
    assert last.endswith(" binned")
    assert "chatter" not in log


def test_error_is_one_line_on_the_terminal_and_a_trace_in_the_log(rule, capsys, tmp_path):
    with pytest.raises(SystemExit) as caught, job(rule):
        raise ValueError("tracks.parquet: damaged; delete it and rerun")
    assert caught.value.code == 1
    terminal = capsys.readouterr().err
    assert terminal == (
        "[voxels train 0000_40keV] error: tracks.parquet: damaged; delete it and rerun\n"
    )
    log = (tmp_path / "logs" / "rule.log").read_text()
    assert "Traceback" in log
    assert "ValueError: tracks.parquet" in log


def test_job_that_was_told_to_stop_fails_without_a_trace(rule, capsys, tmp_path):
    with pytest.raises(SystemExit) as caught, job(rule):
        raise Stopped("stopped by SIGTERM after epoch 2; run again to go on")
    assert caught.value.code == 1
    told = "stopped by SIGTERM after epoch 2; run again to go on\n"
    assert capsys.readouterr().err == f"[voxels train 0000_40keV] {told}"
    log = (tmp_path / "logs" / "rule.log").read_text()
    assert log.endswith(told)
    assert "Traceback" not in log


def test_interrupt_stays_an_interrupt(rule):
    with pytest.raises(KeyboardInterrupt), job(rule):
        raise KeyboardInterrupt


def test_log_of_an_earlier_try_is_replaced(rule, tmp_path):
    for text in ("first", "second"):
        with job(rule):
            logging.getLogger("pipeline").info(text)
    log = (tmp_path / "logs" / "rule.log").read_text()
    assert "second" in log
    assert "first" not in log


@pytest.mark.parametrize(
    ("cores", "processes", "threads", "loader_threads"),
    [(12, 2, 3, 4), (8, 2, 3, 2), (6, 2, 3, 1), (5, 2, 2, 1), (2, 2, 1, 1), (1, 1, 1, 1)],
)
def test_a_training_uses_no_more_than_the_cores_of_its_job(
    cores, processes, threads, loader_threads
):
    wanted = {"parallel_processes": 2, "parallel_threads": 3, "parallel_loader_threads": 4}
    given = SimpleNamespace(threads=cores, resources={"mem_mb": 1, **wanted})
    assert parallelism(given) == {
        "processes": processes,
        "threads": threads,
        "loader_threads": loader_threads,
    }


def test_dense_networks_have_no_loader_threads():
    given = SimpleNamespace(threads=4, resources={"parallel_processes": 2, "parallel_threads": 2})
    assert parallelism(given) == {"processes": 2, "threads": 2}


def test_threads_of_jobs_wait_without_spinning_unless_the_user_says_otherwise(monkeypatch):
    monkeypatch.setattr(os, "environ", {"KMP_BLOCKTIME": "200"})
    share_package("digest")
    assert os.environ["OMP_WAIT_POLICY"] == "PASSIVE"
    assert os.environ["KMP_BLOCKTIME"] == "200"


def test_jobs_draw_into_files_whatever_a_notebook_says(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    notebook = {"MPLBACKEND": "module://matplotlib_inline.backend_inline", "HOME": "/nonexistent"}
    monkeypatch.setattr(os, "environ", notebook)
    share_package("digest")
    assert os.environ["MPLBACKEND"] == "agg"
    assert os.environ["MPLCONFIGDIR"] == str(tmp_path / ".snakemake" / "matplotlib")


@pytest.mark.parametrize("name", ["python", "my python", "it's"])
def test_python_goes_into_commands_as_one_word(monkeypatch, tmp_path, name):
    python = tmp_path / name
    python.touch()
    monkeypatch.setattr(sys, "executable", str(python))
    for _ in range(2):  # once for each workflow that uses this one as a module
        quote_python()
        assert shlex.split(f"{sys.executable} script.py") == [str(python), "script.py"]
