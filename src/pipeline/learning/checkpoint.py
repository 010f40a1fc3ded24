"""The checkpoint file of a training."""

import logging
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch.optim.lr_scheduler import LambdaLR

from pipeline.learning import ranks
from pipeline.learning.saved import read_saved, write_saved

logger = logging.getLogger(__name__)


@dataclass
class EpochTotals:
    """Totals accumulated in the current epoch."""

    steps: int = 0
    skipped: int = 0  # steps without a finite gradient
    events: int = 0  # of the steps that were not skipped; so is the loss
    loss: float = 0.0
    seconds: float = 0.0

    @property
    def mean(self) -> float:
        """Mean loss per event."""
        return self.loss / max(self.events, 1)


@dataclass
class State:
    """Progress of a training, without weights and optimiser."""

    epoch: int = 0  # finished epochs
    events_seen: int = 0  # in the finished epochs
    best_loss: float = float("inf")
    best_epoch: int = 0
    best_weights: dict[str, torch.Tensor] = field(default_factory=dict)
    history: list[dict[str, float]] = field(default_factory=list)
    current: EpochTotals = field(default_factory=EpochTotals)  # of the next epoch

    @property
    def place(self) -> str:
        """Epoch and step in words."""
        step = f"step {self.current.steps} of " if self.current.steps else ""
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
        """Write the file."""
        content = {
            "identity": self.identity,
            "model": self.model.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "schedule": self.schedule.state_dict(),
            "rng": torch.get_rng_state(),
            # Of this process's device only: the next run may have more or fewer devices.
            "cuda_rng": torch.cuda.get_rng_state() if self._on_cuda() else None,
            "state": {**vars(state), "current": vars(state.current)},
        }
        write_saved(self.path, content)

    def resume(self, max_epochs: int) -> State:
        """Restore model, optimiser, schedule and random numbers; return the state.

        If the file is missing, damaged, of another identity or of more than `max_epochs` epochs,
        nothing is restored, and the state of a new training is returned. A file of another training
        is kept as `*.before.pt`, for whoever wants its settings and its hours back.
        """
        if not self.path.is_file():
            return State()
        try:
            content: dict[str, Any] = read_saved(self.path)
        except ValueError as error:
            logger.warning("%s: starting anew", error)
            return State()
        if content["identity"] != self.identity or content["state"]["epoch"] > max_epochs:
            before = self.path.with_suffix(f".before{self.path.suffix}")
            if ranks.rank() == 0:
                shutil.copyfile(self.path, before)
            logger.warning(
                "%s belongs to another configuration: starting anew. With its former settings, "
                "rename %s back to go on from it",
                *(self.path, before.name),
            )
            return State()
        self.model.load_state_dict(content["model"])
        self.optimiser.load_state_dict(content["optimiser"])
        self.schedule.load_state_dict(content["schedule"])
        torch.set_rng_state(content["rng"])
        if self._on_cuda():
            torch.cuda.set_rng_state(content["cuda_rng"])
        current = EpochTotals(**content["state"].pop("current"))
        state = State(**content["state"], current=current)
        for row in state.history:  # the log of a resumed job begins anew
            logger.info("epoch %(epoch)d: validation loss %(validation_loss).4f", row)
        logger.info("resuming after epoch %d and %d steps", state.epoch, current.steps)
        return state

    def _on_cuda(self) -> bool:
        return next(self.model.parameters()).is_cuda
