"""The response as a whole: conservation, seeds, edges."""

from dataclasses import fields

import numpy as np
import pytest
from helpers.made_responses import darwin, made_events, made_nest_events, respond, together

from pipeline.xenon.config.detector import Detector
from pipeline.xenon.events.table import EventBatch
from pipeline.xenon.response.simulation import CHUNK_EVENTS, simulate_response


def same(a, b):
    return all(
        np.array_equal(getattr(a, f.name), getattr(b, f.name))
        for f in fields(a)
        if f.name != "events"
    )


@pytest.mark.parametrize("base", ["darwin", "xenon1t"])
def test_photons_are_the_same_in_waveforms_and_patterns(base):
    detector = Detector(base=base)
    energies = np.random.default_rng(1).uniform(1, 100, 100)
    response = respond(detector, made_nest_events(detector, "er", energies, seed=1))
    s1, s2 = response.s1_photons_detected, response.s2_photons_detected
    np.testing.assert_array_equal(response.s1_waveform.sum(axis=1), s1)
    np.testing.assert_array_equal(response.s2_waveform.sum(axis=1), s2)
    patterns = response.top.sum(axis=1, dtype=int) + response.bottom.sum(axis=1, dtype=int)
    np.testing.assert_array_equal(patterns, s2)
    assert (s1 <= response.events.photons).all()
    assert (response.electrons_extracted <= response.events.electrons).all()
    assert s1.min() > 0
    assert (response.s1_waveform[:, 0] > 0).all()


def test_how_the_table_is_cut_does_not_matter():
    n = CHUNK_EVENTS + 50
    events = made_nest_events(darwin(), "nr", np.linspace(2, 50, n), seed=1)
    rng = np.random.default_rng(7)
    pieces = []
    for start, stop in ((0, 33), (33, 34), (34, n)):
        piece = EventBatch(*(getattr(events, f.name)[start:stop] for f in fields(events)))
        pieces.extend(simulate_response(darwin(), piece, rng))
    assert same(together(pieces), respond(darwin(), events, seed=7))


def test_seeds_decide():
    events = made_events(20, photons=500, electrons=500)
    assert same(respond(darwin(), events, seed=1), respond(darwin(), events, seed=1))
    assert not same(respond(darwin(), events, seed=1), respond(darwin(), events, seed=2))


def test_events_without_quanta_leave_nothing():
    response = respond(darwin(), made_events(3))
    assert not response.triggered.any()
    made = [f.name for f in fields(response)[2:] if f.name != "stands_for"]
    assert not any(getattr(response, name).any() for name in made)


def test_batches_are_bounded():
    events = made_events(2 * CHUNK_EVENTS + 1)
    sizes = [len(b) for b in simulate_response(darwin(), events, np.random.default_rng(1))]
    assert sizes == [CHUNK_EVENTS, CHUNK_EVENTS, 1]


def test_light_beyond_the_counts_is_an_error_that_names_the_event():
    events = made_events(3, event_id=[10, 11, 12], electrons=[100, 100_000, 100])
    with pytest.raises(
        ValueError, match=r"event 11 with 0 photons and 100000 electrons: more than"
    ):
        respond(darwin(), events)


def test_corrected_s1_does_not_depend_on_the_depth():
    """Its mean is g1 times the photons: the light collection is 1.32 below and 0.87 above."""
    detector = darwin()
    for depth in (15.0, 130.0, 245.0):
        response = respond(detector, made_events(4000, photons=1000, depth_cm=depth))
        mean = response.cs1_photons.mean()
        assert mean == pytest.approx(1000 * detector.s1.g1, rel=0.005)
    s1 = response.s1_photons_detected
    assert s1.mean() > 1.2 * mean


def test_events_taken_from_candidates_are_as_all_events_are():
    """4000 of 64,000 in means of what is recorded, and in light and charge of 4000 others."""
    energies = np.random.default_rng(1).uniform(2, 10, 68_000)
    events = made_nest_events(darwin(), "er", energies, seed=1)
    candidates, others = (
        EventBatch(*(getattr(events, f.name)[part] for f in fields(events)))
        for part in (slice(64_000), slice(64_000, None))
    )
    taken = together(list(simulate_response(darwin(), candidates, np.random.default_rng(2), 4000)))
    natural = respond(darwin(), others, seed=3)
    np.testing.assert_array_equal(taken.s1_waveform.sum(axis=1), taken.s1_photons_detected)
    patterns = taken.top.sum(axis=1, dtype=int) + taken.bottom.sum(axis=1, dtype=int)
    np.testing.assert_array_equal(patterns, taken.s2_photons_detected)
    assert (natural.stands_for == 1).all()
    for name in ("s1_photons_detected", "s2_photons_detected", "s1_area_PE", "triggered"):
        mine, theirs = getattr(taken, name), getattr(natural, name)
        mean = np.average(mine, weights=taken.stands_for)
        assert mean == pytest.approx(theirs.mean(), abs=5 * theirs.std() / np.sqrt(4000)), name

    def leakage(response):
        """Little charge for the light."""
        light, charge = response.cs1_photons, response.electrons_extracted
        return charge < light * np.exp(1.4 - light / 80)

    rare = leakage(taken)
    few = leakage(natural).mean()
    error = np.sqrt(few / 4000 + (taken.stands_for[rare] ** 2).sum() / 4000**2)
    assert taken.stands_for[rare].sum() / 4000 == pytest.approx(few, abs=4 * error)
    assert rare.sum() > 2.5 * leakage(natural).sum() > 0
