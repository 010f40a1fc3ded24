"""SIGTERM in the middle of a training: a checkpoint first, and the same end as without it."""

import os
import signal
import threading

import pytest
from helpers.regression import assert_same_weights, dropping, without_time

from pipeline.core.stopping import Stopped, sigterm_noted
from pipeline.learning import trainer


def terminated_at(place):
    """A `spoil` of a study: this process gets SIGTERM when it asks for that batch."""

    def spoil(epoch, number, batch):
        if (epoch, number) == place:
            os.kill(os.getpid(), signal.SIGTERM)
        return batch

    return spoil


# An epoch has 20 batches, numbered from 0.
@pytest.mark.parametrize(
    ("place", "told"),
    [((1, 0), "step 1 of epoch 1"), ((2, 7), "step 8 of epoch 2"), ((3, 19), "step 20 of epoch 3")],
)
def test_stopped_training_ends_as_if_it_had_not_been(study, other, place, told, caplog):
    study.make_model = other.make_model = dropping
    study.spoil = terminated_at(place)
    with pytest.raises(Stopped, match=f"stopped by SIGTERM after {told}; run again to go on"):
        study.run(max_epochs=4)
    learnt, loss = [], study.loss
    study.spoil = lambda epoch, number, batch: batch
    study.loss = lambda net, batch: learnt.append(net.training) or loss(net, batch)
    with caplog.at_level("INFO"):
        resumed = study.run(max_epochs=4)
    epoch, number = place
    assert f"resuming after epoch {epoch - 1} and {number + 1} steps" in caplog.messages
    losses = resumed["validation_loss"][: epoch - 1]
    told = [f"epoch {i}: validation loss {loss:.4f}" for i, loss in enumerate(losses, 1)]
    assert caplog.messages[: epoch - 1] == told, "what an earlier log held"
    assert sum(learnt) == 20 * (5 - epoch) - number - 1, "no batch is learnt twice"
    assert without_time(resumed).equals(without_time(other.run(max_epochs=4)))
    assert_same_weights(study.weights(), other.weights())


def test_skipped_step_before_the_stop_is_remembered(study, other):
    def spoiled(epoch, number, batch):
        return batch * float("nan") if (epoch, number) == (1, 2) else batch

    terminate = terminated_at((1, 5))
    study.spoil = lambda *batch: spoiled(*batch[:2], terminate(*batch))
    with pytest.raises(Stopped):
        study.run(max_epochs=2)
    study.spoil = other.spoil = spoiled
    resumed = study.run(max_epochs=2)
    assert resumed["skipped_steps"].tolist() == [1, 0]
    assert without_time(resumed).equals(without_time(other.run(max_epochs=2)))


def test_sigterm_in_the_validation_stops_after_it(study, other):
    batches = study.validation

    def validation():
        os.kill(os.getpid(), signal.SIGTERM)
        return batches()

    study.validation = validation
    with pytest.raises(Stopped, match="after epoch 1;"):
        study.run(max_epochs=2)
    # In the last one the training is over: nothing is left to stop.
    resumed = study.run(max_epochs=2)
    assert without_time(resumed).equals(without_time(other.run(max_epochs=2)))


@pytest.mark.parametrize(("every_s", "lost"), [(0, 0), (3600, 7)])
def test_kill_costs_the_steps_since_the_last_checkpoint(study, other, monkeypatch, every_s, lost):
    """There is one after every step, or of the epoch before, which took less than an hour."""
    monkeypatch.setattr(trainer, "SAVE_EVERY_S", every_s)
    study.make_model = other.make_model = dropping

    def killed(epoch, number, batch):
        if (epoch, number) == (2, 7):
            raise KeyboardInterrupt
        return batch

    study.spoil = killed
    with pytest.raises(KeyboardInterrupt):
        study.run(max_epochs=2)
    learnt, loss = [], study.loss
    study.spoil = lambda epoch, number, batch: batch
    study.loss = lambda net, batch: learnt.append(net.training) or loss(net, batch)
    resumed = study.run(max_epochs=2)
    assert sum(learnt) == 20 - 7 + lost
    assert without_time(resumed).equals(without_time(other.run(max_epochs=2)))
    assert_same_weights(study.weights(), other.weights())


def test_handler_is_put_back_after_training(study):
    before = signal.getsignal(signal.SIGTERM)
    study.run(max_epochs=1)
    assert signal.getsignal(signal.SIGTERM) is before
    study.spoil = terminated_at((2, 0))
    with pytest.raises(Stopped):
        study.run(max_epochs=2)
    assert signal.getsignal(signal.SIGTERM) is before


def test_other_threads_leave_signals_alone():
    before, seen = signal.getsignal(signal.SIGTERM), []

    def note():
        with sigterm_noted() as came:
            seen.extend([came(), signal.getsignal(signal.SIGTERM)])

    thread = threading.Thread(target=note)
    thread.start()
    thread.join()
    assert seen == [False, before]
