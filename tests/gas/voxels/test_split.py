"""Training or validation is a property of the event."""

import numpy as np
import pytest
from scipy import stats

from pipeline.gas.voxels.shards import VoxelBatch, concatenate
from pipeline.gas.voxels.split import in_validation


@pytest.fixture(scope="module")
def many():
    """20000 events without voxels of two sources with the same ids."""
    n = 10_000
    none = np.zeros((2 * n, 3), np.float32)
    return VoxelBatch(
        source=np.repeat(["made", "read"], n),
        event_id=np.tile(np.arange(n), 2),
        offsets=np.zeros(2 * n + 1, int),
        voxels=np.empty(0, np.int32),
        counts=np.empty(0, np.uint16),
        direction=none,
        start=none,
        sigma_um=none[:, 0],
        energy_keV=none[:, 0],
    )


@pytest.mark.parametrize("fraction", [0.01, 0.2, 0.5, 0.99])
def test_fraction_is_kept_within_the_binomial_error(many, fraction):
    for source in ("made", "read"):
        chosen = in_validation(many, 1, fraction)[many.source == source]
        assert stats.binomtest(int(chosen.sum()), len(chosen), fraction).pvalue > 1e-3


def test_neighbouring_ids_are_chosen_independently(many):
    chosen = in_validation(many, 1, 0.2)[:10_000]
    pairs = chosen[:-1] & chosen[1:]
    assert abs(pairs.mean() - 0.04) < 4 * np.sqrt(0.04 * 0.96 / len(pairs))


def test_place_of_an_event_does_not_matter(voxel_events):
    batch = concatenate([voxel_events(300), voxel_events(300, 0, "read")])
    whole = in_validation(batch, 1, 0.3)
    order = np.random.default_rng(1).permutation(len(batch))
    np.testing.assert_array_equal(in_validation(batch.take(order), 1, 0.3), whole[order])
    for cut in (1, 100, 450):
        parts = [batch.take(np.arange(cut)), batch.take(np.arange(cut, 600))]
        np.testing.assert_array_equal(
            np.concatenate([in_validation(part, 1, 0.3) for part in parts]), whole
        )


def test_larger_fraction_contains_the_smaller(many):
    small, large = (in_validation(many, 1, fraction) for fraction in (0.1, 0.2))
    assert (large | ~small).all()


def test_seeds_and_sources_choose_independently(many):
    one, two = (in_validation(many, seed, 0.2) for seed in (1, 2))
    for a, b in ((one, two), (one[:10_000], one[10_000:])):
        assert abs((a & b).mean() - 0.04) < 4 * np.sqrt(0.04 * 0.96 / len(a))


def test_choice_never_changes(many):
    """Golden value: another choice would mix training and validation of a resumed training."""
    assert np.flatnonzero(in_validation(many, 1, 0.2)[:40]).tolist() == [6, 8, 19, 27, 29, 30]


def test_no_events_no_mask(many):
    assert in_validation(many.take(np.empty(0, int)), 1, 0.2).shape == (0,)
