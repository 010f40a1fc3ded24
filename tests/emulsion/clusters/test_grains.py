"""Development of crystals, and clusters of grains."""

import numpy as np
import pytest

from pipeline.emulsion.clusters.crystals import Hits
from pipeline.emulsion.clusters.grains import (
    Grains,
    develop,
    fog,
    one_cluster,
    probability,
    with_chance_fog,
)
from pipeline.emulsion.config.detector import Clustering, Crystals, Development


def made_hits(energies, particles):
    """Hits with these energies in keV, dealt out evenly to the particles."""
    n = len(energies)
    offsets = np.linspace(0, n, particles + 1).astype(np.int64)
    return Hits(offsets, np.arange(3.0 * n).reshape(n, 3), np.full(n, 36.0), np.asarray(energies))


def made_grains(*particles):
    """Grains of particles, each a list of centres."""
    offsets = np.cumsum([0, *map(len, particles)])
    centres = np.array([centre for particle in particles for centre in particle], float)
    n = len(centres)
    return Grains(offsets, centres.reshape(-1, 3), np.arange(n) + 30.0, np.arange(n) + 1)


def test_half_of_the_crystals_develop_at_the_half_sensitivity():
    energies = np.array([2.0, 2 * np.exp(0.5), 2 * np.exp(-1.0)])
    np.testing.assert_allclose(
        probability(energies, Development()), [0.5, 0.841345, 0.0227501], rtol=1e-5
    )


def test_crystals_develop_with_their_probability_and_keep_their_particle(rng):
    hits = made_hits(np.tile([2.0, 1000.0], 5000), 5000)
    grains = develop(hits, Development(), rng)
    counts = np.diff(grains.offsets)
    assert set(counts) == {1, 2}
    assert counts.mean() == pytest.approx(1.5, abs=0.03)
    # The second crystal of every particle develops.
    np.testing.assert_array_equal(grains.centres[grains.offsets[1:] - 1], hits.centres[1::2])


def test_filaments_grow_with_the_energy(rng):
    def mean(energy_keV, **keys):
        hits = made_hits(np.full(20_000, energy_keV), 1)
        settings = Development(half_sensitivity_keV=1e-3, **keys)
        return develop(hits, settings, rng).filaments.mean()

    assert mean(2.0) == 1
    assert mean(9.0, max_filaments=100) == pytest.approx(2.5, abs=0.03)
    assert mean(1000.0) == 4


def test_grains_are_linked_in_the_projection(rng):
    chain = [(0, 0, 0), (200, 0, 400), (400, 0, -400)]
    grains = one_cluster(made_grains(chain, [], [(0, 0, 0)]), 250.0, rng)
    assert grains.offsets.tolist() == [0, 3, 3, 4]
    np.testing.assert_array_equal(grains.centres[:3], chain)


def test_one_of_several_clusters_is_chosen_at_random(rng):
    pair_and_single = [(0, 0, 0), (1000, 0, 0), (0, 240, 0)]
    grains = one_cluster(made_grains(*[pair_and_single] * 4000), 250.0, rng)
    counts = np.diff(grains.offsets)
    assert set(counts) == {1, 2}
    assert np.mean(counts == 2) == pytest.approx(0.5, abs=0.03)
    assert set(grains.centres[np.repeat(counts, counts) == 1, 0]) == {1000.0}


def test_fog_joins_clusters_by_chance(rng):
    settings = Clustering(fog_per_um3=0.5)
    clusters = fog(20_000, Crystals(), rng)
    joined = with_chance_fog(clusters, settings, Crystals(), rng)
    counts = np.diff(joined.offsets)
    expected = 0.5e-9 * np.pi * 250**2 * 600
    assert np.mean(counts == 2) == pytest.approx(expected, rel=0.1)
    added = joined.centres[joined.offsets[:-1][counts == 2]]
    distance = np.hypot(added[:, 0], added[:, 1])
    assert distance.max() < 250
    assert np.mean(distance < 125) == pytest.approx(0.25, abs=0.04)
    assert np.abs(added[:, 2]).max() <= 300
    assert (joined.filaments == 1).all()
    # All grains but the new ones are still there.
    assert joined.radii.sum() > clusters.radii.sum()
    assert np.isin(clusters.radii, joined.radii).all()
