"""Events of shards with their rows of a table of predictions."""

import numpy as np
import pandas as pd
import pytest
import torch

from pipeline.gas.comparison.gap_stage import read_events
from pipeline.gas.config.networks import read_network
from pipeline.gas.networks.architectures import build_network
from pipeline.gas.response.moments import SUMMARIES
from pipeline.gas.voxels.shards import VoxelBatch, write_shard
from pipeline.statistics.directional.predictions import (
    prediction_table,
    read_predictions,
    write_predictions,
)

BINS, EACH = 48, 30


def batch(first, n):
    """Events first, first + 1, ... with as many electrons in each voxel as their number says."""
    rng = np.random.default_rng(first)
    voxels = np.concatenate([np.sort(rng.choice(BINS**3, EACH, replace=False)) for _ in range(n)])
    number = np.arange(first, first + n)
    return VoxelBatch(
        source=np.full(n, "made"),
        event_id=number,
        offsets=np.arange(n + 1) * EACH,
        voxels=voxels.astype(np.int32),
        counts=np.repeat(number + 1, EACH).astype(np.uint16),
        direction=np.tile(np.float32([0, 0, 1]), (n, 1)),
        start=np.zeros((n, 3), np.float32),
        sigma_um=np.zeros(n, np.float32),
        energy_keV=np.full(n, 50, np.float32),
    )


@pytest.mark.parametrize(("most", "chosen"), [(99, range(9)), (3, (0, 4, 8))])
def test_events_are_spread_over_all_files_with_their_predictions(tmp_path, most, chosen):
    parts = [batch(0, 4), batch(4, 5)]
    shards = [str(tmp_path / f"{i}.parquet") for i in range(2)]
    for path, part in zip(shards, parts, strict=True):
        write_shard(path, [part], BINS, 500.0)
    z = np.tile([0.0, 0.0, 1.0], (9, 1))
    halves = [prediction_table(part, z[: len(part)], part.event_id + 0.5) for part in parts]
    write_predictions(tmp_path / "p.parquet", pd.concat(halves, ignore_index=True))
    torch.manual_seed(1)
    model = build_network(read_network({"architecture": "unet", "widths": [4, 6, 8]}), BINS).eval()
    table = read_predictions(tmp_path / "p.parquet")
    events = read_events(model, shards, table, BINS, most, batch_size=2)
    assert events.kappa.tolist() == [i + 0.5 for i in chosen]
    charge = np.exp(events.summaries[:, SUMMARIES.index("ln_charge")])
    assert charge == pytest.approx([(i + 1) * EACH for i in chosen])
    assert events.activations.shape == (len(chosen), 8)
    assert events.cosine == pytest.approx(1)
