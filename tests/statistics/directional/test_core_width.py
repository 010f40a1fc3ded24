"""The core's width: that of a Gaussian is its sigma, whatever the tails."""

import numpy as np
import pytest

from pipeline.statistics.directional.core_width import core_width_deg

EVENTS = 20_000


def scattered(rng, sigma_deg, events=EVENTS):
    """True directions, and others at Gaussian angles in two planes."""
    true = rng.standard_normal((events, 3))
    true /= np.linalg.norm(true, axis=1, keepdims=True)
    kick = np.tan(np.radians(sigma_deg) * rng.standard_normal((events, 3)))
    moved = true + kick - (kick * true).sum(1, keepdims=True) * true
    return true, moved / np.linalg.norm(moved, axis=1, keepdims=True)


@pytest.mark.parametrize("sigma_deg", [2.0, 8.0])
def test_a_gaussian_has_its_sigma_within_the_error(rng, sigma_deg):
    width, error = core_width_deg(*scattered(rng, sigma_deg))
    assert width == pytest.approx(sigma_deg, abs=4 * error)
    assert error == pytest.approx(sigma_deg / np.sqrt(4 * EVENTS), rel=0.25)


def test_tails_and_wrong_head_tail_do_not_count(rng):
    true, moved = scattered(rng, 4.0)
    moved[::2] *= -1
    moved[::200] = true[::200][:, [1, 2, 0]]
    width, error = core_width_deg(true, moved)
    # What is left out takes some of the Gaussian's own tail with it.
    assert width == pytest.approx(4.0, rel=0.08)
    assert error < 0.03


def test_one_event_has_no_width():
    assert np.isnan(core_width_deg(np.eye(3)[:1], np.eye(3)[:1])).all()
