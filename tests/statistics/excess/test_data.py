import numpy as np
import pytest
from scipy import stats

from pipeline.statistics.excess.config import Wimp
from pipeline.statistics.excess.data import observe
from pipeline.statistics.excess.samples import Samples
from pipeline.statistics.excess.weighted_scores import WeightedScores

WIMP = Wimp(mass_GeV=50.0, cross_section_cm2=1.0)


@pytest.fixture
def samples(rng):
    """Background N(0, 1) of 500 events, signal N(2, 1) of 50."""
    background = WeightedScores(rng.normal(0, 1, 5000), np.full(5000, 500 / 5000))
    signal = WeightedScores(rng.normal(2, 1, 5000), np.full(5000, 50 / 5000))
    return Samples.cross_fitted(background, {50.0: signal})


def test_an_injected_signal_is_found_and_background_is_not(samples, rng):
    alone = rng.normal(0, 1, 500)
    with_signal = np.concatenate([alone, rng.normal(2, 1, 50)])
    without, found = (
        observe(samples, WIMP, 1.0, data, (1000, 500), 1).set_index("test")
        for data in (alone, with_signal)
    )
    assert (without["p_value"] > 1e-3).all()
    assert found.loc["likelihood_ratio", "p_value"] == pytest.approx(1 / 1001)
    assert found.loc["likelihood_ratio", "upper_limit_of_p"]
    assert found.loc["counting", "p_value"] == pytest.approx(stats.poisson.sf(549, 500))
    assert not found.loc["counting", "upper_limit_of_p"]
    assert (found["events"] == 550).all()


def test_a_blind_search_shows_the_sensitivity_alone(samples):
    blind = observe(samples, WIMP, 1.0, None, (200, 200), 1).set_index("test")
    assert blind[["events", "p_value", "significance", "upper_limit_of_p"]].isna().all(axis=None)
    assert blind.loc["likelihood_ratio", "expected_significance"] > 3
