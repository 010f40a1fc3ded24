"""The gas: ideal-gas density and errors."""

import pytest
from scipy import constants

from pipeline.gas.tracks.simulator.gas import MOLECULES, Gas


def test_density_at_standard_conditions_is_loschmidts() -> None:
    gas = Gas((("He", 1.0),), 273.15, 760.0)
    loschmidt = constants.value("Loschmidt constant (273.15 K, 101.325 kPa)")
    assert gas.molecules_per_cm3 == pytest.approx(loschmidt * 1e-6, rel=1e-6)


def test_density_of_the_detectors_gas() -> None:
    gas = Gas((("He", 0.7), ("CO2", 0.3)), 293.15, 760.0)
    assert gas.molecules_per_cm3 == pytest.approx(2.5035e19, rel=1e-4)
    assert [density for _, density in gas.molecules()] == pytest.approx(
        [0.7 * gas.molecules_per_cm3, 0.3 * gas.molecules_per_cm3]
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (((("Xe", 1.0),), 293.15, 760.0), "'Xe' is not known.*CO2, He"),
        (((("He", 0.5), ("He", 0.5)), 293.15, 760.0), "repeat"),
        (((("He", 0.7), ("CO2", 0.4)), 293.15, 760.0), "sum to 1.1"),
        (((("He", 1.2), ("CO2", -0.2)), 293.15, 760.0), "positive"),
        (((("He", 1.0),), 0.0, 760.0), "temperature_K must be positive"),
        (((("He", 1.0),), 293.15, -1.0), "pressure_torr must be positive"),
    ],
)
def test_errors_say_what_is_wrong(arguments: tuple, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Gas(*arguments)


@pytest.mark.parametrize("name", sorted(MOLECULES))
def test_molecules_are_complete(name: str) -> None:
    molecule = MOLECULES[name]
    assert sum(shell.electrons for shell in molecule.shells) == sum(
        atom.z * count for atom, count in molecule.atoms
    )
    assert sum(fraction for _, fraction in molecule.ions) == pytest.approx(1.0)
    assert molecule.ions[0][0] == min(energy for energy, _ in molecule.ions)
    for atom, _ in molecule.atoms:
        assert sum(atom.amplitudes) == pytest.approx(1.0)
