"""Filaments of developed grains."""

import numpy as np
import pytest

from pipeline.emulsion.clusters.filaments import grow
from pipeline.emulsion.clusters.grains import Grains
from pipeline.emulsion.config.detector import Development, Light

SAME = Light(segment_spread=0.0, filament_spread=0.0)


def made(filaments, per_cluster=1):
    n = len(filaments)
    offsets = np.arange(0, n + 1, per_cluster)
    centres = np.outer(np.arange(n), [1000.0, 0, 0])
    return Grains(offsets, centres, np.full(n, 36.0), np.asarray(filaments))


def test_one_segment_points_outwards_from_the_surface(rng):
    settings = Development(further_segments=0.0)
    segments = grow(made([1] * 500), settings, SAME, rng)
    assert segments.offsets.tolist() == list(range(501))
    length = 50 * segments.amplitudes
    outwards = segments.middles - np.outer(np.arange(500), [1000.0, 0, 0])
    expected = (36 + length / 2)[:, None] * segments.directions
    np.testing.assert_allclose(outwards, expected, atol=1e-9)
    np.testing.assert_allclose(np.linalg.norm(segments.directions, axis=1), 1)
    np.testing.assert_allclose(segments.directions.mean(axis=0), 0, atol=0.1)


def test_lengths_are_normal_within_their_limits(rng):
    segments = grow(made([4] * 5000), Development(), SAME, rng)
    length = 50 * segments.amplitudes
    assert length.min() >= 10
    assert length.max() <= 130
    # Of a normal distribution of 50 and 22 cut off at 10 and 130.
    assert length.mean() == pytest.approx(51.78, abs=0.4)


def test_segments_of_a_filament_follow_each_other(rng):
    settings = Development(further_segments=100.0, max_segments=3)
    segments = grow(made([2, 1], per_cluster=2), settings, SAME, rng)
    assert segments.offsets.tolist() == [0, 9]
    half = 25 * segments.amplitudes[:, None] * segments.directions
    begin, end = segments.middles - half, segments.middles + half
    for first, grain in ((0, 0.0), (3, 0.0), (6, 1000.0)):
        np.testing.assert_allclose(begin[first + 1 : first + 3], end[first : first + 2], atol=1e-9)
        assert np.linalg.norm(begin[first] - [grain, 0, 0]) == pytest.approx(36)


def test_the_number_of_segments(rng):
    segments = grow(made([1] * 20_000), Development(), SAME, rng)
    counts = np.diff(segments.offsets)
    assert counts.min() == 1
    assert counts.max() == 6
    # 1 + Poisson(1.45), at most 6
    assert counts.mean() == pytest.approx(2.449, abs=0.03)


def test_amplitudes_vary_between_and_within_filaments(rng):
    settings = Development(further_segments=0.0, segment_spread_nm=1e-6)
    amplitudes = grow(made([1] * 20_000), settings, Light(), rng).amplitudes
    assert np.log(amplitudes).std() == pytest.approx(np.hypot(0.3, 0.55), rel=0.03)
    assert np.log(amplitudes).mean() == pytest.approx(0, abs=0.02)
