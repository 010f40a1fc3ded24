"""What simulated recoils stand for, compared with integrals and with direct sums."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pipeline.statistics.means import effective_events
from pipeline.xenon.config.chain import Xenon
from pipeline.xenon.config.rates import Rates
from pipeline.xenon.events.ingest import complete
from pipeline.xenon.events.nest import nest_events
from pipeline.xenon.events.spectra import density
from pipeline.xenon.rates.backgrounds import backgrounds
from pipeline.xenon.rates.simulated import SimulatedRecoils, recoils_of
from pipeline.xenon.response.simulation import simulate_response

RANGE = (1.0, 9.0)


def falling(energy):
    return np.exp(-energy / 0.8)


def share(energy):
    """A steep efficiency, as that of 8B: most events come from where it is a per cent."""
    return 1 / (1 + (5 / energy) ** 6)


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def simulated(rng, n):
    """Recoils uniform in ln E from 0.8 to 10 keV, selected at random."""
    energy = 0.8 * (10 / 0.8) ** rng.random(n)
    return SimulatedRecoils(energy, rng.random(n) < share(energy), np.ones(n), lambda e: 1 / e)


def test_weights_add_up_to_spectrum_times_efficiency(rng):
    """Mean and spread of 200 small samples."""
    energy = np.geomspace(*RANGE, 5000)
    expected = np.trapezoid(falling(energy) * share(energy), energy)
    weights = [simulated(rng, 20_000).weights(falling, RANGE) for _ in range(200)]
    sums = np.array([weight.sum() for weight in weights])
    assert sums.mean() == pytest.approx(expected, abs=3 * sums.std() / np.sqrt(200))
    assert sums.std() < 0.1 * expected
    # The error of a weighted sum, as in a bootstrap of the simulated events.
    errors = [np.sqrt((weight**2).sum()) for weight in weights]
    assert sums.std() == pytest.approx(np.mean(errors), rel=0.2)


def test_weights_are_those_of_a_direct_sum(rng):
    """rate / density of the sample; energies that are rare by chance do not matter."""
    recoils = simulated(rng, 100_000)
    energy = recoils.energy_keV[recoils.selected]
    inside = (energy >= RANGE[0]) & (energy <= RANGE[1])
    direct = falling(energy) * energy * np.log(10 / 0.8) / 100_000 * inside
    weight = recoils.weights(falling, RANGE)
    assert (weight[~inside] == 0).all()
    assert weight.sum() == pytest.approx(direct.sum(), rel=0.02)
    assert np.average(energy, weights=weight) == pytest.approx(
        np.average(energy, weights=direct), rel=0.01
    )
    everything = replace(recoils, selected=np.ones(100_000, bool))
    integral = 0.8 * (falling(1.0) - falling(9.0))
    assert everything.weights(falling, RANGE).sum() == pytest.approx(integral, rel=1e-4)


def test_recoils_that_stand_for_unequal_numbers_add_up_alike(rng):
    """Of 300 samples, rare recoils are taken twenty times as often as the others."""
    sums = []
    for _ in range(300):
        energy = rng.uniform(*RANGE, 60_000)
        rare = rng.random(60_000) < 0.01 * energy / RANGE[1]
        taken = rng.random(60_000) < np.where(rare, 1.0, 0.05)
        recoils = SimulatedRecoils(
            energy[taken], rare[taken], np.where(rare, 0.05, 1.0)[taken], np.ones_like
        )
        sums.append(recoils.weights(np.ones_like, RANGE).sum())
    expected = 0.01 * (RANGE[1] ** 2 - RANGE[0] ** 2) / 2 / RANGE[1]
    assert np.mean(sums) == pytest.approx(expected, abs=3 * np.std(sums) / np.sqrt(300))
    # Taken evenly, as many recoils have 18 rare ones, whose number is known to 0.23.
    assert np.std(sums) < 0.08 * expected


def test_no_simulated_recoil_in_the_range(rng):
    with pytest.raises(ValueError, match="no simulated recoil has 20 to 30 keV"):
        simulated(rng, 100).weights(falling, (20.0, 30.0))


def test_recoils_of_both_kinds_keep_their_order():
    events = pd.DataFrame({"recoil": np.array([1, 0, 1], np.uint8), "energy_keV": [3.0, 2.0, 4.0]})
    events["stands_for"] = 1.0
    spectra = {name: {"kind": "uniform", "low_keV": 1, "high_keV": 5} for name in ("ER", "NR")}
    found = recoils_of(events, np.array([True, False, False]), spectra)
    assert found["NR"].energy_keV.tolist() == [3, 4]
    assert found["NR"].selected.tolist() == [True, False]
    assert len(found["ER"].weights(falling, (1.0, 5.0))) == 0


def test_8B_in_the_region_is_worth_150_events(rng):
    """Of the default sample, a third of which is made here; 17 of 12,000 uniform in ln E."""
    study = Xenon()
    sample, detector = study.samples["background_nr"], study.detectors["darwin"]
    third = sample.model_copy(update={"events": sample.events // 3})
    energies, selected = [], []
    for raw in nest_events(third, detector.geometry, detector.liquid, rng):
        events = complete(raw, detector.geometry, np.arange(len(raw)))
        for batch in simulate_response(detector, events, rng):
            energies.append(batch.events.energy_keV)
            selected.append(batch.triggered & study.region.holds(batch.cs1_photons))
    recoils = SimulatedRecoils(
        np.concatenate(energies).astype(float),
        np.concatenate(selected),
        np.ones(third.events),
        lambda energy: density(sample.spectrum, energy),
    )
    (boron8,) = [own for own in backgrounds(Rates()) if own.name == "8B"]
    weight = recoils.weights(boron8.spectrum, boron8.range_keV)
    assert effective_events(weight) > 150 / 3
    # 0.433 from 380,000 recoils uniform in ln E.
    assert weight.sum() == pytest.approx(0.433, rel=0.4)
