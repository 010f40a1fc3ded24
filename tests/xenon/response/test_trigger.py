"""Efficiency and conditions of the trigger."""

import numpy as np
import pytest
from helpers.made_responses import darwin, made_events, made_nest_events, respond

EVENTS = 1500


@pytest.mark.parametrize(
    ("recoil", "energy_keV", "efficiency"),
    [
        ("nr", 4.0, 0.25),
        ("nr", 5.0, 0.44),
        ("nr", 7.0, 0.82),
        ("nr", 10.0, 0.98),
        ("er", 1.5, 0.44),
        ("er", 2.0, 0.82),
        ("er", 3.0, 0.99),
    ],
)
def test_efficiency_is_that_of_another_simulation_of_n4t200(recoil, energy_keV, efficiency):
    # The other simulation's own choices, of transport say, are worth some 0.03.
    events = made_nest_events(darwin(), recoil, np.full(EVENTS, energy_keV), seed=3)
    seen = respond(darwin(), events).triggered.mean()
    error = np.sqrt(efficiency * (1 - efficiency) / EVENTS)
    assert seen == pytest.approx(efficiency, abs=0.03 + 3 * error)


def test_a_long_window_asks_for_the_number_of_photons_only():
    events = made_events(500, photons=40, electrons=1000)
    response = respond(darwin(trigger={"window_ns": 1e9}), events)
    np.testing.assert_array_equal(response.triggered, response.s1_photons_detected >= 4)
    assert 0.1 < response.triggered.mean() < 0.9


def test_a_short_window_sees_no_coincidence():
    events = made_events(200, photons=200, electrons=1000)
    assert not respond(darwin(trigger={"window_ns": 1e-9}), events).triggered.any()


def test_coincidences_are_those_of_the_waveform_where_windows_are_whole_samples():
    # Four photons in one sample lie within its width; those in the window span two at most.
    response = respond(
        darwin(trigger={"window_ns": 10}), made_events(1000, photons=100, electrons=1000)
    )
    counts = response.s1_waveform.astype(int)
    sufficient = (counts >= 4).any(axis=1)
    necessary = (counts[:, :-1] + counts[:, 1:] >= 4).any(axis=1)
    assert (response.triggered >= sufficient).all()
    assert (response.triggered <= necessary).all()
    assert sufficient.any()
    assert not necessary.all()


def test_a_small_s2_does_not_trigger():
    events = made_events(300, photons=5000, electrons=5)
    response = respond(darwin(), events)
    np.testing.assert_array_equal(response.triggered, response.s2_photons_detected >= 200)
    assert 0.1 < response.triggered.mean() < 0.9
