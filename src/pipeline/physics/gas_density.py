"""Electrons of a gas mixture."""

import re
from collections.abc import Mapping

from scipy.constants import k, torr, zero_Celsius

from pipeline.physics.elements import ATOMIC_NUMBERS

_FORMULA = re.compile(r"(?:[A-Z][a-z]?\d*)+")
_ATOMS = re.compile(r"([A-Z][a-z]?)(\d*)")


def electrons_per_m3(
    fractions: Mapping[str, float], temperature_C: float, pressure_torr: float
) -> float:
    """Electrons per m3 of an ideal gas with volume fractions of molecules, by their formulas.

    Raises:
        ValueError: a name is not the formula of a molecule of known elements.
    """
    molecules_per_m3 = pressure_torr * torr / (k * (temperature_C + zero_Celsius))
    return molecules_per_m3 * sum(share * _electrons(name) for name, share in fractions.items())


def _electrons(formula: str) -> int:
    atoms = _ATOMS.findall(formula)
    if not _FORMULA.fullmatch(formula) or not {name for name, _ in atoms} <= ATOMIC_NUMBERS.keys():
        raise ValueError(
            f"'{formula}' is not a chemical formula of the elements {', '.join(ATOMIC_NUMBERS)}"
        )
    return sum(ATOMIC_NUMBERS[name] * int(number or 1) for name, number in atoms)
