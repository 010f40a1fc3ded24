"""The trainer of all networks: loop, early stopping, best weights, stop and resume, progress.

It depends on no chain: a chain passes a model, a per-event loss and batches. In several processes
(`learning.launch`) each runs this same loop in step with the others: all prepare the same batches,
`Slices` and `evaluate` share the work, and the first process writes the checkpoint.
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
from pipeline.learning.checkpoint import Checkpoint, EpochTotals, State
from pipeline.learning.optimiser import build_optimiser, build_schedule
from pipeline.learning.slices import Slices

logger = logging.getLogger(__name__)

Batch = TypeVar("Batch", bound=Sized)

SAVE_EVERY_S = 300.0  # a killed training loses at most this much of an epoch


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
        checkpoint: file written after every epoch, every five minutes within one and at SIGTERM.
            If it exists and has this `identity`, the training resumes from it, with the same result
            as without the interruption.
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

        def stop_at_sigterm() -> None:
            if ranks.any_rank(sigterm_came()):
                save()
                logger.info("checkpoint after %s", state.place)
                raise Stopped(f"stopped by SIGTERM after {state.place}; run again to go on")

        while state.epoch < settings.max_epochs and not _stalled(state, settings.patience):
            stop_at_sigterm()
            totals = state.current
            start = time.monotonic() - totals.seconds
            label = f"epoch {state.epoch + 1}/{settings.max_epochs}"
            progress = Progress(label, epoch_events - totals.events, "events")
            # Batches depend on the number of the epoch only: skip those before the interruption.
            for batch in islice(training(state.epoch + 1), totals.steps, None):
                _step(slices, batch, optimiser, schedule, settings.max_gradient_norm, totals)
                totals.seconds = time.monotonic() - start
                progress.update(sum(map(len, batch)), f"loss {totals.mean:.4f}")
                stop_at_sigterm()
                if time.monotonic() - saved_at >= SAVE_EVERY_S:
                    save()
            if not totals.steps:
                raise ValueError("the training set is empty; give it more events")
            if totals.skipped == totals.steps:
                raise FloatingPointError("no step of the epoch had a finite gradient")
            validation_loss = evaluate(model, loss, validation())
            _finish_epoch(state, model, validation_loss, time.monotonic() - start)
            progress.finish(f"loss {totals.mean:.4f}, validation {validation_loss:.4f}")
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
    """Mean per-event loss over `batches`; each of n processes evaluates every n-th batch.

    Raises:
        ValueError: there are no events.
    """
    model.eval()
    total, events = 0.0, 0
    for batch in islice(batches, ranks.rank(), None, ranks.world_size()):
        total += float(loss(model, batch).sum(dtype=torch.float64))
        events += len(batch)
    all_events = ranks.sum_over_ranks(events)
    if not all_events:
        raise ValueError("the validation set is empty; give it more events")
    return ranks.sum_over_ranks(total) / all_events


def _step(
    slices: Slices[Batch],
    batch: Sequence[Batch],
    optimiser: torch.optim.Optimizer,
    schedule: LambdaLR,
    max_gradient_norm: float | None,
    totals: EpochTotals,
) -> None:
    loss = slices.gradient(batch)
    bound = torch.inf if max_gradient_norm is None else max_gradient_norm
    norm = torch.nn.utils.clip_grad_norm_(slices.model.parameters(), bound)
    totals.steps += 1
    if torch.isfinite(norm):
        optimiser.step()
        schedule.step()
        totals.loss += loss
        totals.events += sum(map(len, batch))
    else:
        # One gradient that is not finite would destroy Adam's moments and the weights.
        totals.skipped += 1


def _finish_epoch(
    state: State, model: torch.nn.Module, validation_loss: float, seconds: float
) -> None:
    totals, state.current = state.current, EpochTotals()
    state.epoch += 1
    state.events_seen += totals.events
    if validation_loss < state.best_loss:
        state.best_loss, state.best_epoch = validation_loss, state.epoch
        state.best_weights = {k: v.detach().cpu().clone() for k, v in model.state_dict().items()}
    state.history.append(
        {
            "epoch": state.epoch,
            "events_seen": state.events_seen,
            "training_loss": totals.mean,
            "validation_loss": validation_loss,
            "skipped_steps": totals.skipped,
            "seconds": seconds,
        }
    )


def _stalled(state: State, patience: int) -> bool:
    return state.epoch - state.best_epoch >= patience
