"""Numbers of photons and electrons: binomials, gains and areas of known mean and variance."""

import numpy as np
import pytest
from helpers.made_responses import darwin, made_events, respond

EVENTS = 4000


def agree(drawn, mean, variance):
    """Mean and variance are those expected, within four standard errors."""
    error = np.sqrt(variance / len(drawn))
    assert drawn.mean() == pytest.approx(mean, abs=4 * error)
    deviations = (drawn - mean) ** 2
    assert deviations.mean() == pytest.approx(
        variance, abs=4 * deviations.std() / np.sqrt(len(drawn))
    )


@pytest.mark.parametrize("depth_cm", [10.0, 130.0, 250.0])
def test_detected_s1_photons_are_binomial_in_g1_and_collection(depth_cm):
    photons = 300
    height = 1 - depth_cm / 260
    detector = darwin()
    probability = detector.s1.g1 * np.polynomial.polynomial.polyval(height, detector.s1.collection)
    response = respond(detector, made_events(EVENTS, photons=photons, depth_cm=depth_cm))
    agree(
        response.s1_photons_detected,
        photons * probability,
        photons * probability * (1 - probability),
    )


@pytest.mark.parametrize("depth_cm", [10.0, 250.0])
def test_extracted_electrons_are_binomial_in_lifetime_and_extraction(depth_cm):
    electrons = 50
    probability = np.exp(-depth_cm * 10 / 1.518 / 5000) * 0.87
    response = respond(darwin(), made_events(EVENTS, electrons=electrons, depth_cm=depth_cm))
    agree(
        response.electrons_extracted,
        electrons * probability,
        electrons * probability * (1 - probability),
    )


@pytest.mark.parametrize("fano", [1.0, 2.0, 4.0])
def test_s2_photons_have_gain_and_fano_factor(fano):
    electrons, gain = 20, 48.7
    detector = darwin(s2={"extraction": 1, "fano": fano}, drift={"lifetime_us": 1e12})
    response = respond(detector, made_events(EVENTS, electrons=electrons))
    assert (response.electrons_extracted == electrons).all()
    agree(response.s2_photons_detected, electrons * gain, electrons * gain * fano)


def test_the_top_array_sees_its_share():
    response = respond(darwin(), made_events(EVENTS, electrons=10))
    photons, top = response.s2_photons_detected, response.top.sum(axis=1, dtype=int)
    pulls = (top - 0.7 * photons) / np.sqrt(photons * 0.7 * 0.3)
    agree(pulls, 0, 1)


def test_areas_have_double_photoelectrons_and_their_spread():
    response = respond(darwin(), made_events(EVENTS, electrons=10, photons=400))
    for photons, area in (
        (response.s1_photons_detected, response.s1_area_PE),
        (response.s2_photons_detected, response.s2_area_PE),
    ):
        variance = photons * (0.2 * 0.8 + 1.2 * 0.38**2)
        agree((area - 1.2 * photons) / np.sqrt(variance), 0, 1)
