"""Shapes, sizes and symmetries of the networks."""

import numpy as np
import pytest
import torch
from helpers.made_blobs import made_blobs
from torch import nn

from pipeline.emulsion.config.networks import read_network
from pipeline.emulsion.networks.architectures import build_network
from pipeline.emulsion.networks.batches import Batch
from pipeline.emulsion.networks.layers import weights_of
from pipeline.emulsion.networks.losses import event_losses
from pipeline.emulsion.networks.output import axis_of
from pipeline.learning.optimiser import build_optimiser

BLOCKS = {
    "harmonic": {"architecture": "harmonic"},
    "small3d": {"architecture": "small3d"},
    "paper 2020": {"architecture": "paper", "version": "2020"},
    "paper 2021": {"architecture": "paper", "version": "2021"},
    "border": {"architecture": "dense", "sees": "border"},
    "brightness": {"architecture": "dense", "sees": "brightness"},
}
WEIGHTS = {
    "harmonic": 250_709,
    "small3d": 98_085,
    "paper 2020": 5_917_473,
    "paper 2021": 6_888_641,
    "border": 13_529,
    "brightness": 2_243,
}


def settings(name, **more):
    return read_network({**BLOCKS[name], "samples": ["C", "fog"], **more})


def noise(n, pixels=40):
    torch.manual_seed(1)
    return torch.randint(5, 25, (n, 8, pixels, pixels), dtype=torch.uint8)


@pytest.mark.parametrize("name", BLOCKS)
def test_output_and_number_of_weights(name):
    model = build_network(settings(name)).eval()
    with torch.no_grad():
        output = model(noise(3))
    assert output.logit.shape == (3,)
    directions = name in ("harmonic", "small3d")
    assert [None if v is None else tuple(v.shape) for v in (output.axis, output.sense)] == (
        [(3, 2), (3, 2)] if directions else [None, None]
    )
    assert weights_of(model) == WEIGHTS[name]


@pytest.mark.parametrize("name", BLOCKS)
def test_larger_images(name):
    model = build_network(settings(name), pixels=46).eval()
    with torch.no_grad():
        assert model(noise(1, 46)).logit.isfinite().all()


@pytest.mark.parametrize("name", ["harmonic", "small3d"])
def test_directions_can_be_left_out(name):
    output = build_network(settings(name, directions=False))(noise(2))
    assert output.axis is None


@pytest.mark.parametrize("name", ["harmonic", "small3d"])
def test_half_a_turn_keeps_logit_and_axis_and_reverses_the_sense(name):
    model, images = build_network(settings(name)).eval(), noise(3)
    with torch.no_grad():
        one, other = model(images), model(images.flip(2, 3))
    torch.testing.assert_close(one.logit, other.logit)
    torch.testing.assert_close(one.axis, other.axis)
    # Of a network that has learnt nothing it is small.
    torch.testing.assert_close(one.sense, -other.sense, atol=0, rtol=1e-4)
    assert one.sense.all()


@pytest.mark.parametrize("name", ["harmonic", "small3d", "paper 2021", "border", "brightness"])
def test_a_few_steps_fit_a_batch(name):
    torch.manual_seed(2)
    n, steps = (4, 2) if name.startswith("paper") else (8, 12)
    images = noise(n)
    images[::2, :, 15:25, 15:25] += 20
    images[::2, :, 0] += 20  # for the network that sees the border only
    turn = 15.0 * torch.arange(n) if name.startswith("paper") else None
    label = (torch.arange(n) % 2 == 0).to(torch.uint8)
    batch = Batch(images, label, torch.full((n,), torch.nan), turn)
    block = settings(name)
    model = build_network(block)
    for layer in model.modules():
        if isinstance(layer, nn.Dropout):
            layer.p = 0.0
    optimiser = build_optimiser(model, block.optimiser)
    losses = []
    for _ in range(steps):
        optimiser.zero_grad()
        value = event_losses(model, batch).mean()
        value.backward()
        assert all(p.grad.isfinite().all() for p in model.parameters() if p.grad is not None)
        optimiser.step()
        losses.append(value.item())
    assert losses[-1] < 0.9 * losses[0]


@pytest.mark.gpu
@pytest.mark.parametrize("name", BLOCKS)
def test_gpu_computes_what_the_cpu_does(name):
    model, images, turn = build_network(settings(name)).eval(), noise(4), torch.full((4,), 15.0)
    with torch.no_grad():
        expected = model(images, turn).logit
        found = model.to("cuda")(images.to("cuda"), turn.to("cuda")).logit
    torch.testing.assert_close(found.cpu(), expected, atol=2e-3, rtol=1e-2)


def test_small3d_does_not_care_where_the_analyser_starts():
    """A shift of the images by two steps, the stride of the pool, is no change for it."""
    model = build_network(settings("small3d")).eval()
    images = noise(2)
    with torch.no_grad():
        one, other = (model(x).logit for x in (images, images.roll(2, dims=1)))
    torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-4)


def test_paper_has_the_authors_layers():
    """Sizes printed in their public code for the best network at 40 x 40 x 9."""
    body = build_network(settings("paper 2021")).body[0].eval()
    found = []

    def note(_module, inputs, output):
        found.append(tuple(output.shape[1:]))

    for layer in body:
        layer.register_forward_hook(note)
    with torch.no_grad():
        body(torch.zeros(1, 1, 9, 40, 40))
    kept = [shape for i, shape in enumerate(found) if not i or shape != found[i - 1]]
    assert kept == [
        (32, 7, 38, 38),
        (64, 7, 38, 38),
        (64, 3, 19, 19),
        (256, 2, 10, 10),
        (256, 1, 5, 5),
        (512, 1, 5, 5),
        (12800,),
    ]


def test_paper_has_the_authors_weights():
    """6,935,528 are printed, for four kinds of clusters and with means and variances."""
    four_kinds, one_logit = 4 * 12801, 12801
    # Six normalisations of the analyser's axis are of channels here.
    slip = 3 * (256 - 8) + 3 * (512 - 4)
    means_and_variances = 2 * (2 * 64 + 2 * 256 + 3 * (2 * 64 + 256)) * (1 + 2)
    assert 6_935_528 - four_kinds + one_logit + slip - means_and_variances == WEIGHTS["paper 2021"]


def test_untrained_axes_are_those_of_the_elongation() -> None:
    """So that a training begins with some knowledge of them, whatever its random weights."""
    torch.manual_seed(1)
    model = build_network(settings("harmonic")).eval()
    clusters = made_blobs(200, 1, 3)
    with torch.no_grad():
        axis, _ = axis_of(model(torch.from_numpy(clusters.images)).axis)
    x, y, _ = clusters.direction.T
    assert np.cos(2 * (axis.numpy() - np.arctan2(y, x))).mean() > 0.5
