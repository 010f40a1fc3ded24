"""Mixtures of von Mises-Fisher components: closed forms, points, regions, coverage."""

import mpmath
import numpy as np
import pytest
from helpers.made_predictions import drawn, mixtures, spread_kappas
from scipy.stats import kstest

from pipeline.statistics.directional import density as module
from pipeline.statistics.directional.density import LEVELS, Density, region_edges, summarise
from pipeline.statistics.directional.vmf import (
    cap_depth,
    cap_mass,
    kappa_of_mean_cosine,
    log_norm,
    mean_cosine,
)

KAPPAS = [1e-9, 1e-4, 0.3, 2.65, 9.0, 87.0, 443.0, 1e4]


@pytest.fixture
def rng():
    return np.random.default_rng(1)


def directions(n, rng):
    vectors = rng.standard_normal((n, 3))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def split(density, shares):
    """The same densities, written as several equal components."""
    n, k = len(density), len(shares)
    return Density(
        np.repeat(density.direction, k, axis=1),
        np.repeat(density.kappa, k, axis=1),
        np.tile(shares, (n, 1)),
    )


def test_caps_are_exact_and_inverse_to_each_other() -> None:
    for kappa in KAPPAS:
        for mass in (0.01, 0.68, 0.95, 0.9999):
            with mpmath.workdps(60):
                k = mpmath.mpf(kappa)
                exact = -mpmath.log(1 - mass * (1 - mpmath.exp(-2 * k))) / k
                norm = mpmath.log(k / (4 * mpmath.pi * mpmath.sinh(k))) + k
            depth = cap_depth(kappa, mass)
            assert depth == pytest.approx(float(exact), rel=1e-10)
            assert cap_mass(kappa, depth) == pytest.approx(mass, rel=1e-10)
            assert log_norm(kappa) == pytest.approx(float(norm), rel=1e-10, abs=1e-10)
    assert cap_depth(0.0, 0.5) == pytest.approx(1)
    assert cap_mass(0.0, 2.0) == pytest.approx(1)


def test_kappa_of_a_mean_cosine_is_the_inverse() -> None:
    kappa = np.array([0.0, 1e-3, 0.1, 1.0, 5.0, 20.0, 443.0, 1e4])
    assert kappa_of_mean_cosine(mean_cosine(kappa)) == pytest.approx(kappa, rel=1e-6, abs=1e-12)


def test_one_component_has_the_closed_forms_of_the_module(rng) -> None:
    pole = directions(4, rng)
    kappa = np.array([0.0, 0.5, 8.0, 300.0])
    found = summarise(Density.single(pole, kappa), pole)
    assert found.pit == pytest.approx(0, abs=1e-12)
    assert found.head_tail_probability == pytest.approx(1 / (1 + np.exp(-kappa)))
    assert found.region_sr[0] == pytest.approx(4 * np.pi * np.array(LEVELS))
    # At large kappa a Gaussian of two dimensions: area 2 pi / kappa ln 1 / (1 - level).
    gauss = -2 * np.pi * np.log(1 - np.array(LEVELS)) / 300
    assert found.region_sr[3] == pytest.approx(gauss, rel=1e-9)
    assert found.log_density[2] == pytest.approx(np.log(8 / (2 * np.pi * (1 - np.exp(-16)))))
    opposite = summarise(Density.single(pole, kappa), -pole)
    assert opposite.pit == pytest.approx(1)
    mean, same = Density.single(pole, kappa).mean()
    np.testing.assert_array_equal(mean, pole)
    np.testing.assert_array_equal(same, kappa)


def test_sums_over_points_agree_with_the_closed_forms(rng) -> None:
    pole = directions(120, rng)
    one = Density.single(pole, spread_kappas(120, least=0.3))
    truth = drawn(one, rng)
    exact, found = summarise(one, truth), summarise(split(one, [0.3, 0.7]), truth)
    assert found.pit == pytest.approx(exact.pit, abs=1e-3)
    assert found.head_tail_probability == pytest.approx(exact.head_tail_probability, abs=1e-3)
    np.testing.assert_allclose(found.region_sr, exact.region_sr, rtol=0.01)
    np.testing.assert_allclose(found.log_density, exact.log_density, rtol=1e-9)
    mean, kappa = split(one, [0.3, 0.7]).mean()
    np.testing.assert_allclose(mean, pole, atol=1e-9)
    np.testing.assert_allclose(kappa, one.kappa[:, 0], rtol=1e-6)


