"""The gradient of a batch from its slices, several of them at the same time.

Every slice is worked on by a replica of the model, which shares the model's weights and has
gradients and running moments of its own. The parts are put together in the order of the slices, so
the result depends on how a batch is sliced, never on how many threads there are.

Several processes have contiguous parts of the slices each and add up what comes out; a batch of
fewer slices leaves some without. Torch's DistributedDataParallel averages the processes' mean
gradients instead, which weighs events wrongly where processes have different numbers of them.
"""

import copy
from collections.abc import Callable, Sequence, Sized
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

import torch
from torch import Tensor

from pipeline.learning import ranks

Batch = TypeVar("Batch", bound=Sized)


class Slices(Generic[Batch]):
    """Sums of the losses and their gradient in `model` over batches of at most `slices` slices.

    A process works on `threads` slices at a time, each on one core. The model must not draw random
    numbers in its forward pass if there are several slices: these come in no fixed order.
    """

    def __init__(
        self,
        model: torch.nn.Module,
        loss: Callable[[torch.nn.Module, Batch], Tensor],
        slices: int,
        threads: int,
    ) -> None:
        self.model, self.loss = model, loss
        most = -(-slices // ranks.count())
        self.replicas = [model, *(_replica(model) for _ in range(most - 1))]
        device = next(model.parameters()).device
        self.pool = ThreadPoolExecutor(threads, initializer=_start_thread, initargs=(device,))

    def gradient(self, batch: Sequence[Batch]) -> float:
        """Set the model's gradient to that of the mean loss over a batch; return the summed loss.

        Running moments of a normalisation become the means of the slices'.
        """
        events = sum(map(len, batch))
        own_slices = ranks.own_part(batch)
        used = self.replicas[: len(own_slices)]
        for replica in used[1:]:
            for shared, own in zip(self.model.buffers(), replica.buffers(), strict=True):
                own.copy_(shared)
        for replica in self.replicas:
            replica.zero_grad(set_to_none=True)

        def work(replica: torch.nn.Module, events_of_slice: Batch) -> Tensor:
            replica.train()
            losses = self.loss(replica, events_of_slice)
            (losses.sum() / events).backward()
            return losses.detach().sum(dtype=torch.float64)

        total = float(sum(self.pool.map(work, used, own_slices)))
        self._put_together(used, len(batch))
        return ranks.total(total)

    @torch.no_grad()
    def _put_together(self, used: list[torch.nn.Module], slices: int) -> None:
        """Add up the gradients of `slices` slices and average their running moments."""
        for replica in used[1:]:
            for shared, own in zip(self.model.parameters(), replica.parameters(), strict=True):
                if shared.grad is not None and own.grad is not None:
                    shared.grad += own.grad
        moments = _moments(self.model)
        if used:
            for first, *others in zip(*map(_moments, used), strict=True):
                first.copy_(torch.stack([first, *others]).sum(0))
        else:
            for moment in moments:
                moment.zero_()
        ranks.add_up([*_gradients(self.model), *moments])
        for moment in moments:
            moment /= slices


def _start_thread(device: torch.device) -> None:
    torch.set_num_threads(1)
    if device.type == "cuda":
        # A new thread would work on the first GPU, which may be another process's.
        torch.cuda.set_device(device)


def _replica(model: torch.nn.Module) -> torch.nn.Module:
    replica = copy.deepcopy(model)
    for own, shared in zip(replica.parameters(), model.parameters(), strict=True):
        own.data = shared.data
    return replica


def _gradients(model: torch.nn.Module) -> list[Tensor]:
    """Those of all parameters, as all processes must have them: zeros where there is none."""
    learnt = [p for p in model.parameters() if p.requires_grad]
    if ranks.count() > 1:
        for parameter in learnt:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
    return [p.grad for p in learnt if p.grad is not None]


def _moments(model: torch.nn.Module) -> list[Tensor]:
    """Buffers but for counters, which are alike in all replicas."""
    return [buffer for buffer in model.buffers() if buffer.is_floating_point()]
