import numpy as np
import pytest
from scipy import stats

from pipeline.statistics.directional.config import HypothesisTest
from pipeline.statistics.directional.response import Response
from pipeline.statistics.directional.spherical_toys import run_batch
from pipeline.statistics.directional.statistics import dipole_p_value


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
    m = 0.8 * signal.angles[0].mean_cosine
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


def test_p_values_are_uniform_under_background(few_toys, vmf_response, toys):
    """Toys of another batch ranked among these: p-values of a true null hypothesis."""
    other = few_toys(vmf_response, batch=1)
    for statistic in ("dipole_kappa", "likelihood_kappa"):
        null = pick(toys, statistic, "background").iloc[-1]["q"]
        test = pick(other, statistic, "background").iloc[-1]["q"]
        assert stats.ks_2samp(null, test).pvalue > 1e-3
        assert not np.array_equal(null, test)


def test_methods_and_seeds_draw_their_own_numbers(few_toys, vmf_response):
    base = few_toys(vmf_response)["q"][0]
    for seed, method in ((2, "method"), (1, "other")):
        other = few_toys(vmf_response, seed, method)["q"][0]
        assert not np.array_equal(base, other)
