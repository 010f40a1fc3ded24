import numpy as np
import pandas as pd
import pytest
from scipy import stats

from pipeline.statistics.excess.config import Wimp
from pipeline.statistics.excess.samples import Samples
from pipeline.statistics.excess.search import significances
from pipeline.statistics.excess.toys import KEYS, merge, run_batch
from pipeline.statistics.excess.weighted_scores import WeightedScores
from pipeline.xenon.config.search import Search, WimpMap

SEARCH = Search(
    benchmark=Wimp(mass_GeV=50, cross_section_cm2=2.0),
    exposures_t_yr=(1, 4),
    map=WimpMap(exposure_t_yr=4, masses_GeV=(20, 50), cross_sections_cm2=(1.0, 3.0)),
    background_toys=600,
    signal_toys=400,
)


@pytest.fixture
def samples(rng):
    background = WeightedScores(rng.normal(0, 1, 4000), np.full(4000, 30 / 4000))
    signals = {
        mass: WeightedScores(rng.normal(shift, 1, 2000), np.full(2000, 5 / 2000))
        for mass, shift in ((20.0, 1.0), (50.0, 2.0))
    }
    return Samples.cross_fitted(background, signals)


def run(samples, batch, search=SEARCH, seed=1):
    return run_batch(samples, search.toy_sets().values(), seed, ("xenon", "toys"), batch)


def test_sums_over_draws_are_compound_poisson(rng):
    """Mean and covariance: T E[v], T E[v v'] of the weighted sample."""
    sample = WeightedScores(rng.random(300), rng.random(300) ** 4)
    values = np.column_stack([sample.score, np.ones(300), sample.score**3])
    events, sums = sample.draw_sums(rng, 50.0, values, 100_000)
    share = sample.weight / sample.weight.sum()
    assert (sums[:, 1] == events).all()
    assert sums.mean(axis=0) == pytest.approx(50 * share @ values, rel=0.005)
    expected = 50 * values.T @ (values * share[:, None])
    assert np.cov(sums.T) == pytest.approx(expected, rel=0.03)


def test_draws_follow_the_weights(rng):
    weight = np.array([0.0, 5.0, 1e-3, 1.0, 0.5, 3.0])
    sample = WeightedScores(np.arange(6.0), weight)
    assert len(sample.score) == 5
    _, sums = sample.draw_sums(rng, 1e6, np.eye(5), 1)
    expected = 1e6 * sample.weight / sample.weight.sum()
    chi2 = ((sums[0] - expected) ** 2 / expected).sum()
    assert 1e-4 < stats.chi2.sf(chi2, 5) < 1 - 1e-4


def test_effective_events():
    assert WeightedScores(np.arange(8.0), np.full(8, 0.3)).effective_events == pytest.approx(8)
    assert WeightedScores(np.arange(2.0), np.array([1.0, 1e-9])).effective_events == pytest.approx(
        1
    )


def test_nothing_expected():
    with pytest.raises(ValueError, match="no event is expected"):
        WeightedScores(np.arange(3.0), np.zeros(3))


def test_every_model_and_hypothesis_is_there(samples):
    toys = run(samples, 0)
    assert not toys.duplicated(KEYS).any()
    signal = toys[toys["hypothesis"] == "signal"]
    # The benchmark at both exposures, and four more models at the map's.
    assert len(signal) == 3 * (2 + 4)
    assert set(signal["q"].map(len)) == {400}
    background = toys[toys["hypothesis"] == "background"]
    assert len(background) == 2 * 2 + (2 + 4)
    assert set(background["q"].map(len)) == {600}
    four = signal[(signal["exposure_t_yr"] == 4) & (signal["cross_section_cm2"] == 3)]
    assert four["signal"].to_numpy() == pytest.approx(60)
    assert four["background"].to_numpy() == pytest.approx(120)


def test_batches_do_not_depend_on_order_or_on_other_models(samples):
    first, second = run(samples, 0), run(samples, 1)
    merged = merge([first, second])
    pd.testing.assert_frame_equal(merge([second, first]), merged)
    pd.testing.assert_frame_equal(run(samples, 1), second)
    for _, row in merged.iterrows():
        parts = [
            part[(part[KEYS] == row[KEYS]).all(axis=1)]["q"].iloc[0] for part in (first, second)
        ]
        assert (row["q"] == np.concatenate(parts)).all()
        assert (parts[0] != parts[1]).any()
    alone = run(samples, 0, SEARCH.model_copy(update={"exposures_t_yr": (4.0,)}))
    assert_among(alone, first)


def assert_among(some, toys):
    """`some` are toys of the same keys as in `toys`, and the same."""
    both = some.merge(toys, on=KEYS)
    assert len(both) == len(some)
    assert all((row["q_x"] == row["q_y"]).all() for _, row in both.iterrows())


def test_toys_of_a_mass_do_not_depend_on_other_masses(samples):
    toys, sets = run(samples, 0), SEARCH.toy_sets()
    alone = Samples(samples.densities, samples.background, {20.0: samples.signals[20.0]})
    parts = [
        run_batch(of, [sets[name]], 1, ("xenon", "toys"), 0)
        for of, name in ((alone, "20GeV"), (samples, "50GeV"), (alone, "background"))
    ]
    for part in parts:
        assert_among(part, toys)
    pd.testing.assert_frame_equal(merge(parts), merge([toys]))


def test_counting_has_the_error_of_the_simulated_events(samples):
    """Z = s / sqrt(B): 2000 events of the signal, 4000 of background, whose root is taken."""
    table = significances(merge([run(samples, 0)]))
    counted = table[table["test"] == "counting"]
    relative = counted["significance_err"] / counted["significance"]
    np.testing.assert_allclose(relative, np.sqrt(1 / 2000 + 1 / 4 / 4000), rtol=0.4)


def test_seed_changes_the_toys(samples):
    assert not np.array_equal(run(samples, 0)["q"][0], run(samples, 0, seed=2)["q"][0])


def test_batches_that_do_not_belong_together(samples):
    first = run(samples, 0)
    with pytest.raises(ValueError, match="batch 0 is given twice"):
        merge([first, first])
    other = run(samples, 1, SEARCH.model_copy(update={"exposures_t_yr": (1.0, 3.0)}))
    with pytest.raises(ValueError, match="different settings"):
        merge([first, other])

    def heavier(by):
        weight = by * samples.background.weight
        background = WeightedScores(samples.background.score, weight)
        return run(Samples(samples.densities, background, samples.signals), 1)

    with pytest.raises(ValueError, match="different settings"):
        merge([first, heavier(by=1.001)])
    # Another processor's last digits.
    assert len(merge([first, heavier(by=1 + 1e-14)])) == len(first)
