import numpy as np
import pandas as pd
import pytest

from pipeline.physics.solar_neutrinos import recoil_rate
from pipeline.statistics.directional.spectrum import discrete_energies, places, spectrum


def test_energies_stand_for_the_intervals_to_the_middles():
    found = spectrum([20.0, 30.0, 50.0])
    width = np.array([10.0, 15.0, 20.0])
    rate = width * [recoil_rate(energy) for energy in (20.0, 30.0, 50.0)]
    assert found.window_keV == 45
    assert found.signal == pytest.approx(rate / rate.sum())
    assert found.background == pytest.approx(width / 45)
    assert found.recoils_per_electron_yr == pytest.approx(rate.sum())
    falling = width / [20, 30, 50]
    assert spectrum([20.0, 30.0, 50.0], -1.0).background == pytest.approx(falling / falling.sum())


def test_no_interval_reaches_below_zero():
    assert spectrum([10.0, 60.0]).window_keV == 85


def test_one_energy_stands_for_1_keV():
    found = spectrum([40.0])
    assert found.window_keV == 1
    assert found.recoils_per_electron_yr == recoil_rate(40.0)
    assert (found.signal, found.background) == (1, 1)


def test_efficiencies_change_shares_and_signal_fraction():
    """Of 100 recoils, 40 of them signal: counted by hand."""
    found = spectrum([20.0, 40.0])
    efficiency = np.array([0.2, 0.9])
    signal, background = 40 * found.signal * efficiency, 60 * found.background * efficiency
    passing = found.passing(efficiency)
    assert passing.signal == pytest.approx(signal / signal.sum())
    assert passing.background == pytest.approx(background / background.sum())
    assert passing.ratio == pytest.approx(passing.signal / passing.background)
    kept = signal.sum() + background.sum()
    assert passing.fraction(0.4) == pytest.approx(signal.sum() / kept)
    assert passing.mean_efficiency(0.4) == pytest.approx(kept / 100)


@pytest.mark.parametrize("fraction", [0.0, 0.1, 0.3, 0.7, 1.0])
def test_one_energy_changes_nothing_by_a_bit(fraction):
    passing = spectrum([40.0]).passing(0.77)
    assert (passing.signal, passing.background, passing.ratio) == (1, 1, 1)
    assert passing.fraction(fraction) == fraction
    assert passing.mean_efficiency(fraction) == 0.77


def test_discrete_energies_and_their_rows():
    energy = np.array([50, 20, 50.1, 20.1, 35], np.float32)
    energies, place = discrete_energies(pd.DataFrame({"energy_keV": energy}))
    assert energies == pytest.approx([20.05, 35, 50.05])
    assert place.tolist() == [2, 0, 2, 0, 1]
    assert places(energies, energy).tolist() == [2, 0, 2, 0, 1]
    assert places([40.0], energy).tolist() == [0] * 5


def test_other_tables_are_refused():
    with pytest.raises(ValueError, match="from 10 to 60 keV without gaps"):
        discrete_energies(pd.DataFrame({"energy_keV": np.linspace(10, 60, 2000)}))
    with pytest.raises(ValueError, match="no column energy_keV"):
        discrete_energies(pd.DataFrame({"energy": [1.0]}))
