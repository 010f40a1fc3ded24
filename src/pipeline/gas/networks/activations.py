"""What a network makes of an event before it decides on a direction."""

from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor, nn

from pipeline.gas.voxels.batches import sparse_batch
from pipeline.gas.voxels.shards import VoxelBatch


@torch.no_grad()
def activations(model: nn.Module, batches: Iterable[VoxelBatch], bins: int) -> np.ndarray:
    """Outputs float32 [n, d] of the network's `event_layer`, which has one row for each event.

    Raises:
        ValueError: the network has no such layer.
    """
    layer = getattr(model, "event_layer", None)
    if layer is None:
        raise ValueError(
            f"{type(model).__name__} has no attribute `event_layer`, the layer with one row for "
            "each event whose activations are compared; add it"
        )
    found: list[np.ndarray] = []

    def keep(_module: nn.Module, _inputs: tuple[Tensor, ...], output: Tensor) -> None:
        found.append(output.cpu().numpy())

    torch.set_num_threads(1)
    device = next(model.parameters()).device
    hook = layer.register_forward_hook(keep)
    try:
        for batch in batches:
            model(sparse_batch(batch, bins).to(device))
    finally:
        hook.remove()
    return np.concatenate(found)
