"""Predictions of a network for the events of shards, or some of them."""

import dataclasses

import numpy as np
import pytest
import torch

from pipeline.gas.config.networks import read_network
from pipeline.gas.networks.architectures import build_network
from pipeline.gas.networks.prediction import predict
from pipeline.gas.voxels.shards import concatenate, write_shard
from pipeline.gas.voxels.split import in_validation

SETTINGS = read_network({"architecture": "unet", "widths": [4, 6, 8], "batch_size": 7, "frames": 2})
EVENTS = 40


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    torch.manual_seed(1)
    path = tmp_path_factory.mktemp("weights") / "weights.pt"
    torch.save(build_network(SETTINGS).state_dict(), path)
    return path


@pytest.fixture
def shards(event, tmp_path):
    rng = np.random.default_rng(1)
    line = np.arange(6)[:, None] + 50
    made = [event(line + rng.integers(-3, 3, 3), rng.permutation(6) + 1) for _ in range(EVENTS)]
    batch = dataclasses.replace(concatenate(made), event_id=np.arange(EVENTS))
    paths = [tmp_path / f"{half}.parquet" for half in range(2)]
    for path, half in zip(paths, np.array_split(np.arange(EVENTS), 2), strict=True):
        write_shard(path, [batch.take(half)], bins=120, voxel_um=500.0)
    return paths


def test_selected_events_are_predicted_as_among_all(weights, shards) -> None:
    everything = predict(weights, shards, SETTINGS)
    assert list(everything["event_id"]) == list(range(EVENTS))
    some = predict(weights, shards, SETTINGS, lambda b: in_validation(b, 1, 0.4), share=0.4)
    assert 5 < len(some) < 30
    same = everything.set_index("event_id").loc[some["event_id"]]
    for column in ("pred_x", "pred_y", "pred_z", "kappa"):
        np.testing.assert_allclose(some[column], same[column], rtol=1e-4, atol=1e-5)


def test_weights_of_another_architecture_are_refused(weights, shards) -> None:
    with pytest.raises(ValueError, match="not the weights of a network of architecture 'rcn'"):
        predict(weights, shards, read_network({"architecture": "rcn"}))
