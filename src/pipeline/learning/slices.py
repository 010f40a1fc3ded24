"""The gradient of a batch from its slices, several of which are processed at the same time.

A replica of the model processes each slice. Replicas share the model's weights and have their own
gradients and running moments. These are summed in the order of the slices, so the result depends on
the slicing of a batch, not on the number of threads.

Each of several processes takes a contiguous part of the slices, and the results are summed; if a
batch has fewer slices, some processes have none. PyTorch's DistributedDataParallel averages the
mean gradients of the processes instead, which gives events wrong weights if the processes have
different numbers of events.
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

    A process works on `threads` slices at a time, each on one core. If there are several slices,
    the model must not draw random numbers in its forward pass: the order of the draws would vary.
    """

    def __init__(
        self,
        model: torch.nn.Module,
        loss: Callable[[torch.nn.Module, Batch], Tensor],
        slices: int,
        threads: int,
    ) -> None:
        self.model, self.loss = model, loss
        most = -(-slices // ranks.world_size())
        self.replicas = [model, *(_replica(model) for _ in range(most - 1))]
        device = next(model.parameters()).device
        self.pool = ThreadPoolExecutor(threads, initializer=_start_thread, initargs=(device,))

    def gradient(self, batch: Sequence[Batch]) -> float:
        """Set the model's gradient to that of the mean loss over a batch; return the summed loss.

        Running moments of a normalisation become the means over the slices.
        """
        events = sum(map(len, batch))
        own_slices = ranks.local_part(batch)
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
        return ranks.sum_over_ranks(total)

    @torch.no_grad()
    def _put_together(self, used: list[torch.nn.Module], slices: int) -> None:
        """Sum the gradients of `slices` slices and average their running moments."""
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
        ranks.all_reduce_sum([*_gradients(self.model), *moments])
        for moment in moments:
            moment /= slices


def _start_thread(device: torch.device) -> None:
    torch.set_num_threads(1)
    if device.type == "cuda":
        # A new thread would use the first GPU, which may belong to another process.
        torch.cuda.set_device(device)


def _replica(model: torch.nn.Module) -> torch.nn.Module:
    replica = copy.deepcopy(model)
    for own, shared in zip(replica.parameters(), model.parameters(), strict=True):
        own.data = shared.data
    return replica


def _gradients(model: torch.nn.Module) -> list[Tensor]:
    """Gradients of all parameters; zeros instead of missing ones if there are several processes."""
    learnt = [p for p in model.parameters() if p.requires_grad]
    if ranks.world_size() > 1:
        for parameter in learnt:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
    return [p.grad for p in learnt if p.grad is not None]


def _moments(model: torch.nn.Module) -> list[Tensor]:
    """All buffers except counters, which are equal in all replicas."""
    return [buffer for buffer in model.buffers() if buffer.is_floating_point()]
