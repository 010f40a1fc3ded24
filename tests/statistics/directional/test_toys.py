import numpy as np
import pandas as pd
import pytest
from scipy import stats

from pipeline.physics.solar_neutrinos import recoil_angles
from pipeline.statistics.directional.config import EventGrid, HypothesisTest
from pipeline.statistics.directional.response import Response
from pipeline.statistics.directional.statistics import dipole_p_value
from pipeline.statistics.directional.toys import KEYS, event_grid, merge, run_batch

SMALL = HypothesisTest(signal_fractions=(0.3,), background_toys=2000, signal_toys=1000)


@pytest.fixture(scope="module")
def signal():
    return recoil_angles(40.0)


@pytest.fixture
def toys(signal, vmf_response):
    return run_batch([vmf_response], signal, SMALL, 1, "set", "method", 0)


def pick(toys, statistic, hypothesis):
    chosen = toys[(toys["statistic"] == statistic) & (toys["hypothesis"] == hypothesis)]
    return chosen.sort_values("events")


@pytest.mark.parametrize("statistic", ["dipole", "dipole_kappa"])
def test_dipole_is_chi_squared_under_isotropy(toys, statistic):
    last = pick(toys, statistic, "background").iloc[-1]
    assert last["events"] > 300
    assert stats.kstest(last["q"], stats.chi2(3).cdf).pvalue > 1e-3
    assert stats.kstest(dipole_p_value(last["q"]), "uniform").pvalue > 1e-3


def test_dipole_of_signal_is_non_central_chi_squared(signal):
    """R^2 has mean 3 (1 - m^2) + 3 N m^2 with m the mean vector: three unit-vector components."""
    response = Response(np.full(1, 0.8), None, 1.0)
    settings = HypothesisTest(signal_fractions=(1.0,), background_toys=100, signal_toys=20_000)
    toys = run_batch([response], signal, settings, 3, "set", "method", 0)
    m = 0.8 * signal.mean_cosine
    for row in pick(toys, "dipole", "signal").itertuples():
        error = row.q.std() / np.sqrt(len(row.q))
        expected = 3 * (1 - m**2) + 3 * row.events * m**2
        assert row.q.mean() == pytest.approx(expected, abs=max(4.5 * error, 1e-6))


@pytest.mark.parametrize("statistic", ["likelihood", "likelihood_kappa"])
def test_likelihood_ratio_has_unit_mean_under_background(toys, statistic):
    """E[exp(q/2)] = 1 under isotropy: q/2 is the logarithm of a ratio of normalised densities."""
    for row in pick(toys, statistic, "background").iloc[:6].itertuples():
        ratio = np.exp(row.q.astype(float) / 2)
        assert ratio.mean() == pytest.approx(1, abs=5 * ratio.std() / np.sqrt(len(ratio)))


def test_p_values_are_uniform_under_background(signal, vmf_response, toys):
    """Toys of another batch ranked among these: p-values of a true null hypothesis."""
    other = run_batch([vmf_response], signal, SMALL, 1, "set", "method", 1)
    for statistic in ("dipole_kappa", "likelihood_kappa"):
        null = pick(toys, statistic, "background").iloc[-1]["q"]
        test = pick(other, statistic, "background").iloc[-1]["q"]
        assert stats.ks_2samp(null, test).pvalue > 1e-3
        assert not np.array_equal(null, test)


def test_merged_batches_equal_one_run_in_any_order(signal, vmf_response):
    batches = [
        run_batch([vmf_response], signal, SMALL, 1, "set", "method", batch) for batch in range(3)
    ]
    one_run = merge(batches)
    pieces = [batches[2], batches[0], batches[1]]
    pd.testing.assert_frame_equal(one_run, merge(pieces))
    again = run_batch([vmf_response], signal, SMALL, 1, "set", "method", 2)
    pd.testing.assert_frame_equal(again, batches[2])
    assert {len(q) for q in one_run[one_run["hypothesis"] == "background"]["q"]} == {6000}
    assert not one_run.duplicated(KEYS).any()


def test_methods_and_seeds_draw_their_own_numbers(signal, vmf_response):
    base = run_batch([vmf_response], signal, SMALL, 1, "set", "method", 0)["q"][0]
    for seed, method in ((2, "method"), (1, "other")):
        other = run_batch([vmf_response], signal, SMALL, seed, "set", method, 0)["q"][0]
        assert not np.array_equal(base, other)


def test_merging_refuses_repeats_and_mixtures(signal, vmf_response, toys):
    with pytest.raises(ValueError, match="given twice"):
        merge([toys, toys])
    changed = Response(vmf_response.cos_theta, vmf_response.kappa, 0.5)
    other = run_batch([changed], signal, SMALL, 1, "set", "method", 1)
    with pytest.raises(ValueError, match="different settings or predictions"):
        merge([toys, other])


def test_event_grid_covers_the_strengths_and_stops_at_the_limit():
    grid = EventGrid()
    events = event_grid(grid, 0.05)
    assert 3 * events[-1] * 0.05**2 == pytest.approx(grid.strength_max, rel=0.01)
    assert (np.diff(events) > 0).all()
    assert event_grid(grid, 0.0).tolist() == [grid.events_max]
    assert event_grid(grid, 1.0)[0] == 1
