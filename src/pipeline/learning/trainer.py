"""The one trainer: loop, early stopping, best weights, stop and resume, progress.

It knows no chain: a chain hands it a model, a per-event loss and a source of batches. In several
processes (`learning.launch`) each runs this same loop, in step with the others: what they learn
from is the same, `Slices` and `evaluate` share the work, and the first one writes the checkpoint.
"""

import logging
import time
from collections.abc import Callable, Iterable, Sequence, Sized
from itertools import islice
from pathlib import Path
from typing import TypeVar

import pandas as pd
import torch
from torch.optim.lr_scheduler import LambdaLR

from pipeline.config.training import Training
from pipeline.core.progress import Progress
from pipeline.core.stopping import Stopped, sigterm_noted
from pipeline.learning import ranks
from pipeline.learning.checkpoint import Checkpoint, State, Sums
from pipeline.learning.optimiser import build_optimiser, build_schedule
from pipeline.learning.slices import Slices

logger = logging.getLogger(__name__)

Batch = TypeVar("Batch", bound=Sized)

SAVE_EVERY_S = 300.0  # so much of a long epoch is lost at most where the training is killed


def train(
    model: torch.nn.Module,
    loss: Callable[[torch.nn.Module, Batch], torch.Tensor],
    training: Callable[[int], Iterable[Sequence[Batch]]],
    validation: Callable[[], Iterable[Batch]],
    epoch_events: int,
    settings: Training,
    checkpoint: Path,
    identity: str,
) -> pd.DataFrame:
    """Train `model` in place, leave it with its best weights and return the history.

    Args:
        loss: per-event losses [n] of a batch.
        training: batches of an epoch, each as its slices, `settings.slices` at most; must depend
            on the epoch's number alone.
        validation: batches of the validation set, the same every time.
        epoch_events: about how many events an epoch has, for the time left and for a learning
            rate that falls towards the end.
        checkpoint: file written after every epoch, every five minutes within one and at SIGTERM;
            if it is there and carries `identity`, the training goes on from it and ends as it would
            have without a break.
        identity: digest of everything that the weights after an epoch depend on, see
            `Training.identity`: without `max_epochs` in it, a higher number of epochs continues a
            training that was stopped by it.

    Returns:
        One row an epoch: epoch, events_seen, training_loss, validation_loss, skipped_steps,
        seconds, best.

    Raises:
        ValueError: the training or validation set is empty.
        FloatingPointError: no step of an epoch had a finite gradient, or no epoch a finite
            validation loss.
        Stopped: SIGTERM came. The step or the validation under way was finished.
    """
    optimiser = build_optimiser(model, settings.optimiser)
    total_steps = settings.max_epochs * epoch_events / settings.batch_size
    schedule = build_schedule(optimiser, settings.optimiser, total_steps)
    saved = Checkpoint(checkpoint, identity, model, optimiser, schedule)
    state = saved.resume(settings.max_epochs)
    slices = Slices(model, loss, settings.slices, settings.threads)
    saved_at = time.monotonic()

    def save() -> None:
        nonlocal saved_at
        saved_at = time.monotonic()
        if ranks.rank() == 0:
            saved.save(state)

    with sigterm_noted() as sigterm_came:

        def stop_if_told() -> None:
            if ranks.anywhere(sigterm_came()):
                save()
                logger.info("checkpoint after %s", state.place)
                raise Stopped(f"stopped by SIGTERM after {state.place}; run again to go on")

        while state.epoch < settings.max_epochs and not _stalled(state, settings.patience):
            stop_if_told()
            sums = state.begun
            start = time.monotonic() - sums.seconds
            label = f"epoch {state.epoch + 1}/{settings.max_epochs}"
            progress = Progress(label, epoch_events - sums.events, "events")
            # Batches follow from the epoch's number, so those learnt before a stop are left out.
            for batch in islice(training(state.epoch + 1), sums.steps, None):
                _step(slices, batch, optimiser, schedule, settings.max_gradient_norm, sums)
                sums.seconds = time.monotonic() - start
                progress.update(sum(map(len, batch)), f"loss {sums.mean:.4f}")
                stop_if_told()
                if time.monotonic() - saved_at >= SAVE_EVERY_S:
                    save()
            if not sums.steps:
                raise ValueError("the training set is empty; give it more events")
            if sums.skipped == sums.steps:
                raise FloatingPointError("no step of the epoch had a finite gradient")
            validation_loss = evaluate(model, loss, validation())
            _finish_epoch(state, model, validation_loss, time.monotonic() - start)
            progress.finish(f"loss {sums.mean:.4f}, validation {validation_loss:.4f}")
            save()
    if not state.best_weights:
        raise FloatingPointError(f"no finite validation loss in {state.epoch} epochs")
    model.load_state_dict(state.best_weights)
    history = pd.DataFrame(state.history)
    return history.assign(best=history["epoch"] == state.best_epoch)


@torch.no_grad()
def evaluate(
    model: torch.nn.Module,
    loss: Callable[[torch.nn.Module, Batch], torch.Tensor],
    batches: Iterable[Batch],
) -> float:
    """Mean per-event loss over `batches`; of several processes, each works on every n-th one.

    Raises:
        ValueError: there are no events.
    """
    model.eval()
    total, events = 0.0, 0
    for batch in islice(batches, ranks.rank(), None, ranks.count()):
        total += float(loss(model, batch).sum(dtype=torch.float64))
        events += len(batch)
    all_events = ranks.total(events)
    if not all_events:
        raise ValueError("the validation set is empty; give it more events")
    return ranks.total(total) / all_events


def _step(
    slices: Slices[Batch],
    batch: Sequence[Batch],
    optimiser: torch.optim.Optimizer,
    schedule: LambdaLR,
    max_gradient_norm: float | None,
    sums: Sums,
) -> None:
    loss = slices.gradient(batch)
    bound = torch.inf if max_gradient_norm is None else max_gradient_norm
    norm = torch.nn.utils.clip_grad_norm_(slices.model.parameters(), bound)
    sums.steps += 1
    if torch.isfinite(norm):
        optimiser.step()
        schedule.step()
        sums.loss += loss
        sums.events += sum(map(len, batch))
    else:
        # One broken gradient would spoil Adam's moments, hence the weights, for good.
        sums.skipped += 1


def _finish_epoch(
    state: State, model: torch.nn.Module, validation_loss: float, seconds: float
) -> None:
    sums, state.begun = state.begun, Sums()
    state.epoch += 1
    state.events_seen += sums.events
    if validation_loss < state.best_loss:
        state.best_loss, state.best_epoch = validation_loss, state.epoch
        state.best_weights = {k: v.detach().cpu().clone() for k, v in model.state_dict().items()}
    state.history.append(
        {
            "epoch": state.epoch,
            "events_seen": state.events_seen,
            "training_loss": sums.mean,
            "validation_loss": validation_loss,
            "skipped_steps": sums.skipped,
            "seconds": seconds,
        }
    )


def _stalled(state: State, patience: int) -> bool:
    return state.epoch - state.best_epoch >= patience
