"""Training in several processes: the history of one, whatever the batches, and clear ends."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
import torch
from helpers.regression import squared_error

from pipeline.config.training import Training
from pipeline.core.stopping import Stopped
from pipeline.learning import ranks
from pipeline.learning.launch import in_processes
from pipeline.learning.trainer import train

SETTINGS = Training(slices=3, batch_size=32, max_epochs=3, optimiser={"learning_rate": 0.05})


@dataclass(frozen=True)
class Accident:
    """A signal that process 1 sends itself, or who started it, at step 2 of epoch 2."""

    signal: signal.Signals
    to_parent: bool = False

    def happen(self):
        os.kill(os.getppid() if self.to_parent else os.getpid(), self.signal)
        # Time to hand it on.
        time.sleep(3 if self.to_parent else 0)


@dataclass(frozen=True)
class Study:
    """A training of 100 events: batches of 32 in slices of 11, 11 and 10, the last one of 4."""

    checkpoint: Path
    settings: Training = SETTINGS
    accident: Accident | None = None

    def run(self):
        """Train and return the history and the state dict."""
        generator = torch.Generator().manual_seed(1)
        rows = torch.randn(100, 4, generator=generator)
        held_out = torch.randn(70, 4, generator=generator)

        def training(epoch):
            order = torch.randperm(100, generator=torch.Generator().manual_seed(epoch))
            for step, batch in enumerate(rows[order].split(32)):
                if self.accident and (ranks.rank(), epoch, step) == (1, 2, 1):
                    self.accident.happen()
                yield batch.split(11)

        torch.manual_seed(7)
        # Normalised inputs, with running moments.
        model = torch.nn.Sequential(torch.nn.BatchNorm1d(3), torch.nn.Linear(3, 1))
        history = train(
            model,
            squared_error,
            training,
            lambda: iter(held_out.split(16)),
            100,
            self.settings,
            self.checkpoint,
            "same",
        )
        return history.drop(columns="seconds"), model.state_dict()


def run(processes, study):
    return in_processes(processes, "cpu", study.run)


def assert_same_but_rounding(found, expected):
    pd.testing.assert_frame_equal(found[0], expected[0], rtol=1e-5)
    for name, value in expected[1].items():
        torch.testing.assert_close(found[1][name], value, rtol=1e-4, atol=1e-5)


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """What one process learns."""
    return run(1, Study(tmp_path_factory.mktemp("alone") / "one.pt"))


def test_two_processes_give_the_history_of_one(tmp_path, alone, caplog):
    """The second one has the shorter part of a batch's slices, and nothing of the last batch."""
    with caplog.at_level("INFO", "pipeline"):
        two = run(2, Study(tmp_path / "two.pt"))
    assert sum("epoch 3/3" in line for line in caplog.messages) == 1, "one of them tells"
    assert len(two[0]) == 3
    assert_same_but_rounding(two, alone)


@pytest.mark.slow
def test_more_processes_stop_early_where_one_would(tmp_path):
    """The targets are noise, so the validation loss rises after a while."""
    long = SETTINGS.model_copy(update={"max_epochs": 30, "patience": 2})
    one = run(1, Study(tmp_path / "one.pt", long))
    assert 3 < len(one[0]) < 30
    run(1, Study(tmp_path / "two.pt"))
    assert_same_but_rounding(run(2, Study(tmp_path / "two.pt", long)), one)


def test_dead_process_is_named_and_the_next_run_goes_on(tmp_path, alone, caplog):
    checkpoint = tmp_path / "two.pt"
    with pytest.raises(ChildProcessError, match=r"process 1 \(of 0 to 1\) failed: .*SIGKILL"):
        run(2, Study(checkpoint, accident=Accident(signal.SIGKILL)))
    with caplog.at_level("INFO", "pipeline"):
        assert_same_but_rounding(run(1, Study(checkpoint)), alone)
    assert "resuming after epoch 1 and 0 steps" in caplog.messages


@pytest.mark.parametrize(
    ("to_parent", "told"),
    [
        pytest.param(False, "SIGTERM after step 2 of epoch 2;", marks=pytest.mark.slow),
        (True, "SIGTERM;"),
    ],
)
def test_sigterm_stops_all_at_the_same_step(tmp_path, alone, caplog, to_parent, told):
    """Sent to one process, or to the job, which hands it on."""
    checkpoint, before = tmp_path / "two.pt", signal.getsignal(signal.SIGTERM)
    with pytest.raises(Stopped, match=told):
        run(2, Study(checkpoint, accident=Accident(signal.SIGTERM, to_parent)))
    assert signal.getsignal(signal.SIGTERM) is before
    with caplog.at_level("INFO", "pipeline"):
        assert_same_but_rounding(run(1, Study(checkpoint)), alone)
    assert "resuming after epoch 1 and 2 steps" in caplog.messages


def test_too_few_gpus_are_an_error(monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    with pytest.raises(ValueError, match=r"processes: 2, but the job has 1 GPU"):
        in_processes(2, "cuda", list)
