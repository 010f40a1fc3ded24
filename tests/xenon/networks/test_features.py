"""Features of events: the paper's counts, and sums of them with the drift time."""

import numpy as np
import pytest
from helpers.made_responses import darwin, made_nest_events, respond

from pipeline.xenon.networks.features import SUMS, counts, features


@pytest.fixture
def response():
    return respond(darwin(), made_nest_events(darwin(), "nr", np.linspace(2, 50, 40), seed=1))


def test_counts_are_the_papers_3835_numbers_in_order(response):
    numbers = counts(response)
    assert numbers.shape == (len(response), 125 + 1800 + 955 + 955)
    assert numbers.dtype == np.float32
    parts = np.split(np.expm1(numbers[5]), [125, 1925, 2880])
    for part, name in zip(parts, ("s1_waveform", "s2_waveform", "top", "bottom"), strict=True):
        np.testing.assert_allclose(part, getattr(response, name)[5], rtol=1e-4, atol=1e-4)


def test_features_are_the_counts_and_four_sums(response):
    numbers = features(response)
    assert numbers.dtype == np.float32
    np.testing.assert_array_equal(numbers[:, :-SUMS], counts(response))
    s1, s2, drift_ms, time = numbers[:, -SUMS:].T
    np.testing.assert_allclose(np.expm1(s1), response.s1_photons_detected, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(np.expm1(s2), response.s2_photons_detected, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(drift_ms * 1000, response.drift_time_us, rtol=1e-6)
    event = int(np.argmax(response.s1_photons_detected))
    samples = np.repeat(np.arange(125), response.s1_waveform[event])
    assert time[event] == pytest.approx(samples.mean(), rel=1e-5)


def test_an_event_without_an_s1_has_features(response):
    response.s1_waveform[:] = 0
    assert (features(response)[:, [-4, -1]] == 0).all()
