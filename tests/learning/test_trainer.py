"""The trainer on a problem that a pencil can solve: linear regression."""

import logging

import pytest
import torch
from helpers.regression import (
    TRUE_WEIGHTS,
    Study,
    assert_same_weights,
    dropping,
    events,
    squared_error,
    without_time,
)

from pipeline.learning.trainer import evaluate


def test_it_finds_the_answer(study):
    history = study.run(max_epochs=20)
    assert history["validation_loss"].iloc[-1] < 0.02 * history["validation_loss"].iloc[0]
    weights = study.weights()
    # 640 events with noise 0.1 fix a weight to 0.004.
    torch.testing.assert_close(weights["weight"], TRUE_WEIGHTS, atol=0.02, rtol=0)
    torch.testing.assert_close(weights["bias"], torch.tensor([0.3]), atol=0.02, rtol=0)


def test_history_counts_epochs_and_events(study):
    history = study.run(max_epochs=3)
    assert history["epoch"].tolist() == [1, 2, 3]
    assert history["events_seen"].tolist() == [640, 1280, 1920]
    assert history["skipped_steps"].tolist() == [0, 0, 0]
    assert (history["seconds"] >= 0).all()


def test_losses_are_means_over_events_whatever_the_batches(study):
    """640 events in batches of 32 and 200 in batches of 64, the last one smaller."""
    # Steps too short to change the model, so that its losses can be computed afterwards.
    history = study.run(max_epochs=1, learning_rate=1e-9)
    for name in ("training", "validation"):
        with torch.no_grad():
            expected = squared_error(study.model, getattr(study, f"{name}_events")).mean().item()
        assert history[f"{name}_loss"].item() == pytest.approx(expected, rel=1e-5)


def test_validation_sees_the_model_without_dropout(study):
    study.make_model = dropping
    study.run(max_epochs=2)
    values = {evaluate(study.model, squared_error, study.validation()) for _ in range(3)}
    assert len(values) == 1


def test_best_weights_are_kept_and_training_stops_after_patience(study):
    """From epoch 4 on the targets have the wrong sign: every epoch makes it worse."""

    def spoil(epoch, number, batch):
        return batch if epoch < 4 else batch * torch.tensor([1, 1, -1])

    study.spoil = spoil
    history = study.run(max_epochs=50, patience=3)
    assert len(history) == 6
    assert history["best"].tolist() == [False, False, True, False, False, False]
    best = history["validation_loss"][2]
    assert evaluate(study.model, squared_error, study.validation()) == pytest.approx(best)
    assert history["validation_loss"].min() == best


@pytest.mark.parametrize("make_model", [lambda: torch.nn.Linear(2, 1), dropping])
@pytest.mark.parametrize("place", [(3, 0), (3, 7), (1, 5)])
def test_interrupted_training_ends_as_if_it_had_not_been(study, other, make_model, place):
    study.make_model = other.make_model = make_model

    def interrupt(epoch, number, batch):
        if (epoch, number) == place:
            raise KeyboardInterrupt
        return batch

    study.spoil = interrupt
    with pytest.raises(KeyboardInterrupt):
        study.run(max_epochs=6)
    seen = []
    study.spoil = lambda epoch, number, batch: seen.append(epoch) or batch
    resumed, whole = study.run(max_epochs=6), other.run(max_epochs=6)
    assert set(seen) == set(range(place[0], 7))
    assert without_time(resumed).equals(without_time(whole))
    assert_same_weights(study.weights(), other.weights())


def test_finished_training_is_not_repeated(study):
    first = study.run(max_epochs=4)
    weights = study.weights()

    def spoil(epoch, number, batch):
        raise AssertionError("trained again")

    study.spoil = spoil
    assert study.run(max_epochs=4).equals(first)
    assert_same_weights(study.weights(), weights)


def test_more_epochs_go_on_where_it_stopped(study, other):
    study.run(max_epochs=3)
    seen = []
    study.spoil = lambda epoch, number, batch: seen.append(epoch) or batch
    continued, whole = study.run(max_epochs=6), other.run(max_epochs=6)
    assert set(seen) == {4, 5, 6}
    assert without_time(continued).equals(without_time(whole))
    assert_same_weights(study.weights(), other.weights())


def test_fewer_epochs_start_anew(study, other):
    study.run(max_epochs=6)
    assert without_time(study.run(max_epochs=3)).equals(without_time(other.run(max_epochs=3)))
    assert_same_weights(study.weights(), other.weights())


