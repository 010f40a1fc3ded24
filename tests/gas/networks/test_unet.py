"""The U-Net's density of several components and its start of the track."""

import dataclasses
import logging

import numpy as np
import pytest
import torch
from helpers.made_lines import voxel_batch
from helpers.made_networks import UNET, make_folder

from pipeline.gas.config.card import WEIGHTS
from pipeline.gas.config.networks import read_network
from pipeline.gas.networks.architectures import build_network, loss
from pipeline.gas.networks.frames import frames, predict_in_frames, turned
from pipeline.gas.networks.loading import with_start
from pipeline.gas.networks.output import from_natural
from pipeline.gas.networks.training import event_losses
from pipeline.gas.voxels.batches import sparse_batch
from pipeline.learning.vmf import gaussian_nll
from pipeline.sparse import unet

BINS = 40


def settings(**keys):
    return read_network({**UNET, **keys})


def network(**keys):
    torch.manual_seed(1)
    return build_network(settings(**keys)).eval()


@pytest.fixture(scope="module")
def batch():
    return voxel_batch(BINS, 4)


@pytest.fixture(scope="module")
def voxels(batch):
    return sparse_batch(batch, BINS)


def natural(output):
    return output.kappa[..., None] * output.direction


@torch.no_grad()
def outputs(model, voxels):
    return model(voxels)


def test_one_component_is_the_plain_u_net_bit_by_bit(voxels):
    torch.manual_seed(1)
    plain = unet.UNet(UNET["widths"], outputs=3).eval()
    model = network()
    assert list(model.state_dict()) == [f"theta.{name}" for name in plain.state_dict()]
    expected, found = from_natural(outputs(plain, voxels)), outputs(model, voxels)
    assert torch.equal(found.direction, expected.direction)
    assert torch.equal(found.kappa, expected.kappa)
    assert found.logits is None
    assert found.start is None


def test_a_mixture_begins_as_its_first_component_with_the_antipode(voxels):
    found = outputs(network(components=3), voxels)
    assert (found.direction.shape, found.kappa.shape) == ((4, 3, 3), (4, 3))
    torch.testing.assert_close(found.direction[:, 1], -found.direction[:, 0])
    torch.testing.assert_close(found.direction[:, 2], found.direction[:, 0])
    torch.testing.assert_close(found.kappa, found.kappa[:, :1] * torch.tensor([1, 1, 0.25]))
    share = 1 / (1 + 2 * np.exp(-4))
    torch.testing.assert_close(found.logits.softmax(1)[:, 0], torch.full((4,), share).float())


def test_all_outputs_learn(batch):
    model = network(components=3, start_of_track=True).train()
    event_losses(model, batch, BINS, "exact", 0.1).sum().backward()
    last = model.theta.head[-1]
    assert len(last.bias) == 9 + 3 + 4
    assert (last.bias.grad != 0).all()
    assert (last.weight.grad.abs().sum(1) > 0).all()


def test_the_start_counts_in_the_training_with_its_weight_and_not_in_the_validation(batch):
    model = network(start_of_track=True)
    plain = loss(model(sparse_batch(batch, BINS)), torch.from_numpy(batch.direction))
    torch.testing.assert_close(event_losses(model, batch, BINS, "exact", 0.5), plain)
    model.train()
    # Off the middle of the grid by a known vector: two of the network's units are 40 voxels.
    shift = np.array([2.0, -1.0, 0.5], np.float32)
    moved = dataclasses.replace(batch, start=np.tile(BINS / 2 + 20 * shift, (4, 1)))
    output = model(sparse_batch(batch, BINS))
    place = torch.from_numpy(shift).expand(4, 3)
    expected = loss(output, torch.from_numpy(batch.direction)) + 0.5 * gaussian_nll(
        output.start.position, output.start.log_error, place
    )
    torch.testing.assert_close(event_losses(model, moved, BINS, "exact", 0.5), expected)


def test_all_that_is_predicted_in_all_frames_turns_with_the_event(voxels):
    model = network(components=3, start_of_track=True)
    # Logits that depend on the event and on the frame.
    torch.nn.init.normal_(model.theta.head[-1].weight[9:12])
    with torch.no_grad():
        mean = predict_in_frames(model, voxels, 48)
        assert mean.logits.std(0).min() > 0
        for frame in frames(48)[[5, 20, 43]]:
            seen = predict_in_frames(model, turned(voxels, frame), 48)
            # Not the directions: one of kappa 0 is rounding.
            torch.testing.assert_close(natural(seen), natural(mean) @ frame.T)
            torch.testing.assert_close(seen.logits, mean.logits)
            torch.testing.assert_close(seen.start.position, mean.start.position @ frame.T)
            torch.testing.assert_close(seen.start.log_error, mean.start.log_error)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({}, {"components": 3}),
        ({}, {"start_of_track": True}),
        ({}, {"components": 2, "start_of_track": True}),
        ({"start_of_track": True}, {"components": 2, "start_of_track": True}),
        ({"components": 3}, {"components": 3, "start_of_track": True}),
    ],
)
def test_a_training_starts_from_a_network_that_predicts_less(old, new, voxels, tmp_path, caplog):
    folder = make_folder(tmp_path / "old", {**UNET, **old})
    torch.manual_seed(1)
    before = outputs(build_network(settings(**old)).eval(), voxels)
    model = build_network(settings(**new))
    with caplog.at_level(logging.INFO):
        after = outputs(with_start(model, folder / WEIGHTS, settings(**new), BINS).eval(), voxels)
    assert "the network begins with the" in caplog.text
    first = before.logits is None and after.logits is not None
    pick = (lambda x: x[:, 0]) if first else (lambda x: x)
    torch.testing.assert_close(pick(after.direction), before.direction)
    torch.testing.assert_close(pick(after.kappa), before.kappa)
    if before.logits is not None:
        torch.testing.assert_close(after.logits, before.logits)
    elif after.logits is not None:
        assert (after.logits.softmax(1)[:, 0] > 0.96).all()
        torch.testing.assert_close(after.direction[:, 1], -before.direction)
    if after.start is not None and before.start is None:
        assert not after.start.position.any()
        assert not after.start.log_error.any()
    if before.start is not None:
        torch.testing.assert_close(after.start.position, before.start.position)
        torch.testing.assert_close(after.start.log_error, before.start.log_error)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"components": 3}, {"components": 2}),
        ({"components": 2}, {"components": 3}),
        ({"start_of_track": True}, {}),
        ({"widths": [4, 6, 10]}, {"components": 2}),
    ],
)
def test_a_start_that_does_not_fit_is_refused(old, new, tmp_path):
    folder = make_folder(tmp_path / "old", {**UNET, **old})
    with pytest.raises(ValueError, match=r"weights\.safetensors: not the weights of .* 'unet'"):
        with_start(build_network(settings(**new)), folder / WEIGHTS, settings(**new), BINS)
