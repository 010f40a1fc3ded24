"""The processes that train a network together: their number, this one's index, and sums.

A process that `learning.launch` did not start is the only one, with index 0.
"""

import time
from collections.abc import Sequence
from typing import TypeVar

import torch
from torch import Tensor, distributed

T = TypeVar("T")

MONITOR_INTERVAL_S = 0.1  # at which the launcher checks the processes


def world_size() -> int:
    """Number of processes."""
    return distributed.get_world_size() if distributed.is_initialized() else 1


def rank() -> int:
    """Index of this process, from 0."""
    return distributed.get_rank() if distributed.is_initialized() else 0


def local_part(items: Sequence[T]) -> Sequence[T]:
    """This process's contiguous part of `items`; the last processes may have none."""
    first, last = (-(-len(items) * edge // world_size()) for edge in (rank(), rank() + 1))
    return items[first:last]


def all_reduce_sum(tensors: Sequence[Tensor]) -> None:
    """Replace the tensors, all on one device, by their sums over all processes.

    The sums are the same in every process, bit by bit.
    """
    if world_size() == 1:
        return
    flat = torch.cat([tensor.flatten() for tensor in tensors])
    try:
        distributed.all_reduce(flat)
    except RuntimeError:
        # Another process has ended. The launcher reports the process that it sees end first:
        # wait, so that it is not this one.
        time.sleep(20 * MONITOR_INTERVAL_S)
        raise
    for tensor, total in zip(tensors, flat.split([t.numel() for t in tensors]), strict=True):
        tensor.copy_(total.view_as(tensor))


def sum_over_ranks(value: float) -> float:
    """Sum of `value` over all processes."""
    number = torch.tensor(value, dtype=torch.float64)
    all_reduce_sum([number])
    return float(number)


def any_rank(flag: bool) -> bool:
    """Whether the flag is set in any process."""
    return sum_over_ranks(flag) > 0
