"""Reader of instruction files of pax and WFSim, the waveform simulators of XENON.

The files are CSV tables; see `instruction_formats` for their columns. Rows that follow each other
with the same number of the event are one event. They are one site if they are its S1 and its S2:
the same place, time, recoil and energy, one row without electrons and one without photons. Events
with several sites are not supported.
"""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import numpy as np

from pipeline.core.ingestion import BadEvents
from pipeline.core.user_files import csv_rows
from pipeline.xenon.config.detector import Geometry
from pipeline.xenon.config.samples import Instructions
from pipeline.xenon.events.instruction_formats import Format, Site, format_of
from pipeline.xenon.events.positions import uniform_disc
from pipeline.xenon.events.raw import RawEvents, Row, batches_of, event_label

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
        ValueError: columns are missing, or the S1 and the S2 of an event are apart.
    """
    return batches_of(_events(path, geometry, bad, rng))


def _events(
    path: str | Path, geometry: Geometry, bad: BadEvents, rng: np.random.Generator
) -> Iterator[Row]:
    rows = csv_rows(path)
    first, names = next(rows, (1, []))
    try:
        form = format_of(names)
    except ValueError as error:
        raise ValueError(f"{path}, line {first}: {error}") from None
    halves: dict[str | None, Site] = {}  # last event with an S1 or an S2 only, by number
    for counted, (text, group) in enumerate(_grouped(rows, names, form)):
        line = group[0][0]
        event = counted
        try:
            event = counted if text is None else _whole(text)
            sites = []
            for row in group:
                line, cells = row
                if len(cells) != len(names):
                    raise ValueError(f"it has {len(cells)} columns, expected {len(names)}")
                sites.append(form.site(dict(zip(names, cells, strict=True))))
            line = group[0][0]
            site = _one_site(sites)
        except ValueError as error:
            bad.found(event_label(event, line), str(error))
            continue
        if bool(site.photons) != bool(site.electrons):
            if text in halves and _are_one(halves[text], site):
                raise ValueError(
                    f"{path}, event {event_label(event, line)}: its S1 and its S2 are apart; give "
                    f"both the same number in the column '{form.event}', and sort the rows by it"
                )
            halves[text] = site
        yield _placed(event, line, site, geometry, rng)


def _grouped(
    rows: Iterator[Cells], names: list[str], form: Format
) -> Iterator[tuple[str | None, list[Cells]]]:
    """Number, as text, and rows of each event; None if the table has no numbers."""
    if form.event not in names:
        yield from ((None, [row]) for row in rows)
        return
    place = names.index(form.event)
    groups = groupby(rows, lambda row: row[1][place] if place < len(row[1]) else "")
    yield from ((text, list(group)) for text, group in groups)


def _whole(text: str) -> int:
    """Number of an event; pandas writes 7.0 for a column with gaps."""
    try:
        value = float(text)
        if value == int(value):
            return int(value)
    except (ValueError, OverflowError):
        pass
    raise ValueError(f"its number is '{text}', expected a whole number")


def _one_site(sites: list[Site]) -> Site:
    """The only site of an event; ValueError if it has several."""
    if len(sites) == 1:
        return sites[0]
    if len(sites) == 2 and _are_one(*sites):
        one, two = sites
        return one._replace(
            photons=one.photons + two.photons,
            electrons=one.electrons + two.electrons,
            excitons=np.fmax(one.excitons, two.excitons),
        )
    raise ValueError(
        f"it has {len(sites)} sites, expected one row for each event, or an S1 and an S2 of the "
        "same place, time, recoil and energy"
    )


def _are_one(one: Site, two: Site) -> bool:
    """Whether two rows are the S1 and the S2 of one site, in either order."""
    split = one.electrons == two.photons == 0 or one.photons == two.electrons == 0
    same_energy = (
        one.energy_keV == two.energy_keV or np.isnan([one.energy_keV, two.energy_keV]).all()
    )
    # A random place is NaN, which equals nothing.
    same_place = all(getattr(one, a) == getattr(two, a) for a in ("x_cm", "y_cm", "depth_cm"))
    same = (one.time, one.recoil) == (two.time, two.recoil)
    return bool(split and same and same_energy and same_place)


def _placed(event: int, line: int, site: Site, geometry: Geometry, rng: np.random.Generator) -> Row:
    """The event, with random coordinates drawn."""
    x, y, depth = site.x_cm, site.y_cm, site.depth_cm
    if np.isnan(x):
        (x,), (y,) = uniform_disc(geometry.radius_cm, 1, rng)
    if np.isnan(depth):
        depth = rng.uniform(0, geometry.height_cm)
    return Row(
        event,
        line,
        site.recoil,
        site.energy_keV,
        x,
        y,
        depth,
        site.photons,
        site.electrons,
        site.excitons,
    )
