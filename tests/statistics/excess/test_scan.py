"""Global significances against closed forms."""

import numpy as np
import pytest
from scipy import stats

from pipeline.statistics.excess.samples import Samples
from pipeline.statistics.excess.scan import global_significances
from pipeline.statistics.excess.weighted_scores import WeightedScores

N = 6000


@pytest.fixture(scope="module")
def samples():
    """B = 3000; WIMPs of 1 and 2 GeV score alike, those of 3 GeV on the other side."""
    rng = np.random.default_rng(1)

    def signal(mean):
        return WeightedScores(rng.normal(mean, 0.3, N), np.full(N, 1 / N), N + np.arange(N))

    background = WeightedScores(rng.normal(0, 1, N), np.full(N, 3000 / N), np.arange(N))
    return Samples.cross_fitted(background, {1.0: signal(1), 2.0: signal(1), 3.0: signal(-1)})


def of_masses(samples, *masses):
    table = global_significances(samples, dict.fromkeys(masses, 20.0), 1.0, 4000, 1)
    return table[table["scan"] == "masses"].set_index("local_sigma")


def test_one_look_is_local(samples):
    table = of_masses(samples, 1.0)
    for level in (1.0, 2.0):
        error = table.loc[level, "global_sigma_err"]
        assert table.loc[level, "global_sigma"] == pytest.approx(level, abs=0.5 * error)


def test_looks_at_the_same_events_cost_little_and_others_double_p(samples):
    alike, apart = of_masses(samples, 1.0, 2.0), of_masses(samples, 1.0, 3.0)
    assert set(alike["looks"]) == {2}
    for level, cost in ((1.0, 1.84), (2.0, 1.98)):
        # 2 - p where looks are independent.
        assert apart.loc[level, "trials"] == pytest.approx(cost, abs=0.25)
        assert 1 <= alike.loc[level, "trials"] < 1.45
    p = stats.norm.sf(apart.loc[2.0, "global_sigma"])
    assert p == pytest.approx(apart.loc[2.0, "trials"] * stats.norm.sf(2.0))


def test_tests_are_looks_too(samples):
    table = global_significances(samples, {1.0: 20.0}, 1.0, 1000, 1)
    assert dict(zip(table["scan"], table["looks"], strict=True)) == {
        "masses": 1,
        "masses and tests": 4,
    }
    by_scan = table.pivot(index="local_sigma", columns="scan", values="global_sigma")
    assert (by_scan["masses and tests"] <= by_scan["masses"]).all()
