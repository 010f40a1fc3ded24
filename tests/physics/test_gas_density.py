import pytest
from scipy.constants import Avogadro, atm, gas_constant

from pipeline.physics.gas_density import electrons_per_m3


def test_electrons_of_an_ideal_gas_at_standard_conditions():
    """A mole has N_A molecules in 22.4 litres."""
    per_m3 = Avogadro / (gas_constant * 273.15 / atm)
    assert electrons_per_m3({"He": 0.7, "CO2": 0.3}, 0.0, 760.0) == pytest.approx(8 * per_m3)
    assert electrons_per_m3({"CF4": 1.0}, 0.0, 380.0) == pytest.approx(42 * per_m3 / 2)


@pytest.mark.parametrize("name", ["iC4H10", "Rn", "P10", "", "co2"])
def test_other_names_than_formulas_are_refused(name):
    with pytest.raises(ValueError, match=f"'{name}' is not a chemical formula"):
        electrons_per_m3({name: 1.0}, 20.0, 760.0)
