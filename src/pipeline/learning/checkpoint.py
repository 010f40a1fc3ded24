"""What a training needs to go on where it stopped, as a file."""

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch.optim.lr_scheduler import LambdaLR

from pipeline.learning.saved import read_saved, write_saved

logger = logging.getLogger(__name__)


@dataclass
class Sums:
    """What the steps of an epoch have come to so far."""

    steps: int = 0
    skipped: int = 0  # steps without a finite gradient
    events: int = 0  # of the steps that were not skipped, as the loss
    loss: float = 0.0
    seconds: float = 0.0

    @property
    def mean(self) -> float:
        """Loss of an event."""
        return self.loss / max(self.events, 1)


@dataclass
class State:
    """How far a training has come, besides weights and optimiser."""

    epoch: int = 0  # finished ones
    events_seen: int = 0  # in them
    best_loss: float = float("inf")
    best_epoch: int = 0
    best_weights: dict[str, torch.Tensor] = field(default_factory=dict)
    history: list[dict[str, float]] = field(default_factory=list)
    begun: Sums = field(default_factory=Sums)  # of the epoch after them

    @property
    def place(self) -> str:
        """How far, in words."""
        step = f"step {self.begun.steps} of " if self.begun.steps else ""
        return f"{step}epoch {self.epoch + bool(step)}"


@dataclass(frozen=True)
class Checkpoint:
    """The file of a training and the objects whose states it holds."""

    path: Path
    identity: str
    model: torch.nn.Module
    optimiser: torch.optim.Optimizer
    schedule: LambdaLR

    def save(self, state: State) -> None:
        """Write the file whole."""
        content = {
            "identity": self.identity,
            "model": self.model.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "schedule": self.schedule.state_dict(),
            "rng": torch.get_rng_state(),
            # Of this process's own device: the next run may have more or fewer of them.
            "cuda_rng": torch.cuda.get_rng_state() if self._on_cuda() else None,
            "state": {**vars(state), "begun": vars(state.begun)},
        }
        write_saved(self.path, content)

    def resume(self, max_epochs: int) -> State:
        """Put everything back as it was saved and return the state.

        Without a file, or with one that is damaged, of another identity or of more than
        `max_epochs` epochs, everything stays as it is, and the state is that of a start.
        """
        if not self.path.is_file():
            return State()
        try:
            content: dict[str, Any] = read_saved(self.path)
        except ValueError as error:
            logger.warning("%s: starting anew", error)
            return State()
        if content["identity"] != self.identity or content["state"]["epoch"] > max_epochs:
            logger.info("%s belongs to another configuration: starting anew", self.path)
            return State()
        self.model.load_state_dict(content["model"])
        self.optimiser.load_state_dict(content["optimiser"])
        self.schedule.load_state_dict(content["schedule"])
        torch.set_rng_state(content["rng"])
        if self._on_cuda():
            torch.cuda.set_rng_state(content["cuda_rng"])
        begun = Sums(**content["state"].pop("begun"))
        state = State(**content["state"], begun=begun)
        for row in state.history:  # a job that is tried again has a new log
            logger.info("epoch %(epoch)d: validation loss %(validation_loss).4f", row)
        logger.info("resuming after epoch %d and %d steps", state.epoch, begun.steps)
        return state

    def _on_cuda(self) -> bool:
        return next(self.model.parameters()).is_cuda
