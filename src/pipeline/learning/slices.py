"""The gradient of a batch from its slices, several of them at the same time.

Every slice is worked on by a replica of the model, which shares the model's weights and has
gradients and running moments of its own. The parts are put together in the order of the slices, so
the result depends on how a batch is sliced, never on how many threads there are.
"""

import copy
from collections.abc import Callable, Sequence, Sized
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

import torch
from torch import Tensor

Batch = TypeVar("Batch", bound=Sized)


class Slices(Generic[Batch]):
    """Sums of the losses and their gradient in `model` over batches of at most `slices` slices.

    `threads` slices are worked on at a time, each on one core. The model must not draw random
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
        self.replicas = [model, *(_replica(model) for _ in range(slices - 1))]
        self.pool = ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,))

    def gradient(self, batch: Sequence[Batch]) -> float:
        """Set the model's gradient to that of the mean loss over a batch; return the summed loss.

        Running moments of a normalisation become the means of the slices'.
        """
        events = sum(map(len, batch))
        _, *others = used = self.replicas[: len(batch)]
        for replica in others:
            for shared, own in zip(self.model.buffers(), replica.buffers(), strict=True):
                own.copy_(shared)

        def work(replica: torch.nn.Module, events_of_slice: Batch) -> Tensor:
            replica.train()
            replica.zero_grad(set_to_none=True)
            losses = self.loss(replica, events_of_slice)
            (losses.sum() / events).backward()
            return losses.detach().sum(dtype=torch.float64)

        total = float(sum(self.pool.map(work, used, batch)))
        for replica in others:
            for shared, own in zip(self.model.parameters(), replica.parameters(), strict=True):
                if shared.grad is not None and own.grad is not None:
                    shared.grad += own.grad
        _average([list(replica.buffers()) for replica in used])
        return total


def _replica(model: torch.nn.Module) -> torch.nn.Module:
    replica = copy.deepcopy(model)
    for own, shared in zip(replica.parameters(), model.parameters(), strict=True):
        own.data = shared.data
    return replica


@torch.no_grad()
def _average(buffers: list[list[Tensor]]) -> None:
    """Means over replicas, left in those of the first; counters are alike and stay."""
    for first, *others in zip(*buffers, strict=True):
        if others and first.is_floating_point():
            first.copy_(torch.stack([first, *others]).mean(0))
