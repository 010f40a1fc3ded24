"""Significances against closed forms."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from pipeline.statistics.excess.config import Wimp
from pipeline.statistics.excess.extended_poisson import anomaly
from pipeline.statistics.excess.samples import Samples
from pipeline.statistics.excess.score_density import ScoreDensity
from pipeline.statistics.excess.search import (
    empirical_p,
    log_kde_p,
    needed_exposures,
    significances,
)
from pipeline.statistics.excess.tail import Tail
from pipeline.statistics.excess.toys import merge, run_batch
from pipeline.statistics.excess.weighted_scores import WeightedScores
from pipeline.xenon.config.search import Search, WimpMap

NO_MAP = WimpMap(cross_sections_cm2=())


def search(exposures=(1.0,), **settings):
    benchmark = Wimp(mass_GeV=50, cross_section_cm2=1.0)
    return Search(benchmark=benchmark, exposures_t_yr=exposures, map=NO_MAP, **settings)


def weighted(score, expected):
    return WeightedScores(score, np.full(len(score), expected / len(score)))


def table(samples, settings):
    toys = run_batch(samples, settings.toy_sets().values(), 1, ("test",), 0)
    found = significances(merge([toys]))
    return found.set_index(["exposure_t_yr", "test"])


@pytest.fixture
def gaussian(rng):
    """Background N(0, 1), 2000 events per unit exposure; signal N(1, 1), 60 events."""
    background = weighted(rng.normal(0, 1, 40_000), 2000.0)
    signal = weighted(rng.normal(1, 1, 20_000), 60.0)
    return Samples.cross_fitted(background, {50.0: signal})


@pytest.mark.parametrize(("width", "one_sided"), [(1.0, False), (1000.0, True)])
def test_even_density_leaves_a_counting_test(rng, width, one_sided):
    """f0 even over `width`: q = -2 ln Poisson(N; B) + 2 N ln(width) knows N only.

    In a unit where f0 is 1 the test has two sides, in a fine one it is the counting test.
    """
    b, s = 400.0, 50.0
    f0 = ScoreDensity(np.array([0.0, width]), np.array([0.0, 1.0, 0.0]), 1.0, 1.0)
    score = width * rng.random(500)
    samples = Samples((f0,), weighted(score, b), {50.0: weighted(score, s)})
    found = table(samples, search(background_toys=20_000, signal_toys=20_000)).loc[1.0]
    n = np.arange(2000)
    q = anomaly(n, n * np.log(width), b)
    at_median = anomaly(*(np.array([stats.poisson.median(b + s)]) * [[1], [np.log(width)]]), b)
    exact = stats.poisson.pmf(n, b)[q >= at_median - 1e-9].sum()
    error = np.sqrt(exact / 20_000)
    assert found.loc["anomaly", "p_empirical"] == pytest.approx(exact, abs=4 * error)
    counting = found.loc["counting", "p_exact"]
    assert counting == pytest.approx(stats.poisson.sf(stats.poisson.median(b + s) - 1, b))
    assert (abs(exact - counting) < 1e-9) == one_sided


def test_p_is_uniform_under_background_alone(gaussian, rng):
    """600 data sets of the true densities, not of the sample that f0 and toys come from."""
    settings = search((0.1,), background_toys=5000, signal_toys=100)
    toys = merge([run_batch(gaussian, settings.toy_sets().values(), 3, ("test",), 0)])
    toys = toys[toys["hypothesis"] == "background"].set_index("test")["q"]
    events = rng.poisson(200.0, 600)
    drawn = [rng.normal(0, 1, n) for n in events]
    blind = gaussian.blind(0.1)
    p = empirical_p(toys["anomaly"], [blind.of_data(scores)["anomaly"][0] for scores in drawn])
    assert stats.kstest(p, "uniform").pvalue > 1e-3
    assert p.min() > 0


def test_likelihood_ratio_of_gaussians(gaussian):
    """Weak signals: Z = s / sqrt(B) sqrt(E0[(f1 / f0)^2]) = s / sqrt(B) exp(1 / 2).

    2000 events of 40,000 simulated ones take 2.5 % of it.
    """
    found = table(gaussian, search(background_toys=6000, signal_toys=6000)).loc[1.0]
    z = found["significance"]
    assert z["likelihood_ratio"] == pytest.approx(60 / np.sqrt(2000) * np.exp(0.5), rel=0.07)
    # Neyman & Pearson: nothing beats it.
    for test in ("anomaly", "counting", "shape"):
        assert z[test] < z["likelihood_ratio"] - 0.2
    assert not found["extrapolated"].any()


def test_shape_of_gaussians(gaussian):
    """-ln f0 grows by E1[x^2] - E0[x^2] = 1 a signal event, of standard deviation sqrt(2)."""
    found = table(gaussian, search(background_toys=6000, signal_toys=6000)).loc[1.0]
    expected = 60 * 1.0 / np.sqrt(2 * 2060)
    assert found.loc["shape", "significance"] == pytest.approx(expected, abs=0.06)


def test_significances_grow_as_the_root_of_the_exposure(gaussian):
    settings = search((0.5, 1.0, 2.0), background_toys=3000, signal_toys=3000)
    found = table(gaussian, settings)["significance"].unstack("test")
    for test in ("counting", "likelihood_ratio", "anomaly", "shape"):
        scaled = found[test].to_numpy() / np.sqrt([0.5, 1.0, 2.0])
        assert scaled == pytest.approx(np.full(3, scaled.mean()), rel=0.08), test


def test_kde_is_scipy_s(rng):
    toys = rng.gamma(3, size=500)
    kde = stats.gaussian_kde(toys)
    for q in (0.5, 3.0, 9.0):
        assert np.exp(log_kde_p(toys, q)) == pytest.approx(kde.integrate_box_1d(q, np.inf))


def test_kde_of_a_gaussian_gives_its_tail(rng):
    toys = rng.normal(size=10_000)
    for z in (0.0, 1.0, 2.0):
        assert np.exp(log_kde_p(toys, z)) == pytest.approx(stats.norm.sf(z), rel=0.1)


def test_empirical_p_counts_ties():
    assert empirical_p(np.array([3.0, 1.0, 2.0]), np.array([0.0, 2.0, 3.5])) == pytest.approx(
        [1, 3 / 4, 1 / 4]
    )


def toys_of(background, signal, test="anomaly"):
    label = {"test": test, "exposure_t_yr": 1.0, "background": 9.0, "background_uncertainty": 0.0}
    label |= {"resampled": np.array([1.0, 1.2]), "events_needed": 0}
    label |= {"p_counting": 0.3, "counting_err": 0.02, "simulated": 8.0}
    without = {"hypothesis": "background", "mass_GeV": 0.0, "cross_section_cm2": 0.0, "signal": 0.0}
    with_signal = {"hypothesis": "signal", "mass_GeV": 5.0, "cross_section_cm2": 1.0, "signal": 2.0}
    return pd.DataFrame([label | without | {"q": background}, label | with_signal | {"q": signal}])


def test_beyond_the_toys_is_marked_and_a_fitted_tail_s(rng):
    background = rng.normal(100, 5, 10_000)
    for z, beyond in ((2.5, False), (6.0, True)):
        found = significances(toys_of(background, np.full(9, 100 + 5 * z)))
        row = found[found["test"] == "anomaly"].iloc[0]
        assert row["extrapolated"] == beyond
        assert row["significance"] == pytest.approx(z, rel=0.1)
    assert row["p_empirical"] == pytest.approx(1 / 10_001)
    value, error = Tail.of(background).significance(130.0)
    assert row["significance"] == value
    # 9 toys with signal, and 1.0 and 1.2 sigma of resampled simulated events.
    others = np.hypot(np.sqrt(np.pi / 18), value / 11)
    assert row["significance_err"] == pytest.approx(np.hypot(error, others))


def test_columns():
    found = significances(toys_of(np.arange(50.0), np.full(9, 25.0)))
    assert list(found) == [
        "exposure_t_yr",
        "mass_GeV",
        "cross_section_cm2",
        "test",
        "p_kde",
        "p_empirical",
        "p_exact",
        "extrapolated",
        "significance",
        "significance_err",
        "events_needed",
        "outnumbered",
        "background",
        "signal",
        "background_uncertainty",
    ]
    counting = found[found["test"] == "counting"].iloc[0]
    assert counting["p_exact"] == 0.3
    assert np.isnan(counting["p_kde"])
    assert counting["significance_err"] == 0.02
    # 9 events are expected, and 8 are simulated.
    assert found["outnumbered"].all()


def curve(exposures, significance):
    return pd.DataFrame(
        {
            "exposure_t_yr": exposures,
            "mass_GeV": 50.0,
            "cross_section_cm2": 1e-47,
            "test": "counting",
            "extrapolated": np.array(significance) > 3.5,
            "outnumbered": np.array(exposures) > 300,
            "significance": significance,
            "significance_err": 0.1,
        }
    )


def test_needed_exposures():
    """Z = sqrt(t) / 5: n sigma at 25 n^2."""
    exposures = np.array([50.0, 100.0, 200.0, 400.0])
    found = needed_exposures(curve(exposures, np.sqrt(exposures) / 5), (1.0, 2.0, 3.0, 5.0))
    assert found["exposure_t_yr"].to_numpy() == pytest.approx([50, 100, 225, 400])
    # dt = 2 sqrt(t) 5 dZ.
    errors = found["exposure_err_t_yr"].to_numpy()
    assert errors == pytest.approx([np.nan, 10, 15, np.nan], nan_ok=True)
    assert list(found["beyond"]) == ["below grid", "no", "no", "above grid"]
    assert list(found["extrapolated"]) == [False, False, True, True]
    assert list(found["outnumbered"]) == [False, False, True, True]


def test_one_exposure_needs_no_curve():
    assert needed_exposures(curve([100.0], [2.0]), (3.0,)).empty
