"""Summaries of measured events against sums over a dense grid."""

import numpy as np
import pytest

from pipeline.gas.response.moments import SUMMARIES, event_summaries

BINS = 12


def summaries_of(grids):
    """Summaries of dense grids float [n, BINS, BINS, BINS]; columns by name."""
    flat = grids.reshape(len(grids), -1)
    events, voxels = np.nonzero(flat)
    offsets = np.searchsorted(events, np.arange(len(grids) + 1))
    values = event_summaries(
        voxels.astype(np.int32), flat[events, voxels].astype(np.float32), offsets, BINS
    )
    return dict(zip(SUMMARIES, values.T, strict=True))


@pytest.fixture(scope="module")
def grids():
    rng = np.random.default_rng(4)
    charge = rng.gamma(1.0, 2.0, (5, BINS, BINS, BINS)).astype(np.float32)
    return np.where(rng.random(charge.shape) < 0.2, charge, 0).astype(np.float64)


def correlation(grids, lag, axis):
    """Sum of products of the voxels `lag` apart along an axis, by shifting the grid."""
    first = np.take(grids, range(lag, BINS), axis + 1)
    return (first * np.take(grids, range(BINS - lag), axis + 1)).sum(axis=(1, 2, 3))


@pytest.mark.parametrize("lag", [1, 2])
@pytest.mark.parametrize("what", ["charge", "voxels"])
def test_correlations(grids, what, lag):
    found = summaries_of(grids)
    values = grids if what == "charge" else (grids > 0).astype(float)
    norm = (values**2).sum(axis=(1, 2, 3))
    x, y, z = (correlation(values, lag, axis) / norm for axis in range(3))
    assert found[f"{what}_across_{lag}"] == pytest.approx((x + y) / 2)
    assert found[f"{what}_along_{lag}"] == pytest.approx(z)


def test_numbers_of_the_charges(grids):
    found = summaries_of(grids)
    for event, grid in enumerate(grids):
        charge = grid[grid > 0]
        assert found["ln_voxels"][event] == pytest.approx(np.log(len(charge)))
        assert found["ln_charge"][event] == pytest.approx(np.log(charge.sum()))
        assert found["one_electron_share"][event] == pytest.approx(np.mean(charge < 1.5))
        assert found["mean_ln_charge"][event] == pytest.approx(np.log1p(charge).mean())
        assert found["variance_ln_charge"][event] == pytest.approx(np.log1p(charge).var())


def test_lone_voxels():
    grid = np.zeros((3, BINS, BINS, BINS))
    grid[:, 0, 0, 0] = 1  # in the corner of the grid
    grid[1, 11, 11, 11] = 1  # two blocks away
    grid[2, 4, 4, 7] = 1  # in the next block
    assert np.expm1(summaries_of(grid)["ln_lone_voxels"]).round(12).tolist() == [1, 2, 0]


def test_an_event_without_voxels_has_no_numbers():
    grid = np.zeros((3, BINS, BINS, BINS))
    grid[1, 3, 3, 3] = 2
    assert np.isnan(summaries_of(grid)["ln_charge"]).tolist() == [True, False, True]
