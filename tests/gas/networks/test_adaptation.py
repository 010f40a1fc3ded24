"""Terms of the training loss that make activations of two samples alike."""

import numpy as np
import pytest
import torch
from scipy import stats
from torch import nn
from torch.nn import functional

from pipeline.gas.networks.adaptation import (
    MISMATCHES,
    Adversary,
    EnergyDistance,
    endless_batches,
    reverse_gradient,
)
from pipeline.gas.voxels.shards import concatenate, read_shard


def mean_distance(shift, sigma):
    """<|x|> of a Gaussian of this mean and sigma, a folded normal distribution."""
    return stats.foldnorm(abs(shift) / sigma, scale=sigma).mean()


@pytest.fixture
def rng():
    return torch.Generator().manual_seed(1)


def test_energy_distance_of_two_gaussians_is_the_closed_form(rng):
    shift, n = 1.5, 3000
    first, second = torch.randn(2, n, 1, generator=rng)
    distance = EnergyDistance(1, weight=0.5)(first, second + shift)
    spread = np.sqrt(1 + shift**2 / 4)
    expected = 2 * (mean_distance(shift, 2**0.5) - mean_distance(0, 2**0.5)) / spread
    assert float(distance) == pytest.approx(0.5 * expected, rel=0.05)


def test_energy_distance_of_a_few_events_by_hand():
    first, second = torch.tensor([[0.0, 7.0], [2.0, 7.0]]), torch.tensor([[4.0, 7.0]])
    # Distances 4 and 2 between, 2 within; the second feature is dead.
    expected = (2 * 3 - 2) / np.sqrt(8 / 3)
    assert float(EnergyDistance(2, weight=1)(first, second)) == pytest.approx(expected)


def test_energy_distance_of_equal_samples_is_zero_on_average(rng):
    """So few events would look different with distances of events to themselves."""
    found = [
        float(EnergyDistance(3, weight=1)(*torch.randn(2, 6, 3, generator=rng)))
        for _ in range(1000)
    ]
    assert abs(np.mean(found)) < 4 * np.std(found) / np.sqrt(len(found))


def test_reversal_changes_the_gradient_only():
    values = torch.tensor([1.0, -2.0, 3.0], requires_grad=True)
    reversed_ = reverse_gradient(values, 0.3)
    assert torch.equal(reversed_, values)
    (reversed_**2).sum().backward()
    torch.testing.assert_close(values.grad, -0.3 * 2 * values.detach())


def test_the_adversary_learns_forwards_and_the_network_backwards(rng):
    first, second = torch.randn(2, 8, 5, generator=rng)
    events = torch.cat([first, second]).requires_grad_()
    adversary = Adversary(5, weight=0.25)
    adversary(events[:8], events[8:]).backward()
    plain = torch.cat([first, second]).requires_grad_()
    truth = torch.cat([torch.ones(8), torch.zeros(8)])
    score = adversary.layers(plain)[:, 0]
    loss = functional.binary_cross_entropy_with_logits(score, truth)
    wanted = torch.autograd.grad(loss, [plain, *adversary.parameters()])
    torch.testing.assert_close(events.grad, -0.25 * wanted[0])
    for parameter, gradient in zip(adversary.parameters(), wanted[1:], strict=True):
        torch.testing.assert_close(parameter.grad, gradient)


@pytest.mark.parametrize("by", MISMATCHES)
def test_a_feature_in_which_the_samples_differ_is_unlearnt(by):
    """Two features show the same truth, one of them is shifted in the second sample."""
    torch.manual_seed(1)
    layer, mismatch = nn.Linear(2, 1), MISMATCHES[by](1, 2.0)
    nn.init.constant_(layer.weight, 0.5)
    optimiser = torch.optim.Adam([*layer.parameters(), *mismatch.parameters()], 0.01)
    for _ in range(300):
        truth, other = torch.randn(2, 64, 1)
        features = [x.repeat(1, 2) + 0.5 * torch.randn(64, 2) for x in (truth, other)]
        features[1][:, 1] += 2
        first, second = map(layer, features)
        loss = functional.mse_loss(first, truth) + mismatch(first, second)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    sound, shifted = layer.weight[0].abs().tolist()
    assert shifted < 0.4 * sound  # without adaptation they are equal


def test_other_events_come_again_and_again_in_whole_batches(files):
    events = concatenate(list(read_shard(files.shards[0])))
    size = len(events) // 2 - 3
    batches = endless_batches(files.shards, size, np.random.default_rng(1))
    found = [next(batches) for _ in range(5)]
    assert [len(batch) for batch in found] == [size] * 5
    turn = np.concatenate([batch.event_id for batch in found[:2]])
    assert len(np.unique(turn)) == 2 * size
    assert not np.array_equal(found[0].event_id, found[2].event_id)


def test_fewer_other_events_than_a_batch_are_refused(files):
    batches = endless_batches(files.shards, 1000, np.random.default_rng(1))
    with pytest.raises(ValueError, match="fewer than a batch of 1000"):
        next(batches)
