"""What a source says of its tracks (direction, start, energy, gas), held against the tracks.

All quantities are means over many events: a single track may scatter anywhere.
"""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.gas.config.mixture import GasMixture
from pipeline.gas.config.sources import Claims

FEWEST_EVENTS = 20
LEAST_COSINE = 0.5  # genuine Degrad: 0.98
ONE_DIRECTION = 0.8  # length of the mean unit vector from which on tracks begin in one direction
MOST_WITHOUT = 0.05  # share of events without an electron near their start; genuine: below 0.01
# Energy per electron [eV]: W lies between 20 and 45 eV in all gases. Somewhat more is read with a
# warning: where a file was thinned or electrons were lost on the way, directions are as good.
ENERGY_EV = (15.0, 60.0)
MOST_ENERGY_EV = 300.0
# Rms size over the practical range; 0.2 to 0.35 in simulated and genuine tracks of 10 to 60 keV.
SIZE_OVER_RANGE = (0.05, 1.0)
RANGE_KEV = (10.0, 3000.0)  # of the formula
MASSES = {  # [g/mol]
    "H": 1.008,
    "He": 4.003,
    "C": 12.011,
    "N": 14.007,
    "O": 15.999,
    "F": 18.998,
    "Ne": 20.180,
    "S": 32.06,
    "Ar": 39.95,
    "Kr": 83.80,
    "Xe": 131.29,
}
MOLE_CM3_TORR_PER_K = 62_363.6  # gas constant [cm^3 torr / (mol K)]
ZERO_CELSIUS_K = 273.15


@dataclass(frozen=True)
class Disagreement:
    """A claim that the tracks contradict."""

    text: str  # what was seen, and what to set
    stops: bool = True


def density_mg_per_cm3(gas: GasMixture) -> float | None:
    """Density of a gas; None if it has an element without an entry in `MASSES`.

    >>> round(density_mg_per_cm3(GasMixture()), 3)
    0.665
    """
    molar = 0.0
    for formula, fraction in gas.fractions.items():
        atoms = re.findall(r"([A-Z][a-z]?)(\d*)", formula.removeprefix("i"))
        if not atoms or any(symbol not in MASSES for symbol, _ in atoms):
            return None
        molar += fraction * sum(MASSES[symbol] * int(n or 1) for symbol, n in atoms)
    kelvin = gas.temperature_C + ZERO_CELSIUS_K
    return 1e3 * molar * gas.pressure_torr / (MOLE_CM3_TORR_PER_K * kelvin)


def practical_range_um(energy_keV: np.ndarray, gas: GasMixture) -> np.ndarray | None:
    """Practical range of electrons, float64 [n]; None if the density is not known.

    R = 412 E^(1.265 - 0.0954 ln E) mg/cm^2 with E in MeV, 0.01 < E < 3 MeV: Katz & Penfold, Rev.
    Mod. Phys. 24 (1952) 28.
    """
    density = density_mg_per_cm3(gas)
    if density is None:
        return None
    energy = np.asarray(energy_keV, dtype=np.float64) * 1e-3
    return 412.0 * energy ** (1.265 - 0.0954 * np.log(energy)) / density * 1e4


def seen(events: pd.DataFrame, gas: GasMixture | None) -> dict[str, float]:
    """What the event summaries of a source, one row for each event, show of it.

    Returns:
        cosine_near_start and its error, without_start (share of events), energy_eV_per_electron,
        size_over_range (median; NaN without a gas or outside the range of the formula).
    """
    cosine = events["cosine"].dropna()
    ratio = np.nan
    inside = events[events["energy_keV"].between(*RANGE_KEV)]
    if gas is not None and len(inside):
        range_um = practical_range_um(inside["energy_keV"].to_numpy(), gas)
        ratio = np.nan if range_um is None else float(np.median(inside["size_um"] / range_um))
    return {
        "cosine_near_start": float(cosine.mean()) if len(cosine) else np.nan,
        "cosine_near_start_err": float(np.std(cosine, ddof=1) / len(cosine) ** 0.5)
        if len(cosine) > 1
        else np.nan,
        "without_start": float((events["near"] == 0).mean()),
        "energy_eV_per_electron": 1e3 * events["energy_keV"].sum() / events["electrons"].sum(),
        "size_over_range": ratio,
    }


def disagreements(events: pd.DataFrame, claims: Claims) -> list[Disagreement]:
    """The claims that the events contradict; none for fewer than `FEWEST_EVENTS` events."""
    if len(events) < FEWEST_EVENTS:
        return []
    values = seen(events, claims.gas)
    found = []
    if values["without_start"] > MOST_WITHOUT:
        centre = events[[f"centre_{a}_um" for a in "xyz"]].median().to_numpy()
        found.append(
            Disagreement(
                f"{values['without_start']:.0%} of the events have no electron near their stated "
                f"start, expected at most {MOST_WITHOUT:.0%}; the tracks lie about "
                f"{_vector(centre)} um. Set `start_um` of this source, and check its length unit"
            )
        )
    if values["cosine_near_start"] < LEAST_COSINE:
        found.append(Disagreement(_direction_text(events, values["cosine_near_start"])))
    found += _energy(values["energy_eV_per_electron"]) + _size(values["size_over_range"])
    return found


def _direction_text(events: pd.DataFrame, cosine: float) -> str:
    mean = events[[f"near_{a}" for a in "xyz"]].mean().to_numpy()
    text = (
        f"the mean cosine between the stated direction and the electrons near the start is "
        f"{cosine:.2f}, expected above {LEAST_COSINE} (Degrad: 0.98). "
    )
    if np.linalg.norm(mean) > ONE_DIRECTION:
        return (
            f"{text}The tracks begin along {_vector(mean / np.linalg.norm(mean))}. Set "
            "`direction` of this source"
        )
    return (
        f"{text}The tracks begin in different directions. Give each event's own direction, by "
        "`direction` under `columns` (Parquet) or `branches` (ROOT) of this source"
    )


def _energy(electron_eV: float) -> list[Disagreement]:
    low, high = ENERGY_EV
    if low <= electron_eV <= high:
        return []
    text = (
        f"the energy per electron is {electron_eV:.3g} eV, expected {low:g} to {high:g} eV in any "
        "gas. Check the energy of this source and its unit, and whether its points are single "
        "electrons"
    )
    return [Disagreement(text, stops=not low <= electron_eV <= MOST_ENERGY_EV)]


def _size(ratio: float) -> list[Disagreement]:
    low, high = SIZE_OVER_RANGE
    if np.isnan(ratio) or low <= ratio <= high:
        return []
    return [
        Disagreement(
            f"the rms size of the tracks is {ratio:.3g} of the range of electrons of this energy "
            f"in the stated gas, expected 0.2 to 0.35. Check `length_unit`, the energy and `gas` "
            "of this source"
        )
    ]


def _vector(components: np.ndarray) -> str:
    return f"[{', '.join(f'{x:.3g}' for x in components)}]"


def hold_against(events: pd.DataFrame, claims: Claims | None, name: str) -> list[str]:
    """Texts of the disagreements that are only warnings.

    Raises:
        ValueError: the source stops at a disagreement; lists all that were found.
    """
    if claims is None:
        return []
    found = disagreements(events, claims)
    if claims.on_mismatch == "stop" and any(one.stops for one in found):
        texts = "\n".join(f"  {one.text}" for one in found)
        raise ValueError(
            f"{name}: {len(events)} events do not agree with what its source says:\n{texts}\n"
            "If the tracks are right as they are, set `on_mismatch: warn` of this source"
        )
    return [one.text for one in found]
