import numpy as np
import pytest
from scipy import stats

from pipeline.statistics.directional.planar import (
    axis_p_value,
    axis_statistic,
    needed_for_axis,
    needed_for_rayleigh,
    rayleigh_p_value,
    rayleigh_statistic,
)

P = 1.35e-3  # 3 sigma


def isotropic(rng, *shape):
    return rng.uniform(0, 2 * np.pi, shape)


def test_axis_statistic_of_known_angles():
    """Two axes along the named one and one across: the mean of cos 2 phi is 1/3."""
    angles = np.array([0.0, np.pi, np.pi / 2])
    assert axis_statistic(angles, 2) == pytest.approx(np.sqrt(6) / 3)
    assert axis_statistic(angles, 1) == pytest.approx(0, abs=1e-12)
    assert rayleigh_statistic(angles, 2) == pytest.approx(3 * (1 / 3) ** 2)


def test_axes_have_no_sense_and_rayleigh_no_direction(rng):
    angles = rng.vonmises(0.3, 1.0, 40)
    turned = angles + np.pi * rng.integers(0, 2, 40)
    assert axis_statistic(turned, 2) == pytest.approx(float(axis_statistic(angles, 2)))
    assert axis_statistic(turned, 1) < axis_statistic(angles, 1)
    assert rayleigh_statistic(angles + 1, 2) == pytest.approx(float(rayleigh_statistic(angles, 2)))


def test_equal_weights_do_not_count_and_an_event_of_no_weight_is_absent(rng):
    angles = isotropic(rng, 30)
    weight = np.r_[0.0, np.full(29, 0.4)]
    for statistic in (axis_statistic, rayleigh_statistic):
        assert statistic(angles, 2, weight) == pytest.approx(float(statistic(angles[1:], 2)))


@pytest.mark.parametrize("multiple", [1, 2])
def test_statistics_are_normal_and_chi_squared_under_isotropy(rng, multiple):
    angles = isotropic(rng, 20_000, 150)
    weight = rng.uniform(0.2, 1, 150)
    for w in (1.0, weight):
        assert stats.kstest(axis_statistic(angles, multiple, w), "norm").pvalue > 1e-3
        squared = 2 * rayleigh_statistic(angles, multiple, w)
        assert stats.kstest(squared, stats.chi2(2).cdf).pvalue > 1e-3


@pytest.mark.parametrize("events", [7, 20])
def test_rayleigh_p_value_holds_for_few_events(rng, events):
    """Shares of isotropic samples below a p-value; exp(-Z) alone is wrong by up to a third here."""
    n = 400_000
    found = rayleigh_statistic(isotropic(rng, n, events), 2)
    for level in (0.1, 0.01, P):
        share = np.mean(rayleigh_p_value(found, events) <= level)
        assert share == pytest.approx(level, abs=4 * np.sqrt(level / n) + 0.02 * level)


def test_rayleigh_p_value_is_a_probability_where_its_series_fails():
    p = rayleigh_p_value(np.linspace(0, 8, 50), 2)
    assert ((p >= 0) & (p <= 1)).all()


@pytest.mark.parametrize("mean", [0.1, 0.3])
def test_half_of_the_samples_reach_the_level_with_the_needed_events(rng, mean):
    """Axes with a given mean cosine of the doubled angle; p-values for many events."""
    kappa = float(2 * mean / (1 - mean**2 / 2))  # inverts I1 / I0 to 1 % here
    for needed, reaches in (
        (needed_for_axis(mean, P), lambda a: axis_p_value(axis_statistic(a, 2)) < P),
        (
            needed_for_rayleigh(mean, P),
            lambda a: rayleigh_p_value(rayleigh_statistic(a, 2), a.shape[-1]) < P,
        ),
    ):
        angles = rng.vonmises(0, kappa, (4000, round(needed))) / 2
        assert np.mean(reaches(angles)) == pytest.approx(0.5, abs=0.06)


def test_needed_events_of_published_directions_and_of_none():
    assert needed_for_axis(0.39, P) == pytest.approx(29.6, abs=0.1)
    assert needed_for_axis(0.195, P) == pytest.approx(4 * needed_for_axis(0.39, P))
    assert needed_for_rayleigh(0.39, P) > needed_for_axis(0.39, P)
    assert needed_for_axis(0.0, P) == needed_for_axis(-0.2, P) == np.inf
    assert needed_for_rayleigh(0.0, P) == np.inf
