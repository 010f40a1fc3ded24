"""Reader of the text table that execNEST, NEST's command-line program, prints.

The text has a preamble (g1, g2, density, ...), a header with `field [V/cm]`, and one row per event
with cells separated by tabs: energy [keV], field, drift time [us], "X, Y, Z" [mm] in one cell, Nph,
Ne-, then areas of S1 and S2. Versions of NEST differ: some double the tabs of the header, some
print a time before the energy, with or without a name in the header, and some print Z only. With a
verbosity of 0 or less NEST prints the rows only.

The energy is the true one if the header says E_truth. As shipped (MCtruthE false in
include/NEST/analysis.hh) NEST prints E_recon, an estimate from S1 and S2 that is 0 below its
threshold; Energy or E, printed above 100 keV and by NEST 2.0, may be either. Such energies are
unknown, and so are those without a header. As shipped (MCtruthPos false) X and Y are smeared, which
no header says; Nph and Ne- are true in all cases.

Z points up and the drift time is (TopDrift - Z) / velocity, so the depth is `surface_z_mm` - Z.
Negative areas mark signals below NEST's own threshold. The reader ignores the areas and keeps
events below that threshold; the response applies the threshold of the detector.
"""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pipeline.core.ingestion import BadEvents
from pipeline.core.user_files import user_text
from pipeline.xenon.config.detector import Geometry
from pipeline.xenon.config.samples import ExecNest
from pipeline.xenon.events.positions import uniform_disc
from pipeline.xenon.events.raw import RawEvents, Row, batches_of, event_label, number, recoil_code

MARK = "field [V/cm]"
TRUE_ENERGY = "E_truth [keV]"
MM_PER_CM = 10.0

logger = logging.getLogger(__name__)


class Columns(NamedTuple):
    """Columns of the table, from its header."""

    names: list[str]
    field: int  # index of the field: energy before it; drift time, position, Nph, Ne- after it


# Columns of a table without a header; the names are those of `execNEST.cpp`.
UNNAMED = Columns(
    [
        "",
        MARK,
        "tDrift [us]",
        "X,Y,Z [mm]",
        "Nph",
        "Ne-",
        "S1 [PE or phe]",
        "S1_3Dcor [phd]",
        "spikeC(NON-INT)",
        "Ne-Extr",
        "S2_rawArea [PE]",
        "S2_3Dcorr [phd]",
    ],
    field=1,
)


def read_execnest(
    path: str | Path,
    sample: ExecNest,
    geometry: Geometry,
    bad: BadEvents,
    rng: np.random.Generator,
) -> Iterator[RawEvents]:
    """Yield the rows of the table in batches; memory is bounded by one batch.

    If the table holds Z only, x and y are drawn uniformly over the detector's cross-section. Counts
    that are means (seed -2) are rounded in `ingest`.

    Raises:
        BadEventError: a damaged row and the policy is to stop.
        ValueError: the header is missing or belongs to another table.
    """
    return batches_of(_rows(path, sample, geometry, bad, rng))


def _rows(
    path: str | Path,
    sample: ExecNest,
    geometry: Geometry,
    bad: BadEvents,
    rng: np.random.Generator,
) -> Iterator[Row]:
    surface_mm = sample.surface_z_mm
    if surface_mm is None:
        surface_mm = geometry.height_cm * MM_PER_CM
    recoil = recoil_code(sample.recoil)
    columns: Columns | None = None
    width, event, begun = 0, -1, False
    with user_text(path) as lines:
        for line, text in enumerate(lines, start=1):
            if not text.strip():
                continue
            if not begun and _is_unnamed(text):
                columns = UNNAMED
                _report_energy(path, "without a name")
            begun = True
            if columns is None:
                columns = _header(text, path, line)
                continue
            event += 1
            cells = text.strip().split("\t")
            try:
                width = _checked_width(cells, columns, width, text)
                energy, x, y, z, photons, electrons = _numbers(cells, columns)
                if columns is UNNAMED and (photons % 1 or electrons % 1):
                    raise ValueError(
                        "its numbers of quanta are means, of an event or of a keV; run execNEST "
                        "with a verbosity of 1, which prints the header"
                    )
            except ValueError as error:
                bad.found(event_label(event, line), str(error))
                continue
            if np.isnan(x):
                (x,), (y,) = (MM_PER_CM * a for a in uniform_disc(geometry.radius_cm, 1, rng))
            yield Row(
                event,
                line,
                recoil,
                energy,
                x / MM_PER_CM,
                y / MM_PER_CM,
                (surface_mm - z) / MM_PER_CM,
                photons,
                electrons,
            )
    if columns is None:
        raise ValueError(
            f"{path}: no header with '{MARK}' between tabs found; expected what execNEST prints "
            f"with a verbosity of 1, or its rows of {len(UNNAMED.names)} columns alone"
        )


