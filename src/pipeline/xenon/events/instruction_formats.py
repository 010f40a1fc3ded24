"""Columns of the instruction files of pax and of WFSim.

pax: instruction,recoil_type,x,y,depth,s1_photons,s2_electrons,t in cm and ns. The column
`instruction`, the number of the event, may be missing; 'random' stands for a random place.

WFSim (`instruction_dtype` in its strax_interface.py): event_number,type,time,x,y,z,amp,recoil,
e_dep,n_excitons,... in cm, ns and keV. The column `amp` holds S1 photons in a row of type 1 and S2
electrons in one of type 2; z is 0 at the top and negative below; `recoil` is a code of NEST.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from pipeline.xenon.events.raw import number, recoil_code

RANDOM = "random"
# INTERACTION_TYPE of NEST.hh. Its code 6 are ions and alphas, 17 is none, WFSim's 20 is an LED.
NEST_RECOILS = {
    **dict.fromkeys(range(6), "NR"),  # NR, WIMP, B8, DD, AmBe, Cf
    **dict.fromkeys(range(7, 13), "ER"),  # gammaRay, beta, CH3T, C14, Kr83m, ppSolar
    13: "NR",  # atmNu
    **dict.fromkeys(range(14, 17), "ER"),  # fullGamma and its two parts
}

Cells = Mapping[str, str]  # cells of a row by column


class Site(NamedTuple):
    """What one row says of a site."""

    recoil: int  # index in RECOILS
    energy_keV: float  # NaN: unknown
    x_cm: float  # NaN: random, with y
    y_cm: float
    depth_cm: float  # NaN: random
    time: str
    photons: float
    electrons: float
    excitons: float = np.nan  # NaN: unknown


class Format(NamedTuple):
    """A kind of instruction file."""

    event: str  # column with the number of the event
    needed: tuple[str, ...]  # columns that must be there
    header: str  # header in messages
    site: Callable[[Cells], Site]  # ValueError: a cell cannot be read


def pax_site(cells: Cells) -> Site:
    """Site of a row of pax; ValueError: a cell cannot be read."""
    x = y = depth = np.nan
    if cells["x"] != RANDOM:
        x, y = number(cells["x"], "x"), number(cells["y"], "y")
    if cells["depth"] != RANDOM:
        depth = number(cells["depth"], "depth")
    return Site(
        recoil_code(cells["recoil_type"]),
        np.nan,
        x,
        y,
        depth,
        cells.get("t", ""),
        number(cells["s1_photons"], "number of photons"),
        number(cells["s2_electrons"], "number of electrons"),
    )


def wfsim_site(cells: Cells) -> Site:
    """Site of a row of WFSim; ValueError: a cell cannot be read."""
    kind, code = number(cells["type"], "type"), number(cells["recoil"], "recoil")
    if kind not in (1, 2):
        raise ValueError(f"its type is '{cells['type']}', expected 1 (S1) or 2 (S2)")
    if code not in NEST_RECOILS:
        raise ValueError(
            f"its recoil is '{cells['recoil']}', expected NEST's code of a nuclear recoil (0-5, "
            "13) or an electronic recoil (7-12, 14-16)"
        )
    amount = number(cells["amp"], "amp")
    return Site(
        recoil_code(NEST_RECOILS[int(code)]),
        _if_given(cells.get("e_dep", ""), "e_dep"),
        number(cells["x"], "x"),
        number(cells["y"], "y"),
        -number(cells["z"], "z"),
        cells.get("time", ""),
        amount if kind == 1 else 0.0,
        amount if kind == 2 else 0.0,
        _if_given(cells.get("n_excitons", ""), "number of excitons") if kind == 1 else np.nan,
    )


def _if_given(text: str, what: str) -> float:
    """A number above 0; NaN for an empty cell and for 0 and -1, WFSim's values of unset fields."""
    value = number(text, what) if text else np.nan
    return value if value > 0 else np.nan


_PAX = ("recoil_type", "x", "y", "depth", "s1_photons", "s2_electrons")
_WFSIM = ("event_number", "type", "x", "y", "z", "amp", "recoil")
FORMATS = (
    Format("instruction", _PAX, f"[instruction,]{','.join(_PAX)},t (pax)", pax_site),
    Format("event_number", _WFSIM, f"{','.join(_WFSIM)},time,e_dep (WFSim)", wfsim_site),
)


def format_of(names: list[str]) -> Format:
    """The format with these columns.

    Raises:
        ValueError: columns are missing; names those of the format with the fewest missing ones.
    """
    missing = {form: [name for name in form.needed if name not in names] for form in FORMATS}
    nearest = min(FORMATS, key=lambda form: len(missing[form]))
    if missing[nearest]:
        headers = " or ".join(form.header for form in FORMATS)
        raise ValueError(
            f"no column {missing[nearest]}; expected a header {headers}, separated by commas, "
            f"semicolons or tabs, found {names}"
        )
    return nearest
