"""Activations of a network, one row for each event."""

import numpy as np
import pytest
import torch
from torch import nn

from pipeline.gas.config.networks import read_network
from pipeline.gas.networks.activations import activations
from pipeline.gas.networks.architectures import build_network
from pipeline.gas.voxels.shards import VoxelBatch

BINS = 48


def batch(n=3):
    rng = np.random.default_rng(1)
    voxels = np.concatenate([np.sort(rng.choice(BINS**3, 40, replace=False)) for _ in range(n)])
    return VoxelBatch(
        source=np.full(n, "made"),
        event_id=np.arange(n),
        offsets=np.arange(n + 1) * 40,
        voxels=voxels.astype(np.int32),
        counts=np.ones(n * 40, np.uint16),
        direction=np.tile(np.float32([0, 0, 1]), (n, 1)),
        start=np.zeros((n, 3), np.float32),
        sigma_um=np.zeros(n, np.float32),
        energy_keV=np.full(n, 50, np.float32),
    )


@pytest.mark.parametrize(
    ("block", "width"),
    [
        ({"architecture": "unet", "widths": [4, 6, 8]}, 8),
        ({"architecture": "hcn"}, 500),
    ],
)
def test_one_row_for_each_event_in_order(block, width):
    torch.manual_seed(1)
    model = build_network(read_network(block), BINS).eval()
    events = batch()
    together = activations(model, [events], BINS)
    assert together.shape == (3, width)
    single = activations(model, (events.take(np.array([i])) for i in range(3)), BINS)
    assert single == pytest.approx(together, abs=1e-5)
    assert len(np.unique(together, axis=0)) == 3


def test_a_network_without_such_a_layer_is_named():
    with pytest.raises(ValueError, match="Linear has no attribute `event_layer`"):
        activations(nn.Linear(1, 1), [batch()], BINS)
