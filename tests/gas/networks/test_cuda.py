"""Direction networks on a GPU: what a CPU finds, up to rounding."""

from functools import partial
from importlib.util import find_spec

import numpy as np
import pytest
import torch
from helpers.made_files import SETTINGS
from helpers.made_lines import voxel_batch

from pipeline.gas.config.networks import read_network
from pipeline.gas.networks.architectures import build_network
from pipeline.gas.networks.prediction import predict
from pipeline.gas.networks.training import Task, event_losses, train_network
from pipeline.gas.voxels.epochs import shard_events
from pipeline.learning.saved import save_network
from pipeline.statistics.directional.predictions import PREDICTED

DEVICE = "cuda"
pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device"),
]
NETWORKS = {
    "rcn": {"architecture": "rcn"},
    "hcn": {"architecture": "hcn"},
    "unet": {"architecture": "unet", "widths": [8, 12, 16]},
}


@pytest.fixture
def train(files, tmp_path):
    """(checkpoint name, settings) -> network and history without times."""

    def run(name, **settings):
        usual = {"batch_size": 32, "max_epochs": 3, "slices": 2, "device": DEVICE}
        network = read_network({**NETWORKS["unet"], **usual, **settings})
        model, history = train_network(
            Task(
                "net",
                1,
                network,
                SETTINGS,
                partial(shard_events, files.shards, SETTINGS, "net", 1),
                files.shards,
                tmp_path / name,
                "code",
            )
        )
        return model, history.drop(columns="seconds")

    return run


def assert_same_but_rounding(found, expected):
    """Losses; rounding in other places grows from step to step."""
    for column in ("training_loss", "validation_loss"):
        np.testing.assert_allclose(found[column], expected[column], rtol=1e-2)


@pytest.mark.parametrize("backend", ["torch", "spconv"])
@pytest.mark.parametrize("architecture", NETWORKS)
def test_losses_and_gradients_are_those_of_the_cpu(architecture, backend):
    if backend == "spconv" and not find_spec("spconv"):
        pytest.skip("no spconv")
    lines = voxel_batch(120, 6).take(np.arange(5))  # the sixth has no voxel
    block = NETWORKS[architecture]
    on_cpu = build_network(read_network({**block, "backend": "torch"}))
    on_gpu = build_network(read_network({**block, "backend": backend})).to(DEVICE)
    on_gpu.load_state_dict(on_cpu.state_dict())
    expected, found = (event_losses(m, lines, 120, "exact") for m in (on_cpu, on_gpu))
    torch.testing.assert_close(found.cpu(), expected, rtol=1e-3, atol=1e-4)
    expected.mean().backward()
    found.mean().backward()
    for ours, theirs in zip(on_cpu.parameters(), on_gpu.parameters(), strict=True):
        if ours.grad is not None:
            scale = float(ours.grad.abs().max())
            torch.testing.assert_close(
                theirs.grad.cpu(), ours.grad, rtol=1e-2, atol=1e-3 * scale + 1e-7
            )


def test_training_finds_what_it_finds_on_a_cpu(train):
    assert_same_but_rounding(train("gpu.pt")[1], train("cpu.pt", device="cpu")[1])


def test_stopped_training_goes_on(train, caplog):
    train("stopped.pt", max_epochs=1)
    with caplog.at_level("INFO"):
        _, resumed = train("stopped.pt")
    assert "resuming after epoch 1" in caplog.text
    assert_same_but_rounding(resumed, train("whole.pt")[1])


def test_weights_predict_on_a_cpu_what_they_predict_on_the_gpu(train, files, tmp_path):
    model, history = train("net.pt")
    weights = tmp_path / "weights.pt"
    save_network(model, history, weights, tmp_path / "history.csv")
    tables = [
        predict(
            weights,
            files.shards,
            read_network({**NETWORKS["unet"], "frames": 2, "device": device}),
        )
        for device in ("cpu", DEVICE)
    ]
    np.testing.assert_allclose(tables[1][PREDICTED], tables[0][PREDICTED], atol=1e-3)
    np.testing.assert_allclose(tables[1]["kappa"], tables[0]["kappa"], rtol=1e-2)


@pytest.mark.skipif(torch.cuda.device_count() < 2, reason="fewer than two GPUs")
def test_two_processes_with_a_gpu_each_train_as_one_does(train):
    assert_same_but_rounding(train("two.pt", processes=2)[1], train("one.pt")[1])
