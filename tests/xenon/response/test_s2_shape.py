"""The time structure of S2."""

import numpy as np
import pytest
from helpers.made_responses import darwin, made_events, respond

ELECTRONS = 2000
DEPTHS_CM = np.array([20.0, 80.0, 140.0, 200.0, 255.0])
TRAPPING_US, CROSSING_US, BIN_US, BEFORE_US = 0.416, 0.94, 0.01, 7.0
SINGLET_US, TRIPLET_US, SINGLETS = 0.00588, 0.1195, 0.035


@pytest.fixture(scope="module")
def shapes():
    """Drift time, mean and variance of the light's time [us] at each depth, and errors."""
    rows = []
    for depth in DEPTHS_CM:
        response = respond(darwin(), made_events(60, electrons=ELECTRONS, depth_cm=depth))
        time = (np.arange(response.s2_waveform.shape[1]) + 0.5) * BIN_US - BEFORE_US
        weight = response.s2_waveform / response.s2_waveform.sum(axis=1, keepdims=True)
        mean = weight @ time
        variance = weight @ time**2 - mean**2
        errors = [values.std() / np.sqrt(len(values)) for values in (mean, variance)]
        rows.append((response.drift_time_us[0], mean.mean(), variance.mean(), *errors))
    return np.array(rows).T


def test_drift_time_is_depth_over_velocity(shapes):
    np.testing.assert_allclose(shapes[0], DEPTHS_CM * 10 / 1.518, rtol=1e-6)


def test_the_light_is_as_late_as_its_delays(shapes):
    decay = SINGLETS * SINGLET_US + (1 - SINGLETS) * TRIPLET_US
    delay = TRAPPING_US + CROSSING_US / 2 + decay
    # Electrons and decays fall into whole samples: up to one more or less.
    assert (np.abs(shapes[1] - delay) < BIN_US + 4 * shapes[3]).all()


def test_the_squared_width_grows_with_the_drift_time_by_diffusion(shapes):
    drift, _, variance, _, error = shapes
    (slope, start), covariance = np.polyfit(drift, variance, 1, w=1 / error, cov="unscaled")
    # 2 D_L / v^2 with D_L = 17.97 cm2/s and v = 1518 m/s.
    assert slope == pytest.approx(2 * 17.97e-6 / 0.1518**2, abs=4 * np.sqrt(covariance[0, 0]))
    decay_mean = SINGLETS * SINGLET_US + (1 - SINGLETS) * TRIPLET_US
    decay_square = 2 * (SINGLETS * SINGLET_US**2 + (1 - SINGLETS) * TRIPLET_US**2)
    expected = TRAPPING_US**2 + CROSSING_US**2 / 12 + decay_square - decay_mean**2
    assert start == pytest.approx(expected, abs=4 * np.sqrt(covariance[1, 1]) + 1e-3)


def test_hardly_any_light_falls_out_of_the_window(shapes):
    detector = darwin(s2={"extraction": 1, "fano": 1}, drift={"lifetime_us": 1e12})
    response = respond(detector, made_events(100, electrons=1000, depth_cm=259.0))
    expected = 100 * 1000 * 48.7
    assert response.s2_photons_detected.sum() == pytest.approx(expected, abs=5 * np.sqrt(expected))


def test_one_electron_emits_evenly_while_it_crosses_the_gap():
    prompt = {
        "trapping_us": 0,
        "gas_singlet_ns": 0,
        "gas_triplet_ns": 0,
        "extraction": 1,
        "fano": 1,
    }
    still = {"longitudinal_cm2_per_s": 0, "lifetime_us": 1e12}
    response = respond(darwin(s2=prompt, drift=still), made_events(2000, electrons=1))
    light = response.s2_waveform.sum(axis=0, dtype=int)
    first, crossing = round(BEFORE_US / BIN_US), round(CROSSING_US / BIN_US)
    assert light.sum() == light[first : first + crossing].sum()
    expected = 2000 * 48.7 / crossing
    pulls = (light[first : first + crossing] - expected) / np.sqrt(expected)
    assert np.abs(pulls).max() < 5
    assert pulls.std() == pytest.approx(1, abs=0.3)
