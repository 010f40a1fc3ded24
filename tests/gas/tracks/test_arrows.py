"""Arrows have the shape of the paper's appendix B and are filled at uniform density."""

import numpy as np
import pytest
from scipy import stats

from pipeline.gas.config.sources import Arrows
from pipeline.gas.tracks.arrows import make_arrows

SHAPE = Arrows(kind="arrows", events=5, points=20_000)
SHAFT = np.pi * SHAPE.shaft_radius_um**2 * SHAPE.shaft_length_um
HEAD = np.pi * SHAPE.head_radius_um**2 * SHAPE.head_length_um / 3


@pytest.fixture(scope="module")
def points():
    (batch,) = make_arrows(SHAPE, np.random.default_rng(1))
    return batch.positions_um.astype(float)


@pytest.fixture(scope="module")
def head(points):
    return points[points[:, 2] > SHAPE.shaft_length_um]


@pytest.fixture(scope="module")
def shaft(points):
    return points[points[:, 2] < SHAPE.shaft_length_um]


def cylindrical_r(points):
    return np.hypot(points[:, 0], points[:, 1])


def test_head_and_shaft_share_the_points_by_volume(points, head):
    inside = stats.binomtest(len(head), len(points), HEAD / (HEAD + SHAFT))
    assert inside.pvalue > 1e-3


def test_points_lie_inside_the_arrow_and_reach_its_ends(points, head, shaft):
    length = SHAPE.shaft_length_um + SHAPE.head_length_um
    assert points[:, 2].min() >= 0
    assert points[:, 2].max() <= length
    assert points[:, 2].max() > 0.95 * length
    # float32 coordinates of 24 mm are good to a few nm.
    assert cylindrical_r(shaft).max() <= SHAPE.shaft_radius_um * (1 + 1e-6)
    slope = SHAPE.head_radius_um / SHAPE.head_length_um
    assert (cylindrical_r(head) <= slope * (length - head[:, 2]) + 0.01).all()


def test_shaft_is_uniform(shaft):
    """Uniform in z, and r^2 uniform as the area within r."""
    for value, end in (
        (shaft[:, 2], SHAPE.shaft_length_um),
        (cylindrical_r(shaft) ** 2, SHAPE.shaft_radius_um**2),
    ):
        assert stats.kstest(value / end, "uniform").pvalue > 1e-3


def test_head_is_uniform(head):
    """The volume of the cone above height h is (1 - h)^3, and within a slice r^2 is uniform."""
    rest = 1 - (head[:, 2] - SHAPE.shaft_length_um) / SHAPE.head_length_um
    assert stats.kstest(rest**3, "uniform").pvalue > 1e-3
    relative = (cylindrical_r(head) / (SHAPE.head_radius_um * rest)) ** 2
    assert stats.kstest(relative, "uniform").pvalue > 1e-3


def test_azimuth_is_uniform(points):
    phi = np.arctan2(points[:, 1], points[:, 0])
    assert stats.kstest(phi / (2 * np.pi) + 0.5, "uniform").pvalue > 1e-3


def test_arrows_come_in_batches_of_equal_arrows():
    shape = Arrows(kind="arrows", events=300, points=3)
    batches = list(make_arrows(shape, np.random.default_rng(1)))
    assert [len(b) for b in batches] == [256, 44]
    assert np.concatenate([b.source_event for b in batches]).tolist() == list(range(300))
    assert all((np.diff(b.offsets) == 3).all() for b in batches)


def test_same_generator_same_arrows():
    first, second = (
        next(make_arrows(SHAPE, np.random.default_rng(seed))).positions_um for seed in (7, 7)
    )
    np.testing.assert_array_equal(first, second)