def test_another_identity_starts_anew(study, other):
    study.run(max_epochs=3, identity="old")
    study.training_events = other.training_events = events(320, 5)
    renewed = study.run(max_epochs=3, identity="new")
    assert without_time(renewed).equals(without_time(other.run(max_epochs=3)))
    assert renewed["events_seen"].tolist() == [320, 640, 960]
    assert_same_weights(study.weights(), other.weights())


def test_checkpoint_of_another_identity_is_kept_and_can_be_taken_back(study, other):
    study.run(max_epochs=2, identity="long")
    study.run(max_epochs=1, identity="changed by mistake")
    study.checkpoint.with_suffix(".before.pt").replace(study.checkpoint)
    seen: list[int] = []
    study.spoil = lambda epoch, number, batch: seen.append(epoch) or batch
    continued = study.run(max_epochs=3, identity="long")
    assert set(seen) == {3}
    assert without_time(continued).equals(without_time(other.run(max_epochs=3)))


@pytest.mark.parametrize("kept", [0, 10, 0.5, 0.99])
def test_damaged_checkpoint_is_told_and_training_starts_anew(study, other, caplog, kept):
    study.run(max_epochs=3)
    whole = study.checkpoint.read_bytes()
    study.checkpoint.write_bytes(whole[: kept if isinstance(kept, int) else int(kept * len(whole))])
    with caplog.at_level(logging.WARNING):
        history = study.run(max_epochs=3)
    assert "checkpoint.pt: damaged" in caplog.text
    assert "starting anew" in caplog.text
    assert without_time(history).equals(without_time(other.run(max_epochs=3)))
    assert_same_weights(study.weights(), other.weights())


def test_file_that_is_no_checkpoint_is_told_too(study, caplog):
    study.checkpoint.parent.mkdir()
    study.checkpoint.write_text("hello")
    assert len(study.run(max_epochs=1)) == 1
    assert "checkpoint.pt: damaged" in caplog.text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e30])
@pytest.mark.parametrize("max_norm", [None, 1.0])
def test_step_with_a_gradient_that_is_not_finite_is_skipped(study, other, value, max_norm):
    """The weights and Adam's moments end as if the spoiled batch had not existed.

    The square of 1e30 overflows single precision.
    """
    study.spoil = lambda epoch, number, batch: (
        batch * torch.tensor([1, 1, value]) if (epoch, number) == (2, 5) else batch
    )
    history = study.run(max_epochs=3, max_gradient_norm=max_norm)
    assert history["skipped_steps"].tolist() == [0, 1, 0]
    assert history["events_seen"].tolist() == [640, 1280 - 32, 1920 - 32]
    assert history["training_loss"].notna().all()

    def without_the_batch(epoch):
        batches = list(Study.training(other, epoch))
        return [b for i, b in enumerate(batches) if (epoch, i) != (2, 5)]

    other.training = without_the_batch
    expected = other.run(max_epochs=3, max_gradient_norm=max_norm)
    assert_same_weights(study.weights(), other.weights())
    assert history["validation_loss"].equals(expected["validation_loss"])


def test_long_gradients_are_scaled_down(study):
    """Those of the last step are still there when the training is over."""

    def last_norm():
        return float(torch.stack([p.grad.norm() for p in study.model.parameters()]).norm())

    study.loss = lambda model, batch: 1000 * squared_error(model, batch)
    study.run(max_epochs=2, max_gradient_norm=0.5)
    assert last_norm() == pytest.approx(0.5, rel=1e-4)
    study.run(max_epochs=2, identity="unbounded")
    assert last_norm() > 5


def test_no_finite_gradient_at_all_is_an_error(study):
    study.spoil = lambda epoch, number, batch: batch * float("nan")
    with pytest.raises(FloatingPointError, match="no step of the epoch had a finite gradient"):
        study.run(max_epochs=3)
    assert all(torch.isfinite(value).all() for value in study.weights().values())


def test_validation_loss_that_is_never_finite_is_an_error(study):
    study.validation_events = study.validation_events * float("nan")
    with pytest.raises(FloatingPointError, match="no finite validation loss in 2 epochs"):
        study.run(max_epochs=5, patience=2)


@pytest.mark.parametrize("which", ["training", "validation"])
def test_empty_set_is_named(study, which):
    setattr(study, f"{which}_events", torch.empty(0, 3))
    setattr(study, which, lambda *_: [])
    with pytest.raises(ValueError, match=f"the {which} set is empty"):
        study.run(max_epochs=1)


def test_patience_does_not_hold_back_a_model_that_improves(study):
    history = study.run(max_epochs=8, patience=1, learning_rate=1e-3)
    assert len(history) == 8
    assert history["best"].tolist() == [False] * 7 + [True]
