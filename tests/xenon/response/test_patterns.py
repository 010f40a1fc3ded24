"""Hit patterns of S2."""

import numpy as np
import pytest
from helpers.made_responses import darwin, made_events, respond

from pipeline.xenon.response.arrays import pmt_positions_cm
from pipeline.xenon.response.patterns import fill_expected_pattern

SITE = 8.0 * np.array([5.5, -3 * np.sqrt(3) / 2])  # a PMT of the lattice, far from the wall


@pytest.fixture(scope="module")
def pmts():
    detector = darwin()
    return pmt_positions_cm(detector.arrays.top, detector.geometry.radius_cm)


def expected(pmts, x_cm, y_cm, width_cm=7.0, uniform=0.12, variance_cm2=0.0):
    cumulative = np.empty(len(pmts))
    fill_expected_pattern(pmts, width_cm, uniform, x_cm, y_cm, variance_cm2, cumulative)
    return np.diff(cumulative, prepend=0)


def test_the_expected_pattern_is_the_formula(pmts):
    squared = ((pmts - [30, 20]) ** 2).sum(axis=1) / 7.0**2
    seen = (1 + squared) ** -1.5
    shares = 0.88 * seen / seen.sum() + 0.12 / len(pmts)
    np.testing.assert_allclose(expected(pmts, 30, 20), shares, rtol=1e-9)


def test_a_spread_of_electrons_is_their_average(pmts):
    sigma_cm = 0.45  # transverse diffusion over the whole height
    near = np.hypot(*(pmts - [31, 22]).T) < 30
    steps, weights = np.polynomial.hermite_e.hermegauss(9)
    weights /= weights.sum()
    average = sum(
        w * v * expected(pmts, 31 + sigma_cm * s, 22 + sigma_cm * t, uniform=0)
        for s, w in zip(steps, weights, strict=True)
        for t, v in zip(steps, weights, strict=True)
    )
    ours = expected(pmts, 31, 22, uniform=0, variance_cm2=sigma_cm**2)
    point = expected(pmts, 31, 22, uniform=0)
    shift, error = np.abs(point - average)[near].max(), np.abs(ours - average)[near].max()
    assert error < 0.03 * shift  # the next order is smaller by (sigma / w)^2, times some 6


def test_the_centre_of_the_pattern_is_the_true_position(pmts):
    response = respond(
        darwin(), made_events(400, electrons=300, depth_cm=10.0, x_cm=SITE[0], y_cm=SITE[1])
    )
    # PMTs around the site are symmetric about it: so are the lattice and its even light.
    around = np.hypot(*(pmts - SITE).T) < 25
    counts = response.top[:, around].astype(float)
    centres = counts @ pmts[around] / counts.sum(axis=1, keepdims=True)
    error = centres.std(axis=0) / np.sqrt(len(centres))
    assert (np.abs(centres.mean(axis=0) - SITE) < 4 * error).all()


def test_counts_follow_the_expected_pattern(pmts):
    detector = darwin(drift={"transverse_cm2_per_s": 0})
    response = respond(detector, made_events(200, electrons=200, x_cm=31.0, y_cm=22.0))
    counts = response.top.sum(axis=0, dtype=int)
    mean = counts.sum() * expected(pmts, 31, 22)
    chi2 = ((counts - mean) ** 2 / mean).sum()
    assert chi2 == pytest.approx(len(pmts) - 1, abs=4 * np.sqrt(2 * len(pmts)))


def test_diffusion_moves_single_electrons():
    # sigma^2 = 2 D_T t at the cathode: 0.45 cm an axis, seen through a sharp optics.
    sharp = {"top_width_cm": 0.01, "top_uniform_fraction": 0.0}
    arrays = {"top": {"kind": "hexagonal", "pitch_cm": 0.2}}
    small = {"radius_cm": 3, "fiducial_radius_cm": 1}
    detector = darwin(patterns=sharp, arrays=arrays, geometry=small)
    response = respond(detector, made_events(2000, electrons=1, depth_cm=259.0))
    pmts = pmt_positions_cm(detector.arrays.top, 3)
    seen = response.electrons_extracted == 1
    at = pmts[response.top[seen].argmax(axis=1)]
    expected_cm = np.sqrt(2 * 60.32e-6 * 259 / 0.1518)
    assert at.std(axis=0) == pytest.approx(expected_cm, rel=4 / np.sqrt(2 * seen.sum()))


def test_the_bottom_pattern_is_broad():
    response = respond(darwin(), made_events(100, electrons=500, x_cm=60.0))
    top, bottom = (p.sum(axis=0, dtype=int) for p in (response.top, response.bottom))
    assert top.max() / top.mean() > 50
    assert bottom.max() / bottom.mean() < 2