def _header(text: str, path: str | Path, line: int) -> Columns | None:
    names = [name.strip() for name in text.split("\t") if name.strip()]
    if MARK not in names:
        return None
    field = names.index(MARK)
    expected = ["position [mm]", "Nph", "Ne-"]
    found = names[field + 2 : field + 5]
    if field < 1 or len(found) < 3 or "[mm]" not in found[0] or found[1:] != expected[1:]:
        raise ValueError(
            f"{path}, line {line}: expected the columns {expected} after the field and the "
            f"drift time, found {found}; only execNEST's table of events can be read"
        )
    if names[field - 1] != TRUE_ENERGY:
        _report_energy(path, f"'{names[field - 1]}'")
    return Columns(names, field)


def _is_unnamed(text: str) -> bool:
    """Whether the first line of a file is an event: the table has no header."""
    cells = text.strip().split("\t")
    try:
        return len(cells) == len(UNNAMED.names) and bool(_numbers(cells, UNNAMED))
    except ValueError:
        return False


def _report_energy(path: str | Path, name: str) -> None:
    logger.warning(
        "%s: its energies are %s, not '%s', and are taken as unknown; for true ones set MCtruthE "
        "to true and verbosity to 1 in NEST's include/NEST/analysis.hh, compile and run it again",
        path,
        name,
        TRUE_ENERGY,
    )


def _checked_width(cells: list[str], columns: Columns, width: int, text: str) -> int:
    """Check the number of cells of a row and return it.

    The first row has as many cells as the header, or one more, a time without a name; all other
    rows have as many as the first. `width` is the number in the first row, or 0 before it.

    Raises:
        ValueError: the row has another number of cells.
    """
    named = len(columns.names)
    if len(cells) == width or (not width and len(cells) in (named, named + 1)):
        return len(cells)
    expected = f"{width}" if width else f"{named} or {named + 1}"
    end = "" if text.endswith("\n") else "; the file ends within this line: run execNEST again"
    raise ValueError(f"it has {len(cells)} columns, expected {expected}{end}")


def _numbers(cells: list[str], columns: Columns) -> tuple[float, float, float, float, float, float]:
    """Energy [keV], x, y, z [mm], photons, electrons of a row.

    The energy is NaN if it is not the true one, x and y are NaN if the row holds z only.

    Raises:
        ValueError: a cell is not a number or a position.
    """
    field = columns.field + len(cells) - len(columns.names)
    place = cells[field + 2].split(",")
    if len(place) not in (1, 3):
        raise ValueError(f"its position is '{cells[field + 2]}', expected 'X, Y, Z' or 'Z' [mm]")
    x, y, z = [np.nan] * (3 - len(place)) + [number(p.strip(), "position") for p in place]
    energy = number(cells[field - 1], "energy")
    return (
        energy if columns.names[columns.field - 1] == TRUE_ENERGY else np.nan,
        x,
        y,
        z,
        number(cells[field + 3], "number of photons"),
        number(cells[field + 4], "number of electrons"),
    )
