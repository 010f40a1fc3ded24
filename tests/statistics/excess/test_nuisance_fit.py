"""Functions that fitted nuisances do not move, against closed forms."""

import numpy as np
import pytest

from pipeline.statistics.excess.nuisance_fit import NuisanceFit
from pipeline.statistics.excess.score_density import ScoreDensity


def cells(contents):
    """A density with cells about 0, 1, ..., and an event in each, that stands for `contents`."""
    edges, share = np.arange(1, len(contents)) - 0.5, contents / contents.sum()
    return ScoreDensity(edges, share, 1.0, 1.0), np.arange(len(contents)).astype(float)


def significance(fit, gain, contents, signal):
    """Signal over spread of the sum of the insensitive `gain` (cells,) over Poisson events."""
    score = np.arange(len(contents)).astype(float)
    function = fit.insensitive(
        lambda x: gain[x.astype(int)][:, None], score, contents, contents.sum()
    )
    weight = function(score)[:, 0]
    systematic = fit.changes.T @ (contents * weight)
    variance = contents @ weight**2 + systematic @ systematic
    return signal @ weight / np.sqrt(variance)


def test_one_bin_of_an_uncertain_background():
    """s / sqrt(B + sigma_B^2), the limit of few signal events in Cowan et al. 2011."""
    contents = np.array([400.0])
    density, score = cells(contents)
    rate = contents[:, None], np.array([0.1])
    fit = NuisanceFit.from_sample(density, score, *rate, np.ones((1, 1), np.float32))
    found = significance(fit, np.array([0.05]), contents, np.array([20.0]))
    assert found == pytest.approx(20 / np.sqrt(400 + 40**2))


@pytest.mark.parametrize("known", [1e-9, 0.02, 1e6])
def test_a_sideband_measures_the_rate(known):
    """Li & Ma 1983 for few signal events: sigma_B = sqrt(B / tau), with a constraint besides."""
    off, on = 3000.0, 1000.0
    contents = np.array([off, on])
    density, score = cells(contents)
    rate = contents[:, None], np.array([known])
    fit = NuisanceFit.from_sample(density, score, *rate, np.ones((1, 2), np.float32))
    found = significance(fit, np.array([0.0, 0.03]), contents, np.array([0.0, 30.0]))
    sigma = 1 / np.sqrt(known**-2 + off)
    assert found == pytest.approx(30 / np.sqrt(on + (sigma * on) ** 2), rel=1e-4)


def test_gains_are_weighed_by_the_inverse_covariance(rng):
    """V^-1 s, V = diag(m) + C of two rates and of drawn responses."""
    components = rng.uniform(5, 50, (12, 2))
    contents, signal = components.sum(axis=1), rng.uniform(0, 5, 12)
    density, score = cells(contents)
    responses = np.exp(0.2 * rng.normal(size=(40, 12))).astype(np.float32)
    uncertainty = np.array([0.1, 0.3])
    fit = NuisanceFit.from_sample(density, score, components, uncertainty, responses)
    drawn = contents * (responses - 1)
    covariance = np.diag(contents) + drawn.T @ drawn / 40
    covariance += (components * uncertainty) @ (components * uncertainty).T
    gain = signal / contents
    function = fit.insensitive(
        lambda x: gain[x.astype(int)][:, None], score, contents, contents.sum()
    )
    expected = np.linalg.solve(covariance, signal)
    np.testing.assert_allclose(function(score)[:, 0], expected, atol=1e-9)


def test_the_shape_does_not_know_the_rate(rng):
    contents = rng.uniform(5, 50, 12)
    density, score = cells(contents)
    rate = contents[:, None], np.array([0.3])
    fit = NuisanceFit.from_sample(density, score, *rate, np.ones((1, 12), np.float32)).of_shape
    np.testing.assert_allclose(fit.changes, 0, atol=1e-12)


def test_a_known_background_leaves_functions_as_they_are(rng):
    contents = rng.uniform(5, 50, 12)
    density, score = cells(contents)
    rate = contents[:, None], np.zeros(1)
    fit = NuisanceFit.from_sample(density, score, *rate, np.ones((1, 12), np.float32))
    values = rng.normal(size=(12, 3))
    function = fit.insensitive(lambda x: values[x.astype(int)], score, contents, 100.0)
    np.testing.assert_array_equal(function(score), values)
