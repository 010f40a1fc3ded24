"""Mean places in an event of the attention heads of a U-Net."""

from collections.abc import Iterable, Sequence

import numpy as np
import torch
from torch import Tensor

from pipeline.gas.networks.unet import DirectionUNet
from pipeline.gas.voxels.batches import sparse_batch
from pipeline.gas.voxels.shards import VoxelBatch
from pipeline.sparse.unet import UNIT_VOXELS, attended_places


@torch.no_grad()
def attention_mm(
    model: DirectionUNet, batches: Iterable[VoxelBatch], bins: int, cell_um: Sequence[float]
) -> np.ndarray:
    """Mean places float64 [n, heads, 3] of the attention heads [mm], from the grid's middle.

    Events are predicted in one orientation only: in others the heads attend to other places.
    """
    found: list[Tensor] = []

    def keep(_module: torch.nn.Module, inputs: tuple[Tensor, ...]) -> None:
        found.append(attended_places(inputs[0]).cpu())

    torch.set_num_threads(1)
    device = next(model.parameters()).device
    hook = model.theta.head.register_forward_pre_hook(keep)
    try:
        for batch in batches:
            model(sparse_batch(batch, bins).to(device))
    finally:
        hook.remove()
    places: np.ndarray = torch.cat(found).double().numpy()
    return 1e-3 * UNIT_VOXELS * places * cell_um
