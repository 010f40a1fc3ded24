"""Photons and electrons from NEST against reference values at 200 V/cm and 2.86 g/cm3."""

import numpy as np
import pytest

from pipeline.xenon.events.nest import nest_quanta

EVENTS = 4000

# Energy [keV] -> mean photons and electrons, as printed to three or four digits.
ER = {1: (11.1, 62.6), 5: (202, 167), 10: (459, 279), 30: (1499, 714), 100: (4425, 2951)}
NR = {1: (3.8, 6.9), 5: (31.6, 33.0), 10: (80.2, 58.4), 30: (337, 128), 100: (1484, 262)}
MEANS = [
    *(("er", energy, means) for energy, means in ER.items()),
    *(("nr", energy, means) for energy, means in NR.items()),
]


def half_a_digit(value):
    """Rounding of a printed number; means of below 100 carry a decimal."""
    return 0.05 if value < 100 else 0.5


@pytest.mark.parametrize(("recoil", "energy", "means"), MEANS)
def test_means(liquid, recoil, energy, means):
    quanta = nest_quanta(recoil, np.full(EVENTS, float(energy)), liquid, seed=1)
    for drawn, mean in zip(quanta.T, means, strict=False):
        error = drawn.std() / np.sqrt(EVENTS)
        assert abs(drawn.mean() - mean) < 3 * error + half_a_digit(mean)


@pytest.mark.parametrize(
    ("recoil", "sigmas", "correlation"), [("er", (35, 34), -0.87), ("nr", (6.9, 6.3), -0.37)]
)
def test_fluctuations_and_their_correlation_at_10_keV(liquid, recoil, sigmas, correlation):
    quanta = nest_quanta(recoil, np.full(EVENTS, 10.0), liquid, seed=2)
    for drawn, sigma in zip(quanta.T, sigmas, strict=False):
        # NEST's quanta are nearly Gaussian.
        error = drawn.std() / np.sqrt(2 * EVENTS)
        assert abs(drawn.std() - sigma) < 3 * error + half_a_digit(sigma)
    found = np.corrcoef(quanta.T)[0, 1]
    assert abs(found - correlation) < 3 * (1 - found**2) / np.sqrt(EVENTS) + 0.005


def test_excitons_are_some_of_the_quanta(liquid):
    quanta = nest_quanta("nr", np.full(100, 50.0), liquid, seed=3)
    assert (quanta[:, 2] > 0).all()
    assert (quanta[:, 2] < quanta[:, 0] + quanta[:, 1]).all()


def test_seed_decides_whatever_was_drawn_before(liquid):
    energies = np.linspace(1, 100, 50)
    first = nest_quanta("er", energies, liquid, seed=4)
    assert not np.array_equal(nest_quanta("er", energies, liquid, seed=5), first)
    np.testing.assert_array_equal(nest_quanta("er", energies, liquid, seed=4), first)


def test_field_moves_quanta_from_light_to_charge(liquid):
    stronger = liquid.model_copy(update={"field_V_per_cm": 1000.0})
    energies = np.full(500, 20.0)
    weak, strong = (nest_quanta("er", energies, at, seed=6).mean(0) for at in (liquid, stronger))
    assert strong[0] < weak[0] - 50
    assert strong[1] > weak[1] + 50
