"""Random directions and rotations of compiled loops."""

import math

import numpy as np
import pytest

from pipeline.physics.directions import azimuth, turn


def test_azimuth_is_uniform() -> None:
    rng = np.random.default_rng(2)
    angles = np.array([azimuth(rng) for _ in range(20_000)])
    np.testing.assert_allclose(np.hypot(*angles.T), 1.0)
    phase = np.arctan2(angles[:, 1], angles[:, 0])
    counts, _ = np.histogram(phase, 16, (-np.pi, np.pi))
    assert np.sum((counts - 1250) ** 2 / 1250) < 40  # chi^2 of 15 degrees of freedom, p = 0.0005


@pytest.mark.parametrize("start", [(0.0, 0.0, 1.0), (0.0, 0.0, -1.0), (0.48, -0.6, 0.64)])
@pytest.mark.parametrize("cosine", [0.9, 0.0, -0.4])
def test_turn_keeps_length_and_makes_the_angle(start: tuple, cosine: float) -> None:
    turned = np.array([turn(*start, cosine, math.cos(p), math.sin(p)) for p in (0.0, 1.0, 2.5)])
    np.testing.assert_allclose(np.linalg.norm(turned, axis=1), 1.0)
    np.testing.assert_allclose(turned @ start, cosine, atol=1e-12)
    # The azimuths between the turned directions are those that were asked for.
    side = turned - np.outer(turned @ start, start)
    assert side[0] @ side[1] == pytest.approx((1 - cosine**2) * math.cos(1.0))
