"""Samples that NEST generates: positions, energies, reproducibility."""

import numpy as np
import pytest
from scipy import stats

from pipeline.core.seeds import generator
from pipeline.xenon.config.samples import Nest
from pipeline.xenon.events.nest import nest_events


def block(events, recoil="nr", low=1, high=100):
    spectrum = {"kind": "uniform", "low_keV": low, "high_keV": high}
    return Nest.model_validate(
        {"kind": "nest", "recoil": recoil, "spectrum": spectrum, "events": events}
    )


@pytest.fixture
def events_of(geometry, liquid):
    """(sample, identity) -> its events, in one batch."""

    def made(sample, *identity):
        rng = generator(1, "xenon", "events", *identity)
        (batch,) = nest_events(sample, geometry, liquid, rng)
        return batch

    return made


def test_positions_are_uniform_in_the_fiducial_volume(events_of):
    batch = events_of(block(5000), "a", "0")
    r = np.hypot(batch.x_cm, batch.y_cm)
    phi = np.arctan2(batch.y_cm, batch.x_cm)
    for values, expected in (
        (r**2, stats.uniform(0, 15**2)),
        (phi, stats.uniform(-np.pi, 2 * np.pi)),
        (batch.depth_cm, stats.uniform(5, 40)),
    ):
        assert stats.kstest(values, expected.cdf).pvalue > 0.01


def test_energies_follow_the_spectrum_and_quanta_follow_them(events_of):
    batch = events_of(block(5000, low=10, high=90), "a", "0")
    assert stats.kstest(batch.energy_keV, stats.uniform(10, 80).cdf).pvalue > 0.01
    assert stats.spearmanr(batch.energy_keV, batch.photons).statistic > 0.99
    assert (batch.recoil == 1).all()


def test_same_identity_same_events_and_another_sample_others(events_of):
    first, again = (events_of(block(20), "train_er", "0000_nest") for _ in range(2))
    other = events_of(block(20), "background_er", "0000_nest")
    for column in ("energy_keV", "x_cm", "photons", "electrons"):
        np.testing.assert_array_equal(getattr(again, column), getattr(first, column))
    assert not set(other.energy_keV) & set(first.energy_keV)


def test_events_come_in_bounded_batches(geometry, liquid, monkeypatch):
    monkeypatch.setattr("pipeline.xenon.events.nest.BATCH_EVENTS", 8)
    batches = list(nest_events(block(20), geometry, liquid, np.random.default_rng(1)))
    assert [len(batch) for batch in batches] == [8, 8, 4]
    assert np.concatenate([b.source_event for b in batches]).tolist() == list(range(20))
    assert len({energy for b in batches for energy in b.energy_keV}) == 20
