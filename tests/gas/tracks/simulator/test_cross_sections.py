"""Cross sections against closed forms and evaluated values."""

import numpy as np
import pytest
from scipy import constants, special

from pipeline.gas.tracks.simulator import cross_sections as xs
from pipeline.gas.tracks.simulator.gas import CARBON, HELIUM, MOLECULES, OXYGEN, Atom, Gas, Shell
from pipeline.gas.tracks.simulator.tables import collision_tables, energies_eV

ENERGY_EV = np.array([200.0, 1e3, 1e4, 6e4])


def test_elastic_moments_of_one_yukawa_have_a_closed_form() -> None:
    atom = Atom(5, (0.0, 1.0), (1.0, 1.7))
    c, a = 4 * xs.wave_number_squared(ENERGY_EV), 1.7**2
    tau = ENERGY_EV / xs.ELECTRON_EV
    front = 4 * np.pi * xs.BOHR_CM**2 * (2 * 5 * (tau + 1)) ** 2
    log = np.log((a + c) / a)
    powers = [  # integrals of mu^n / (c mu + a)^2
        1 / (a * (a + c)),
        (log - c / (a + c)) / c**2,
        (c - 2 * a * log + a * c / (a + c)) / c**3,
    ]
    beta2 = xs.beta_squared(ENERGY_EV)
    total, transfer = xs.elastic_moments(atom, ENERGY_EV)
    np.testing.assert_allclose(total, front * (powers[0] - beta2 * powers[1]), rtol=1e-9)
    np.testing.assert_allclose(transfer, 2 * front * (powers[1] - beta2 * powers[2]), rtol=1e-9)


def test_elastic_scattering_at_10_keV_agrees_with_the_evaluation_in_degrad() -> None:
    helium = xs.elastic_moments(HELIUM, np.array(1e4))
    assert helium == pytest.approx((4.37e-19, 7.65e-21), rel=0.02)
    carbon, oxygen = (np.array(xs.elastic_moments(a, np.array(1e4))) for a in (CARBON, OXYGEN))
    assert carbon + 2 * oxygen == pytest.approx([2.04e-17, 2.88e-19], rel=0.06)


@pytest.mark.parametrize(
    ("name", "eta"), [("He", [1.608e-3, 3.81e-4]), ("CO2", [1.238e-3, 2.925e-4])]
)
def test_screening_at_10_and_40_keV_agrees_with_degrads(name: str, eta: list[float]) -> None:
    ours = xs.screening(MOLECULES[name], np.array([1e4, 4e4]))
    assert ours == pytest.approx(eta, rel=0.08)


def test_screening_keeps_the_mean_deflection() -> None:
    molecule = MOLECULES["CO2"]
    eta = xs.screening(molecule, ENERGY_EV)
    r = (np.arange(2_000_000) + 0.5) / 2_000_000
    mean = np.array([np.mean(2 * e * r / (1 + e - r)) for e in eta])
    moments = [count * np.array(xs.elastic_moments(a, ENERGY_EV)) for a, count in molecule.atoms]
    total, transfer = np.sum(moments, axis=0)
    np.testing.assert_allclose(mean, transfer / total, rtol=1e-3)


def test_rbeb_becomes_beb_at_low_energy() -> None:
    # Kim & Rudd 1994: S/(t+u+1) [ln t/2 (1-1/t^2) + 1 - 1/t - ln t/(t+1)], light enough a shell
    # and slow enough an electron for relativity not to matter.
    shell = Shell(2.0, 3.0, 2)
    t = np.array([5.0, 20.0, 50.0])
    rydberg = constants.value("Rydberg constant times hc in eV")
    s = 4 * np.pi * xs.BOHR_CM**2 * 2 * (rydberg / 2.0) ** 2
    beb = np.log(t) / 2 * (1 - 1 / t**2) + 1 - 1 / t - np.log(t) / (t + 1)
    np.testing.assert_allclose(xs.rbeb(shell, 2.0 * t), s / (t + 1.5 + 1) * beb, rtol=2e-3)


