"""Estimates of an unknown energy or number of excitons."""

import numpy as np
import pytest
from helpers.made_responses import darwin, made_events, made_nest_events

from pipeline.xenon.response.quanta import exciton_share, scintillation_energy_keV


@pytest.mark.parametrize("recoil", ["er", "nr"])
@pytest.mark.parametrize("energy_keV", [5.0, 50.0])
def test_an_unknown_energy_is_found_from_the_quanta(recoil, energy_keV):
    known = made_nest_events(darwin(), recoil, np.full(500, energy_keV), seed=1)
    unknown = made_events(
        500,
        recoil=known.recoil,
        energy_keV=np.nan,
        photons=known.photons,
        electrons=known.electrons,
    )
    assert scintillation_energy_keV(known) == pytest.approx(energy_keV)
    assert scintillation_energy_keV(unknown).mean() == pytest.approx(energy_keV, rel=0.03)


@pytest.mark.parametrize("energy_keV", [3.0, 20.0, 80.0])
def test_unknown_excitons_of_er_are_nests_mean(energy_keV):
    known = made_nest_events(darwin(), "er", np.full(2000, energy_keV), seed=2)
    unknown = made_events(
        2000, energy_keV=energy_keV, photons=known.photons, electrons=known.electrons
    )
    counted, guessed = (exciton_share(events, 2.86) for events in (known, unknown))
    error = counted.std() / np.sqrt(2000)
    assert guessed.mean() == pytest.approx(counted.mean(), abs=4 * error)


def test_unknown_excitons_of_nr_are_in_the_middle_of_nests():
    known = made_nest_events(darwin(), "nr", np.linspace(1, 100, 2000), seed=3)
    unknown = made_events(2000, recoil=1, photons=known.photons, electrons=known.electrons)
    counted, guessed = (exciton_share(events, 2.86) for events in (known, unknown))
    assert guessed.mean() == pytest.approx(counted.mean(), abs=0.1)


def test_no_photons_have_no_share():
    assert np.isfinite(exciton_share(made_events(1), 2.86)).all()
