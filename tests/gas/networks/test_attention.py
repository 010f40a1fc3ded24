"""Places of attention heads whose weights are known."""

import numpy as np
import pytest
import torch

from pipeline.gas.config.networks import read_network
from pipeline.gas.networks.architectures import build_network
from pipeline.gas.networks.attention import attention_mm
from pipeline.gas.voxels.shards import VoxelBatch
from pipeline.sparse.unet import HEADS

BINS, CELL_UM = 48, (250.0, 500.0, 1000.0)


def pairs(far):
    """Events of two voxels, at the grid's corner and `far` [n] voxels from it along x."""
    n = len(far)
    return VoxelBatch(
        source=np.full(n, "made"),
        event_id=np.arange(n),
        offsets=2 * np.arange(n + 1),
        voxels=np.stack([np.zeros(n), BINS**2 * np.array(far)], 1).ravel().astype(np.int32),
        counts=np.ones(2 * n, np.uint16),
        direction=np.tile(np.float32([0, 0, 1]), (n, 1)),
        start=np.zeros((n, 3), np.float32),
        sigma_um=np.zeros(n, np.float32),
        energy_keV=np.full(n, 50, np.float32),
    )


@pytest.fixture
def model():
    """A network with equal attention everywhere."""
    torch.manual_seed(1)
    block = {"architecture": "unet", "widths": [4, 6, 8]}
    model = build_network(read_network(block), BINS).eval()
    torch.nn.init.zeros_(model.theta.attention.weight)
    torch.nn.init.zeros_(model.theta.attention.bias)
    return model


def test_equal_attention_is_in_the_middle_of_the_cells(model):
    heads = attention_mm(model, [pairs([40]), pairs([20, 4])], BINS, CELL_UM)
    # Attention reads cells of four voxels: centres at 2 and 42, 2 and 22, 2 and 6.
    voxels = np.array([[22, 2, 2], [12, 2, 2], [4, 2, 2]]) - BINS / 2
    expected = voxels * np.array(CELL_UM) * 1e-3
    assert heads == pytest.approx(np.repeat(expected[:, None], HEADS, 1), abs=1e-5)


def test_a_head_looks_where_its_weight_is_largest(model):
    with torch.no_grad():
        # Large weights, by which the two cells of an event differ.
        model.theta.attention.weight[2] = 1e4 * torch.randn(6)
    heads = attention_mm(model, [pairs([40])], BINS, CELL_UM)
    x = heads[0, :, 0] / (CELL_UM[0] * 1e-3) + BINS / 2
    assert x[2] == pytest.approx(2, abs=1e-3) or x[2] == pytest.approx(42, abs=1e-3)
    assert np.delete(x, 2) == pytest.approx(22)