def test_rbeb_vanishes_at_threshold() -> None:
    shell = MOLECULES["He"].shells[0]
    assert xs.rbeb(shell, np.array([10.0, 24.587])) == pytest.approx([0.0, 0.0])


# Evaluated counting cross sections in Degrad 3.4, which follow Fursa & Bray's calculation (He) and
# the measurements of Rapp & Englander-Golden, Lindsay & Mangan and Rieke & Prepejchal (CO2).
@pytest.mark.parametrize(
    ("name", "energy_eV", "cm2"),
    [("He", 100, 3.35e-17), ("He", 1e3, 1.24e-17), ("CO2", 100, 3.62e-16), ("CO2", 1e3, 1.29e-16)],
)
def test_ionisation_agrees_with_evaluated_values(name: str, energy_eV: float, cm2: float) -> None:
    assert xs.valence_ionisation(MOLECULES[name], np.array(energy_eV)) == pytest.approx(
        cm2, rel=0.1
    )


def test_core_ionisation_agrees_with_the_evaluated_carbon_k_shell() -> None:
    carbon_k = MOLECULES["CO2"].core[0]
    ours = xs.rbeb(carbon_k, np.array([501.0, 1e3, 1e4, 5.01e4]))
    assert ours == pytest.approx([2.66e-19, 3.75e-19, 1.21e-19, 3.63e-20], rel=0.06)


def test_mean_secondary_energy_has_a_closed_form() -> None:
    # integral of x^p/(1+x^2) from 0 to X is X^(p+1)/(p+1) 2F1(1, (p+1)/2; (p+3)/2; -X^2)
    width, binding, p = 13.8, 20.0, 1 / 1.05
    largest = (ENERGY_EV - binding) / (2 * width)
    integral = largest ** (p + 1) / (p + 1)
    integral *= special.hyp2f1(1, (p + 1) / 2, (p + 3) / 2, -(largest**2))
    expected = width * integral / np.arctan(largest)
    np.testing.assert_allclose(xs.mean_secondary(binding, width, ENERGY_EV), expected, rtol=1e-4)


@pytest.mark.parametrize(("name", "z", "mean_excitation_eV"), [("He", 2, 41.8), ("CO2", 22, 85.0)])
@pytest.mark.parametrize(("range_eV", "within"), [((2e3, 60e3), 0.03), ((60e3, 100e3), 0.045)])
def test_range_agrees_with_the_icru_stopping_power(
    name: str, z: int, mean_excitation_eV: float, range_eV: tuple[float, float], within: float
) -> None:
    """ICRU Report 37 (1984), collision stopping power of electrons."""
    gas = Gas(((name, 1.0),), 293.15, 760.0)
    energy = energies_eV()
    tau, beta2 = energy / xs.ELECTRON_EV, xs.beta_squared(energy)
    f = (1 - beta2) * (1 + tau**2 / 8 - (2 * tau + 1) * np.log(2))
    logarithm = 2 * np.log(energy / mean_excitation_eV) + np.log1p(tau / 2) + f
    radius_cm = xs.ALPHA**2 * xs.BOHR_CM
    stopping = 2 * np.pi * radius_cm**2 * xs.ELECTRON_EV * z / beta2 * logarithm
    first, last = np.searchsorted(energy, range_eV)
    inverse = 1e4 / (gas.molecules_per_cm3 * stopping[first : last + 1])
    expected = np.trapezoid(inverse, energy[first : last + 1])
    ours = collision_tables(gas).csda_range_um[[first, last]]
    assert ours[1] - ours[0] == pytest.approx(expected, rel=within)


def test_tables_are_distributions() -> None:
    tables = collision_tables(Gas((("He", 0.7), ("CO2", 0.3)), 293.15, 760.0))
    assert np.all(np.diff(tables.cumulative, axis=1, prepend=0.0) >= 0)
    assert np.all(tables.cumulative[:, -1] == 1.0)
    assert np.all(np.diff(tables.csda_range_um) > 0)
    assert np.all(np.diff(tables.mean_free_path_um) > 0)
