"""The paper's networks: shapes, parameters, predictions, losses, refusals."""

import numpy as np
import pytest
import torch
from helpers.made_lines import voxel_batch
from torch import nn

from pipeline.gas.config.networks import read_network
from pipeline.gas.networks.architectures import build_network, loss
from pipeline.gas.networks.output import Output
from pipeline.gas.voxels.batches import sparse_batch
from pipeline.gas.voxels.shards import VoxelBatch
from pipeline.learning.vmf import cosine_distance, vmf_nll
from pipeline.sparse.tensor import SparseTensor


def untrained(architecture: str, grid_bins: int = 120) -> nn.Module:
    return build_network(read_network({"architecture": architecture}), grid_bins)


@pytest.fixture(scope="module")
def lines() -> VoxelBatch:
    return voxel_batch(120, 5)


def test_sparse_batch_puts_the_counts_at_their_voxels(lines: VoxelBatch) -> None:
    x = sparse_batch(lines, 120)
    assert (x.batch_size, x.spatial_shape) == (5, (120, 120, 120))
    dense = x.to_dense()[:, 0].reshape(5, -1)
    for event in range(5):
        rows = slice(lines.offsets[event], lines.offsets[event + 1])
        expected = np.zeros(120**3, np.float32)
        expected[lines.voxels[rows]] = lines.counts[rows]
        assert np.array_equal(dense[event].numpy(), expected)


def test_voxel_outside_the_grid_is_refused(lines: VoxelBatch) -> None:
    with pytest.raises(ValueError, match="i runs from"):
        sparse_batch(lines, 60)


@pytest.mark.parametrize("architecture", ["rcn", "hcn"])
def test_prediction_is_a_unit_vector_and_for_the_hcn_a_positive_kappa(
    lines: VoxelBatch, architecture: str
) -> None:
    torch.manual_seed(0)
    prediction = untrained(architecture)(sparse_batch(lines, 120))
    torch.testing.assert_close(prediction.direction.norm(dim=1), torch.ones(5))
    if architecture == "rcn":
        assert prediction.kappa is None
    else:
        assert prediction.kappa.shape == (5,)
        assert (prediction.kappa > 0).all()


def test_layers_are_those_of_the_paper(lines: VoxelBatch) -> None:
    """Section 3: features of 10 x 6^3 = 2160 values; parameters counted by hand."""
    network = untrained("hcn")
    assert network.shared[0].in_features == 2160
    assert network.features(sparse_batch(lines, 120)).to_dense().shape == (5, 10, 6, 6, 6)
    convolutions = (
        *(1 * 32 * 7**3 + 32, 32 * 40 * 5**3 + 40, 40 * 50 * 6**3 + 50),
        *(50 * 30 * 3**3 + 30, 30 * 10 * 3**3 + 10),
    )
    shared = 2160 * 500 + 500
    head = 500 * 200 + 200 + 200 * 50 + 50
    count = {name: sum(p.numel() for p in untrained(name).parameters()) for name in ("rcn", "hcn")}
    assert count["rcn"] == sum(convolutions) + shared + head + 50 * 3 + 3
    assert count["hcn"] == count["rcn"] + head + 50 + 1


def test_normalised_network_is_the_paper_s_with_other_weights(lines: VoxelBatch) -> None:
    """A convolution and the factor and offset behind it are a convolution."""
    torch.manual_seed(3)
    normalised = build_network(read_network({"architecture": "hcn", "normalise": True}))
    for _ in range(3):  # in training it sees the batch, and notes its mean and variance
        normalised(sparse_batch(lines, 120))
    for name, weight in normalised.named_parameters():
        if name.endswith(("module.0.weight", ".0.bias")):
            torch.nn.init.uniform_(weight, 0.5, 1.5)
    normalised.eval()
    paper = untrained("hcn")
    paper.load_state_dict(paper.begun(normalised.state_dict()))
    with torch.no_grad():
        found, expected = paper(sparse_batch(lines, 120)), normalised(sparse_batch(lines, 120))
    torch.testing.assert_close(found.direction, expected.direction, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(found.kappa, expected.kappa, rtol=1e-4, atol=1e-5)


def test_same_seed_gives_the_same_network_and_events_do_not_mix(lines: VoxelBatch) -> None:
    def predict(x: SparseTensor) -> Output:
        torch.manual_seed(1)
        with torch.no_grad():
            return untrained("hcn")(x)

    whole = predict(sparse_batch(lines, 120))
    assert torch.equal(whole.direction, predict(sparse_batch(lines, 120)).direction)
    for event in range(5):
        alone = predict(sparse_batch(lines.take(np.array([event])), 120))
        torch.testing.assert_close(alone.direction[0], whole.direction[event])
        torch.testing.assert_close(alone.kappa[0], whole.kappa[event])


def test_loss_is_the_cosine_distance_without_kappa_and_the_likelihood_with() -> None:
    direction, true = torch.nn.functional.normalize(torch.randn(2, 6, 3), dim=2)
    kappa = torch.rand(6) * 5
    rcn, hcn = Output(direction, None), Output(direction, kappa)
    assert torch.equal(loss(rcn, true), cosine_distance(direction, true))
    torch.testing.assert_close(loss(rcn, true), 1 - (direction * true).sum(1))
    for form in ("exact", "paper"):
        assert torch.equal(loss(hcn, true, form), vmf_nll(direction, kappa, true, form))


def test_every_parameter_learns_and_a_few_steps_lower_the_loss() -> None:
    torch.manual_seed(2)
    batch = voxel_batch(48, 5, seed=3)
    x, true = sparse_batch(batch, 48), torch.from_numpy(batch.direction)
    network = untrained("hcn", grid_bins=48)
    optimiser = torch.optim.Adam(network.parameters(), 2e-3)
    losses = []
    for _ in range(12):
        optimiser.zero_grad()
        value = loss(network(x), true).mean()
        value.backward()
        losses.append(value.item())
        assert all(p.grad.count_nonzero() > 0 for p in network.parameters())
        optimiser.step()
    assert losses[-1] < losses[0] - 0.5


def test_small_grid_and_wrong_grid_are_refused(lines: VoxelBatch) -> None:
    with pytest.raises(ValueError, match=r"a grid of 39\^3 voxels is too small .* at least 40"):
        untrained("rcn", grid_bins=39)
    assert untrained("rcn", grid_bins=40).shared[0].in_features == 10
    with pytest.raises(ValueError, match=r"built for 48\^3 voxels got a grid of \(120, 120, 120\)"):
        untrained("rcn", grid_bins=48)(sparse_batch(lines, 120))
