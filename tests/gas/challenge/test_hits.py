"""Hits of a hidden detector: directions, times, and the geometry of the rotations."""

import numpy as np
import pytest
from helpers.made_tracks import along_z

from pipeline.gas.challenge.hits import DAY_S, FIRST_S, about, drawn, made_hits, turned_onto
from pipeline.gas.config.observed import DirectionTest
from pipeline.gas.config.response import Response
from pipeline.gas.config.voxels import Grid
from pipeline.gas.hits.direction_test import expected_directions
from pipeline.physics.solar_neutrinos import recoil_angles

SUN = DirectionTest(
    site={"latitude_deg": 42.4, "longitude_deg": 13.5},
    axes={"x": [0, 1, 0], "y": [0, 0, 1], "z": [1, 0, 0]},
)
EVENTS, ELECTRONS = 400, 60


def unit(rng, n=50):
    vectors = rng.standard_normal((n, 3))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def arrows(rng):
    """Straight lines of 3 cm along z, dense at their start, the origin."""
    positions = np.zeros((EVENTS * ELECTRONS, 3), np.float32)
    positions[:, 2] = 3e4 * rng.uniform(size=len(positions)) ** 3
    return along_z(ELECTRONS * np.arange(EVENTS + 1), positions)


def directions(hits):
    """Principal axis of each event [n, 3], away from its dense end."""
    found = []
    for _, rows in hits.groupby("event"):
        places = rows[["x", "y", "z"]].to_numpy()
        charge = rows["charge"].to_numpy()
        places = places - np.average(places, axis=0, weights=charge)
        axis = np.linalg.svd(places)[2][0]
        found.append(np.sign(charge @ (places @ axis) ** 3) * axis)
    return np.array(found)


def test_a_rotation_turns_one_vector_onto_the_other(rng):
    first, second = unit(rng), unit(rng)
    turns = turned_onto(first, second)
    assert np.einsum("nij,nj->ni", turns, first) == pytest.approx(second)
    assert turns @ turns.transpose(0, 2, 1) == pytest.approx(np.tile(np.eye(3), (50, 1, 1)))


def test_vectors_about_an_axis_have_its_cosine(rng):
    axis, cosine = unit(rng), rng.uniform(-1, 1, 50)
    found = about(axis, cosine, rng)
    assert (found * axis).sum(1) == pytest.approx(cosine)
    assert np.linalg.norm(found, axis=1) == pytest.approx(1)


@pytest.mark.parametrize("fraction", [1.0, 0.0])
def test_solar_recoils_keep_their_angle_to_the_sun(rng, fraction):
    hits = made_hits(arrows(rng), Response(), Grid(), SUN, fraction, 365.0, rng)
    time_s = hits.groupby("event")["time"].first().to_numpy()
    assert FIRST_S <= time_s.min() < time_s.max() <= FIRST_S + 365 * DAY_S
    cosine = (directions(hits) * expected_directions(time_s, SUN)).sum(1)
    error = cosine.std() / np.sqrt(len(cosine))
    assert abs(cosine.mean() - fraction * recoil_angles(50).mean_cosine) < 4 * error < 0.15
    assert (hits["charge"] >= 1).all()


def test_hidden_values_are_in_their_ranges(rng):
    values = [drawn({"a": (1, 2), "b": (5, 5)}, rng) for _ in range(20)]
    assert all(1 <= v["a"] <= 2 and v["b"] == 5 for v in values)
    assert len({v["a"] for v in values}) == 20


def test_solar_cosines_are_independent_draws(rng):
    """Their mean fluctuates as that of independent numbers."""
    angles = recoil_angles(50)
    means = [angles.draw(50, rng).mean() for _ in range(400)]
    spread = np.sqrt(angles.weight @ (angles.cosine - angles.mean_cosine) ** 2 / 50)
    assert np.mean(means) == pytest.approx(angles.mean_cosine, abs=4 * spread / 20)
    assert np.std(means) == pytest.approx(spread, rel=4 / np.sqrt(2 * 400))
