import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from pipeline.statistics.directional.profile import profile_ratio


def ratio(excess, fraction):
    return 2 * np.log1p(fraction * excess).sum()


@pytest.mark.parametrize("n", [1, 3, 40, 2000])
def test_it_is_the_maximum_between_no_signal_and_signal_alone(n, rng):
    for sharpness in (0.1, 1.0, 30.0):
        excess = np.maximum(rng.exponential(sharpness, n) - 0.9 * sharpness, -0.999)
        found = profile_ratio(excess)
        best = minimize_scalar(
            lambda f, e=excess: -ratio(e, f), bounds=(0, 1), options={"xatol": 1e-9}
        )
        assert found == pytest.approx(-best.fun, abs=1e-4)
        fractions = np.linspace(0, 1, 50)
        assert all(found >= ratio(excess, f) - 1e-5 for f in fractions)


def test_edges_are_no_signal_and_signal_alone():
    assert profile_ratio(np.array([-0.5, 0.2])) == 0
    assert profile_ratio(np.array([2.0, 0.5])) == pytest.approx(2 * np.log(4.5))
    assert profile_ratio(np.zeros(5)) == 0


def test_two_values_have_a_closed_form():
    """a events of +1 and b of -1: f = (a - b) / (a + b)."""
    excess = np.array([1.0] * 7 + [-0.999999999] * 3)
    assert profile_ratio(excess) == pytest.approx(2 * (7 * np.log(1.4) + 3 * np.log(0.6)), abs=1e-5)
