"""Reader of instruction files of pax and WFSim, the waveform simulators of XENON.

The files are CSV tables with the columns
instruction,recoil_type,x,y,depth,s1_photons,s2_electrons,t in cm and ns. The column `instruction`,
the number of the event, may be missing, and t is ignored. Consecutive rows with the same
`instruction` are one event with several sites; this chain does not support such events.
"""

import csv
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import numpy as np

from pipeline.core.ingestion import BadEvents
from pipeline.xenon.config.detector import Geometry
from pipeline.xenon.config.samples import Instructions
from pipeline.xenon.events.positions import uniform_disc
from pipeline.xenon.events.raw import RawEvents, Row, batches_of, event_label, number, recoil_code

NEEDED = ("recoil_type", "x", "y", "depth", "s1_photons", "s2_electrons")
EVENT = "instruction"
RANDOM = "random"

Cells = tuple[int, list[str]]  # number of a line and its cells


def read_instructions(
    path: str | Path,
    _sample: Instructions | None,
    geometry: Geometry,
    bad: BadEvents,
    rng: np.random.Generator,
) -> Iterator[RawEvents]:
    """Yield the instructions in batches; memory is bounded by one batch.

    Raises:
        BadEventError: an instruction is damaged and the policy is to stop.
        ValueError: columns are missing.
    """
    return batches_of(_rows(path, geometry, bad, rng))


def _rows(
    path: str | Path, geometry: Geometry, bad: BadEvents, rng: np.random.Generator
) -> Iterator[Row]:
    with open(path, newline="", errors="replace") as file:
        reader = csv.reader(file, skipinitialspace=True)
        names = [name.strip() for name in next(reader, [])]
        missing = [name for name in NEEDED if name not in names]
        if missing:
            raise ValueError(
                f"{path}, line 1: no column {missing}; expected a header "
                f"[{EVENT},]{','.join(NEEDED)},t, found {names}"
            )
        rows = ((reader.line_num, cells) for cells in reader if cells)
        for event, line, sites in _events(rows, names):
            label = event_label(event, line)
            if len(sites) > 1:
                bad.found(label, f"it has {len(sites)} sites, expected one row for each event")
                continue
            try:
                yield _row(event, line, sites[0], names, geometry, rng)
            except ValueError as error:
                bad.found(label, str(error))


def _events(rows: Iterator[Cells], names: list[str]) -> Iterator[tuple[int, int, list[list[str]]]]:
    """Number, first line and rows of each event."""
    if EVENT not in names:
        for event, (line, cells) in enumerate(rows):
            yield event, line, [cells]
        return
    place = names.index(EVENT)
    groups = groupby(rows, lambda row: row[1][place] if place < len(row[1]) else "")
    for counted, (text, group) in enumerate(groups):
        sites = list(group)
        event = int(text) if text.strip().isdecimal() else counted
        yield event, sites[0][0], [cells for _, cells in sites]


def _row(
    event: int,
    line: int,
    cells: list[str],
    names: list[str],
    geometry: Geometry,
    rng: np.random.Generator,
) -> Row:
    if len(cells) != len(names):
        raise ValueError(f"it has {len(cells)} columns, expected {len(names)}")
    given = dict(zip(names, (cell.strip() for cell in cells), strict=True))
    if given["x"] == RANDOM:
        (x,), (y,) = uniform_disc(geometry.radius_cm, 1, rng)
    else:
        x, y = number(given["x"], "x"), number(given["y"], "y")
    if given["depth"] == RANDOM:
        depth = rng.uniform(0, geometry.height_cm)
    else:
        depth = number(given["depth"], "depth")
    return Row(
        event,
        line,
        recoil_code(given["recoil_type"]),
        np.nan,
        x,
        y,
        depth,
        number(given["s1_photons"], "number of photons"),
        number(given["s2_electrons"], "number of electrons"),
    )