def test_points_are_enough_for_mixtures(rng, monkeypatch) -> None:
    said = mixtures(12, rng)
    truth = drawn(said, rng)
    found = summarise(said, truth)
    monkeypatch.setattr(module, "POINTS", 40_000)
    monkeypatch.setattr(module, "_CHUNK", 4)
    fine = summarise(said, truth)
    assert found.pit == pytest.approx(fine.pit, abs=4e-3)
    assert found.head_tail_probability == pytest.approx(fine.head_tail_probability, abs=4e-3)
    np.testing.assert_allclose(found.region_sr, fine.region_sr, rtol=0.015)


def test_two_narrow_peaks_have_a_region_each() -> None:
    pole = np.array([[[0.0, 0, 1], [0, 0, -1]]])
    found = summarise(Density(pole, np.full((1, 2), 50.0), np.array([[0.5, 0.5]])), pole[:, 0])
    # The same share of either peak: twice the region of one.
    assert found.region_sr[0] == pytest.approx(2 * 2 * np.pi * cap_depth(50.0, LEVELS), rel=0.01)
    assert found.head_tail_probability[0] == pytest.approx(0.5, abs=1e-9)


def test_the_mean_is_that_of_drawn_directions(rng) -> None:
    one = mixtures(1, rng)
    many = Density(*(np.repeat(v, 40_000, axis=0) for v in (one.direction, one.kappa, one.weight)))
    average = drawn(many, rng).mean(0)
    ((direction,), (kappa,)) = one.mean()
    assert average / np.linalg.norm(average) == pytest.approx(direction, abs=0.01)
    assert np.linalg.norm(average) == pytest.approx(mean_cosine(kappa), abs=0.01)


@pytest.mark.parametrize("components", [1, 2])
def test_without_a_truth_there_is_no_pit(components) -> None:
    pole = np.array([[[0.0, 0, 1], [0, 0, -1]]])[:, :components]
    said = Density(pole, np.full((1, components), 9.0), np.full((1, components), 1 / components))
    found = summarise(said, np.full((1, 3), np.nan))
    assert np.isnan([found.pit, found.log_density]).all()
    assert np.isfinite(found.region_sr).all()
    assert np.isfinite(found.head_tail_probability).all()


def test_components_that_cancel_leave_a_direction() -> None:
    pole = np.array([[[0.0, 0, 1], [0, 0, -1]]])
    direction, kappa = Density(pole, np.full((1, 2), 5.0), np.array([[0.5, 0.5]])).mean()
    assert np.abs(direction).tolist() == [[0, 0, 1]]
    assert kappa == pytest.approx(0, abs=1e-9)


def test_right_densities_have_uniform_pits_and_covering_regions(rng) -> None:
    """3000 events; three binomial errors are 2.6, 1.6 and 1.2 percentage points."""
    said = mixtures(3000, rng)
    found = summarise(said, drawn(said, rng))
    assert kstest(found.pit, "uniform").pvalue > 0.01
    for level in LEVELS:
        error = np.sqrt(level * (1 - level) / 3000)
        assert np.mean(found.pit <= level) == pytest.approx(level, abs=3 * error)


def test_edges_of_regions_are_the_densities_of_cap_edges(rng) -> None:
    kappa = np.array([0.5, 9.0, 443.0])
    density = Density.single(directions(3, rng), kappa)
    depth = cap_depth(kappa[:, None], LEVELS)
    exact = log_norm(kappa)[:, None] - kappa[:, None] * depth
    np.testing.assert_allclose(region_edges(density, LEVELS), exact, atol=0.02)


def test_the_odds_of_opposite_components_are_multiplied() -> None:
    ahead, behind = [0.0, 0.0, 1.0], [0.0, 0.6, -0.8]
    direction = np.array([[ahead, behind, [0.6, 0.0, 0.8]], [behind, ahead, ahead]])
    said = Density(direction, np.full((2, 3), 5.0), np.array([[0.5, 0.2, 0.3], [0.8, 0.1, 0.1]]))
    turned = said.with_opposite(np.array([0.5, 3.0]))
    # Odds of 1 to 4 become 1 to 8, then those of 1 to 4 become 3 to 4.
    assert turned.weight[0] == pytest.approx(np.array([5, 1, 3]) / 9)
    assert turned.weight[1] == pytest.approx(np.array([4, 1.5, 1.5]) / 7)
    assert turned.direction is said.direction
    assert turned.kappa is said.kappa
    assert said.with_opposite(1.0).weight == pytest.approx(said.weight)
