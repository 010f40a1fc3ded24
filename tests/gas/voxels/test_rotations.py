"""Random rotations are rotations, and uniform over SO(3)."""

import numpy as np
import pytest
from scipy import stats

from pipeline.gas.voxels.binning import random_rotations

N = 20_000


@pytest.fixture(scope="module")
def rotations():
    return random_rotations(N, np.random.default_rng(1))


def test_they_are_rotations_and_no_reflections(rotations):
    np.testing.assert_allclose(
        rotations @ rotations.transpose(0, 2, 1), np.tile(np.eye(3), (N, 1, 1)), atol=1e-12
    )
    np.testing.assert_allclose(np.linalg.det(rotations), 1, atol=1e-12)


def test_first_moments_vanish(rotations):
    """An entry has variance 1/3."""
    assert np.abs(rotations.mean(axis=0)).max() < 4.5 / np.sqrt(3 * N)


def test_second_moments_are_those_of_the_haar_measure(rotations):
    """<R_ij R_kl> = delta_ik delta_jl / 3."""
    flat = rotations.reshape(N, 9)
    moments = flat.T @ flat / N
    # The variance of a product of entries is at most 1/5 - 1/9 (squares) or 2/15 (others).
    np.testing.assert_allclose(moments, np.eye(9) / 3, atol=4.5 * np.sqrt(2 / 15 / N))


def test_angle_of_rotation_has_the_haar_density(rotations):
    """The density is (1 - cos theta) / pi, so the distribution is (theta - sin theta) / pi."""
    theta = np.arccos(np.clip((np.trace(rotations, axis1=1, axis2=2) - 1) / 2, -1, 1))
    assert stats.kstest((theta - np.sin(theta)) / np.pi, "uniform").pvalue > 1e-3


def test_azimuth_about_the_initial_direction_is_random_too(rotations):
    """Turned +z says nothing about where +x goes around it.

    The angle of the turned +x against the meridian plane of the turned +z is uniform.
    """
    x, z = rotations[:, :, 0], rotations[:, :, 2]
    east = np.cross([0, 0, 1], z)
    east /= np.linalg.norm(east, axis=1, keepdims=True)
    north = np.cross(z, east)
    azimuth = np.arctan2(np.einsum("ni,ni->n", x, north), np.einsum("ni,ni->n", x, east))
    assert stats.kstest(azimuth / (2 * np.pi) + 0.5, "uniform").pvalue > 1e-3
