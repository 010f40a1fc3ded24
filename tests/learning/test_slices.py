"""The gradient of a batch in slices is that of the batch, whatever the number of threads."""

import numpy as np
import pytest
import torch
from helpers.regression import squared_error

from pipeline.learning.slices import Slices
from pipeline.sparse.tensor import sparse_tensor
from pipeline.sparse.unet import UNet


def gradients(model):
    return [p.grad.clone() for p in model.parameters()]


@pytest.fixture
def rows():
    return torch.randn(10, 4, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


@pytest.fixture
def linear():
    torch.manual_seed(2)
    return torch.nn.Linear(3, 1, dtype=torch.float64)


@pytest.mark.parametrize("sizes", [[10], [5, 5], [4, 3, 3]])
def test_loss_and_gradient_are_those_of_the_whole_batch(linear, rows, sizes):
    residual = rows[:, :3] @ linear.weight[0].detach() + linear.bias.detach() - rows[:, 3]
    total = Slices(linear, squared_error, 3, 2).gradient(rows.split(sizes))
    assert total == pytest.approx(float(residual.square().sum()), rel=1e-12)
    expected = 2 / 10 * residual @ rows[:, :3]
    torch.testing.assert_close(linear.weight.grad[0], expected, rtol=1e-12, atol=0)
    torch.testing.assert_close(linear.bias.grad[0], 0.2 * residual.sum(), rtol=1e-12, atol=0)


def test_every_slice_sees_the_weights_of_the_last_step(linear, rows):
    slices = Slices(linear, squared_error, 2, 2)
    optimiser = torch.optim.SGD(linear.parameters(), lr=0.1)
    for _ in range(3):
        slices.gradient(rows.split(5))
        optimiser.step()
    total = slices.gradient(rows.split(5))
    assert total == pytest.approx(squared_error(linear, rows).sum().item(), rel=1e-12)
    expected = torch.autograd.grad(squared_error(linear, rows).mean(), linear.weight)[0]
    torch.testing.assert_close(linear.weight.grad, expected)


def test_each_slice_is_normalised_by_itself_and_the_running_moments_are_means(rows):
    norm = torch.nn.BatchNorm1d(3, momentum=0.25).double()
    first, second = rows[:6], rows[6:]
    slices = Slices(norm, lambda model, r: model(r[:, :3]).square().sum(1), 2, 2)
    for _ in range(2):
        slices.gradient([first, second])
    means = torch.stack([first[:, :3].mean(0), second[:, :3].mean(0)]).mean(0)
    torch.testing.assert_close(norm.running_mean, (1 - 0.75**2) * means)
    assert norm.num_batches_tracked == 2


def events_with_voxels(n, rng):
    """n events of 30 voxels each on a grid of 16^3, as (flat voxels, truth)."""
    voxels = np.stack([rng.choice(16**3, 30, replace=False) for _ in range(n)])
    return list(zip(voxels, rng.normal(size=(n, 3)).astype(np.float32), strict=True))


def unet_loss(model, events):
    voxels = np.stack([v for v, _ in events])
    event = np.repeat(np.arange(len(events)), voxels.shape[1])
    places = np.stack([event, *np.unravel_index(voxels.ravel(), (16, 16, 16))], 1)
    indices = torch.from_numpy(places.astype(np.int32))
    counts = torch.ones(len(indices), 1)
    found = model(sparse_tensor(indices, counts, (16, 16, 16), len(events)))
    return (found - torch.from_numpy(np.stack([t for _, t in events]))).square().sum(1)


def unet_gradients(threads):
    torch.manual_seed(3)
    model = UNet([8, 8, 8], outputs=3, backend="torch")
    events = events_with_voxels(12, np.random.default_rng(4))
    slices = Slices(model, unet_loss, 3, threads)
    totals = [slices.gradient([events[:4], events[4:8], events[8:]]) for _ in range(2)]
    return totals, gradients(model) + [b.clone() for b in model.buffers()]


def test_any_number_of_threads_gives_the_same_bits():
    one, three = unet_gradients(1), unet_gradients(3)
    assert one[0] == three[0]
    assert all(torch.equal(a, b) for a, b in zip(one[1], three[1], strict=True))


def test_an_error_in_a_slice_is_raised(linear, rows):
    def broken(model, events):
        raise ValueError("voxel outside the grid")

    with pytest.raises(ValueError, match="voxel outside the grid"):
        Slices(linear, broken, 2, 2).gradient(rows.split(5))
