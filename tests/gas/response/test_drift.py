"""Diffusion and attachment against their closed forms."""

import numpy as np
import pytest

from pipeline.gas.response.drift import diffused, surviving
from pipeline.gas.voxels.binning import random_rotations

ELECTRONS = 40_000
ERROR = (2 / ELECTRONS) ** 0.5  # relative, of a variance


def moved(positions, drift_cm=0.0, squared=(0, 0), constant=(0, 0), rotation=None, seed=1):
    turn = np.eye(3)[None] if rotation is None else rotation
    return diffused(
        np.asarray(positions, np.float32),
        np.array([0, len(positions)]),
        turn,
        np.array([float(drift_cm)]),
        np.array([squared], float),
        np.array([constant], float),
        np.random.default_rng(seed),
    )


def test_variance_grows_with_the_drift_length_and_differs_along_z():
    squared, constant = (129.0**2, 124.0**2), (118.0**2, 105.0**2)
    spread, length_cm, _ = moved(np.zeros((ELECTRONS, 3)), 9, squared, constant)
    expected = [129**2 * 9 + 118**2, 129**2 * 9 + 118**2, 124**2 * 9 + 105**2]
    assert spread.var(axis=0) == pytest.approx(expected, rel=4 * ERROR)
    assert (length_cm == 9).all()


def test_electrons_above_the_centre_drift_longer():
    """Two clusters, 4 cm apart along the drift, whose centre drifts 5 cm."""
    positions = np.zeros((2 * ELECTRONS, 3))
    positions[:ELECTRONS, 2] = 4e4
    spread, length_cm, centre_um = moved(positions, 5, squared=(100.0**2, 0))
    assert centre_um.tolist() == [[0, 0, 2e4]]
    for cluster, length in ((slice(ELECTRONS), 7), (slice(ELECTRONS, None), 3)):
        assert length_cm[cluster] == pytest.approx(length)
        assert spread[cluster, 0].var() == pytest.approx(1e4 * length, rel=4 * ERROR)


def test_a_drift_is_never_negative():
    _, length_cm, _ = moved([[0, 0, -5e4], [0, 0, 5e4]], drift_cm=1)
    assert length_cm.tolist() == [0, 6]


def test_without_diffusion_electrons_are_only_rotated_and_centred():
    rng = np.random.default_rng(2)
    positions, rotation = rng.normal(0, 1e3, (50, 3)), random_rotations(1, rng)
    result, _, centre_um = moved(positions, rotation=rotation)
    turned = positions @ rotation[0].T
    assert centre_um[0] == pytest.approx(turned.mean(axis=0), abs=1e-3)
    assert result == pytest.approx(turned - turned.mean(axis=0), abs=1e-3)


def test_the_same_numbers_are_drawn_for_another_diffusion():
    first, _, _ = moved(np.zeros((100, 3)), constant=(200.0**2, 200.0**2))
    second, _, _ = moved(np.zeros((100, 3)), constant=(300.0**2, 100.0**2))
    assert second == pytest.approx(first * [1.5, 1.5, 0.5])


def test_share_of_electrons_that_arrive():
    length_cm = np.full(ELECTRONS, 12.0)
    arrived = surviving(length_cm, np.full(ELECTRONS, 0.05), np.random.default_rng(1))
    expected = np.exp(-0.6)
    error = (expected * (1 - expected) / ELECTRONS) ** 0.5
    assert abs(arrived.mean() - expected) < 4 * error
    assert surviving(length_cm, np.zeros(ELECTRONS), np.random.default_rng(1)).all()
