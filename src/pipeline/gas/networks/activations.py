"""Activations of a network for each event, before the layers that predict the direction."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn

from pipeline.gas.voxels.batches import sparse_batch
from pipeline.gas.voxels.shards import VoxelBatch


@contextmanager
def kept_activations(model: nn.Module) -> Iterator[list[Tensor]]:
    """Yield a list to which each call of the network adds the output [n, d] of its `event_layer`.

    That layer has one row for each event.

    Raises:
        ValueError: the network has no such layer.
    """
    layer = getattr(model, "event_layer", None)
    if layer is None:
        raise ValueError(
            f"{type(model).__name__} has no attribute `event_layer`, the layer with one row for "
            "each event whose activations are compared; add it"
        )
    found: list[Tensor] = []

    def keep(_module: nn.Module, _inputs: tuple[Tensor, ...], output: Tensor) -> None:
        found.append(output)

    hook = layer.register_forward_hook(keep)
    try:
        yield found
    finally:
        hook.remove()


@torch.no_grad()
def activations(model: nn.Module, batches: Iterable[VoxelBatch], bins: int) -> np.ndarray:
    """Outputs float32 [n, d] of the network's `event_layer`; see `kept_activations`."""
    torch.set_num_threads(1)
    device = next(model.parameters()).device
    rows = []
    for batch in batches:
        with kept_activations(model) as found:
            model(sparse_batch(batch, bins).to(device))
        rows.append(found[0].cpu().numpy())
    return np.concatenate(rows)
