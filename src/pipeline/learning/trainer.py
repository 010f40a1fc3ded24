"""The one trainer: loop, early stopping, best weights, checkpoint and resume, progress.

It knows no chain: a chain hands it a model, a per-event loss and a source of batches.
"""

import logging
import pickle
import time
from collections.abc import Callable, Iterable, Sequence, Sized
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import torch
from torch.optim.lr_scheduler import LambdaLR

from pipeline.config.training import Training
from pipeline.files import written_whole
from pipeline.learning.optimiser import build_optimiser, build_schedule
from pipeline.learning.slices import Slices
from pipeline.progress import Progress

logger = logging.getLogger(__name__)

Batch = TypeVar("Batch", bound=Sized)


@dataclass
class State:
    """Everything a training needs to go on where it stopped."""

    epoch: int
    events_seen: int
    best_loss: float
    best_epoch: int
    best_weights: dict[str, torch.Tensor]
    history: list[dict[str, float]]


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
        checkpoint: file written after every epoch; if it is there and carries `identity`, the
            training goes on from it and ends as it would have without a break.
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
    """
    optimiser = build_optimiser(model, settings.optimiser)
    total_steps = settings.max_epochs * epoch_events / settings.batch_size
    schedule = build_schedule(optimiser, settings.optimiser, total_steps)
    state = _resume(checkpoint, identity, model, optimiser, schedule, settings.max_epochs)
    slices = Slices(model, loss, settings.slices, settings.threads)
    while state.epoch < settings.max_epochs and not _stalled(state, settings.patience):
        start = time.monotonic()
        state.epoch += 1
        label = f"epoch {state.epoch}/{settings.max_epochs}"
        progress = Progress(label, epoch_events, "events")
        mean, events, skipped = _epoch(
            slices,
            training(state.epoch),
            optimiser,
            schedule,
            settings.max_gradient_norm,
            progress,
        )
        state.events_seen += events
        validation_loss = evaluate(model, loss, validation())
        if validation_loss < state.best_loss:
            state.best_loss, state.best_epoch = validation_loss, state.epoch
            state.best_weights = {
                k: v.detach().cpu().clone() for k, v in model.state_dict().items()
            }
        state.history.append(
            {
                "epoch": state.epoch,
                "events_seen": state.events_seen,
                "training_loss": mean,
                "validation_loss": validation_loss,
                "skipped_steps": skipped,
                "seconds": time.monotonic() - start,
            }
        )
        progress.finish(f"loss {mean:.4f}, validation {validation_loss:.4f}")
        _save(checkpoint, identity, model, optimiser, schedule, state)
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
    """Mean per-event loss over `batches`.

    Raises:
        ValueError: there are no events.
    """
    model.eval()
    total, events = 0.0, 0
    for batch in batches:
        total += float(loss(model, batch).sum(dtype=torch.float64))
        events += len(batch)
    if not events:
        raise ValueError("the validation set is empty; give it more events")
    return total / events


def _epoch(
    slices: Slices[Batch],
    batches: Iterable[Sequence[Batch]],
    optimiser: torch.optim.Optimizer,
    schedule: LambdaLR,
    max_gradient_norm: float | None,
    progress: Progress,
) -> tuple[float, int, int]:
    total, events, steps, skipped = 0.0, 0, 0, 0
    for batch in batches:
        loss, size = slices.gradient(batch), sum(map(len, batch))
        bound = torch.inf if max_gradient_norm is None else max_gradient_norm
        norm = torch.nn.utils.clip_grad_norm_(slices.model.parameters(), bound)
        steps += 1
        if torch.isfinite(norm):
            optimiser.step()
            schedule.step()
            total += loss
            events += size
        else:
            # One broken gradient would spoil Adam's moments, hence the weights, for good.
            skipped += 1
        progress.update(size, f"loss {total / max(events, 1):.4f}")
    if not steps:
        raise ValueError("the training set is empty; give it more events")
    if skipped == steps:
        raise FloatingPointError("no step of the epoch had a finite gradient")
    return total / events, events, skipped


def _stalled(state: State, patience: int) -> bool:
    return state.epoch - state.best_epoch >= patience


def _save(
    path: Path,
    identity: str,
    model: torch.nn.Module,
    optimiser: torch.optim.Optimizer,
    schedule: LambdaLR,
    state: State,
) -> None:
    content = {
        "identity": identity,
        "model": model.state_dict(),
        "optimiser": optimiser.state_dict(),
        "schedule": schedule.state_dict(),
        "rng": torch.get_rng_state(),
        "cuda_rng": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        "state": vars(state),
    }
    with written_whole(path) as temporary:
        torch.save(content, temporary)


def _resume(
    path: Path,
    identity: str,
    model: torch.nn.Module,
    optimiser: torch.optim.Optimizer,
    schedule: LambdaLR,
    max_epochs: int,
) -> State:
    fresh = State(0, 0, float("inf"), 0, {}, [])
    if not path.is_file():
        return fresh
    try:
        content: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    # What torch raises for truncated files and for files that are no checkpoints.
    except (EOFError, RuntimeError, OSError, KeyError, pickle.UnpicklingError) as error:
        logger.warning("%s is damaged (%s): starting anew", path, error)
        return fresh
    if content["identity"] != identity or content["state"]["epoch"] > max_epochs:
        logger.info("%s belongs to another configuration: starting anew", path)
        return fresh
    model.load_state_dict(content["model"])
    optimiser.load_state_dict(content["optimiser"])
    schedule.load_state_dict(content["schedule"])
    torch.set_rng_state(content["rng"])
    if content["cuda_rng"]:
        torch.cuda.set_rng_state_all(content["cuda_rng"])
    state = State(**content["state"])
    logger.info("resuming after epoch %d", state.epoch)
    return state
