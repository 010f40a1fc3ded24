"""Running Degrad, with a stand-in executable that reads a card and writes DEGRAD.OUT."""

import gzip
import stat

import pytest

from pipeline.core.ingestion import BadEvents
from pipeline.gas.config.sources import DegradRun
from pipeline.gas.tracks.degrad import read_degrad
from pipeline.gas.tracks.degrad_run import degrad_card, run_degrad


@pytest.fixture
def run(tmp_path, event_text, monkeypatch):
    """(shell commands after the card is saved) -> run of a stand-in for Degrad's executable."""
    sample = tmp_path / "sample"
    sample.write_text(event_text(1) + event_text(2))
    monkeypatch.setenv("SAMPLE", str(sample))
    monkeypatch.setenv("SEEN", str(tmp_path / "seen"))

    def stand_in(commands):
        executable = tmp_path / "my degrad"
        executable.write_text(f'#!/bin/sh\ncat > "$SEEN"\necho summary\n{commands}\n')
        executable.chmod(executable.stat().st_mode | stat.S_IXUSR)
        return DegradRun.model_validate(
            {
                "kind": "degrad_run",
                "executable": str(executable),
                "energy_keV": 40,
                "jobs": 1,
                "events_per_job": 2,
            }
        )

    return stand_in


GOOD = 'cp "$SAMPLE" DEGRAD.OUT; ls > "$SEEN.files"'


def test_card_goes_in_and_events_come_out(run, tmp_path):
    settings, output = run(GOOD), tmp_path / "out" / "DEGRAD.OUT.gz"
    run_degrad(settings, 4242, output, tmp_path / "logs" / "degrad.log")
    assert (tmp_path / "seen").read_text() == degrad_card(settings, 4242)
    assert (tmp_path / "logs" / "degrad.log").read_text() == "summary\n"
    assert gzip.decompress(output.read_bytes()) == (tmp_path / "sample").read_bytes()
    (batch,) = read_degrad(output, None, BadEvents("out", "stop"))
    assert batch.source_event.tolist() == [1, 2]


def test_degrad_works_in_a_directory_of_its_own(run, tmp_path, monkeypatch):
    """Runs side by side all write DEGRAD.OUT; leftovers of others are not seen."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "DEGRAD.OUT").write_text("another run's")
    run_degrad(run(GOOD), 1, tmp_path / "out.gz", tmp_path / "log")
    assert (tmp_path / "DEGRAD.OUT").read_text() == "another run's"
    assert (tmp_path / "seen.files").read_text().split() == ["DEGRAD.OUT", "card"]


def test_equal_runs_give_equal_bytes(run, tmp_path, monkeypatch):
    settings, outputs = run(GOOD), [tmp_path / "first.gz", tmp_path / "second.gz"]
    for second, output in enumerate(outputs):
        monkeypatch.setattr("time.time", lambda now=1e9 + second: now)
        run_degrad(settings, 1, output, tmp_path / "log")
    first, second = (path.read_bytes() for path in outputs)
    assert first == second


def test_missing_executable_says_what_to_set(run, tmp_path):
    settings = run(GOOD).model_copy(update={"executable": str(tmp_path / "degrad-3.4")})
    with pytest.raises(FileNotFoundError, match=r"degrad-3\.4' is missing .* set `executable`"):
        run_degrad(settings, 1, tmp_path / "out.gz", tmp_path / "log")


def test_file_that_may_not_be_executed_counts_as_missing(run, tmp_path):
    settings = run(GOOD)
    (tmp_path / "my degrad").chmod(0o644)
    with pytest.raises(FileNotFoundError, match="not executable"):
        run_degrad(settings, 1, tmp_path / "out.gz", tmp_path / "log")


@pytest.mark.parametrize(
    ("commands", "problem"),
    [
        ('cp "$SAMPLE" DEGRAD.OUT; echo overflow >&2; exit 3', "status 3 and a DEGRAD.OUT"),
        ("echo overflow >&2", "status 0 and no DEGRAD.OUT"),
        ("echo overflow >&2; kill -9 $$", "status -9 and no DEGRAD.OUT"),
    ],
)
def test_failure_names_the_log_and_leaves_no_output(run, tmp_path, commands, problem):
    output, log = tmp_path / "out.gz", tmp_path / "degrad.log"
    with pytest.raises(RuntimeError, match=rf"{problem}; its log is .*degrad\.log"):
        run_degrad(run(commands), 1, output, log)
    assert "overflow" in log.read_text()
    assert not output.exists()
