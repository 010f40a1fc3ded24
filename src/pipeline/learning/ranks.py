"""The processes that train a network together: which one this is, and sums over all of them.

A process that `learning.launch` did not start is alone: the first of one.
"""

import time
from collections.abc import Sequence
from typing import TypeVar

import torch
from torch import Tensor, distributed

T = TypeVar("T")

MONITOR_INTERVAL_S = 0.1  # between the launcher's looks at the processes


def count() -> int:
    """How many processes there are."""
    return distributed.get_world_size() if distributed.is_initialized() else 1


def rank() -> int:
    """The number of this one, from 0."""
    return distributed.get_rank() if distributed.is_initialized() else 0


def own_part(items: Sequence[T]) -> Sequence[T]:
    """This process's contiguous part of `items`; where they are few, the last ones have none."""
    first, last = (-(-len(items) * edge // count()) for edge in (rank(), rank() + 1))
    return items[first:last]


def add_up(tensors: Sequence[Tensor]) -> None:
    """Replace the tensors, which lie on one device, by their sums: the same bits everywhere."""
    if count() == 1:
        return
    flat = torch.cat([tensor.flatten() for tensor in tensors])
    try:
        distributed.all_reduce(flat)
    except RuntimeError:
        # Another process is gone. The launcher blames the first one that it sees end: not us.
        time.sleep(20 * MONITOR_INTERVAL_S)
        raise
    for tensor, total in zip(tensors, flat.split([t.numel() for t in tensors]), strict=True):
        tensor.copy_(total.view_as(tensor))


def total(value: float) -> float:
    """The sum of a number of every process."""
    number = torch.tensor(value, dtype=torch.float64)
    add_up([number])
    return float(number)


def anywhere(flag: bool) -> bool:
    """Whether the flag is set in any process."""
    return total(flag) > 0
