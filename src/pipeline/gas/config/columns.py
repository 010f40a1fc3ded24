"""Schema of the names under which ROOT and Parquet files hold the quantities of a track."""

from pipeline.config.model import Block, described

Names = tuple[str, str, str]


class PointColumns(Block):
    """Names of what a file may hold besides the coordinates: one entry or row is one event."""

    t: str | None = described("Times; null: none.", None)
    energy: str | None = described("Energy of the event; null: `energy_keV` is used.", None)
    direction: Names | None = described(
        "The three components of the event's true initial direction, a unit vector; null: "
        "`direction` of the source.",
        None,
    )
    start: Names | None = described(
        "The three coordinates of the event's true start; null: `start_um` of the source.", None
    )
    count: str | None = described(
        "Number of points of the event, where the lists are longer (buffers filled up behind the "
        "track); null: whole lists.",
        None,
    )
    charge: str | None = described(
        "Number of electrons at each point; null: every point is one electron.", None
    )
    ignored: list[str] = described(
        "Names that look like `count` or `charge` and are neither; without this, they stop the "
        "reader if the lists disagree with them.",
        [],
    )


class RootBranches(PointColumns):
    """Names of the branches. One entry is one event; coordinates are lists."""

    event: str | None = described(
        "Event number; null: entries are numbered from 0.", "event_number"
    )
    x: str = described("Coordinates along x.", "x")
    y: str = described("Coordinates along y.", "y")
    z: str = described("Coordinates along z.", "z")
    t: str | None = described("Times; null: none.", "t")


class ParquetColumns(PointColumns):
    """Names of the columns. One row is one event; coordinates are lists."""

    event: str | None = described("Event number; null: rows are numbered from 0.", "event_id")
    x: str = described("Coordinates along x.", "x_um")
    y: str = described("Coordinates along y.", "y_um")
    z: str = described("Coordinates along z.", "z_um")
    energy: str | None = described("Energy of the event; null: `energy_keV` is used.", "energy_eV")
