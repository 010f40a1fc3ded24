"""Schema of files of measured events: hits, without truth but for labelled calibrations."""

from typing import ClassVar, Literal, Self

from pydantic import PositiveFloat, model_validator

from pipeline.config.files import EventFiles
from pipeline.config.model import Block, described
from pipeline.gas.config.columns import Names


class HitColumns(Block):
    """Names of ROOT branches, Parquet columns or HDF5 datasets; `group/name` for one in a group.

    Either one entry is one event, and coordinates and charge are lists, or one entry is one hit,
    and the hits of an event follow each other with its number.
    """

    event: str | None = described(
        "Event number; null: events are numbered from 0, which needs lists.", None
    )
    x: str = described("Coordinates across the drift.", "x")
    y: str = described("Coordinates across the drift.", "y")
    z: str | None = described(
        "Coordinates along the drift, larger is farther from the readout; null: `drift_time` "
        "gives them.",
        "z",
    )
    drift_time: str | None = described(
        "Arrival times within the event, in place of `z` [ns].", None
    )
    charge: str = described("Charges.", "charge")
    time: str | None = described("Time of the event [s since 1970, UTC]; null: not known.", None)
    direction: Names | None = described(
        "Three columns with the true direction of each event, of any length, along the axes of the "
        "hits' coordinates: those of a calibration with recoils of known direction, which networks "
        "can be trained on. null: not known.",
        None,
    )


class HitSource(Block):
    """Interface of every kind of source of measured events."""

    # Dotted name of the function that yields batches of hits. Its arguments are (file, block, bad
    # events) if the source reads the user's files, and (track table, block, part) if it makes hits.
    reader: ClassVar[str]

    @property
    def labelled(self) -> bool:
        """Whether the true directions are known."""
        return False

    @property
    def timed(self) -> bool:
        """Whether the times of the events are known."""
        return True


class Hits(EventFiles, HitSource):
    """Measured events (ROOT, Parquet or HDF5, by the ending of the file's name)."""

    reader: ClassVar[str] = "pipeline.gas.hits.files.read_hits"

    kind: Literal["hits"]
    columns: HitColumns = described("Names of the quantities.", HitColumns())
    tree: str | None = described(
        "Name of the TTree of ROOT files; null: the only one in the file.", None
    )
    length_unit: Literal["um", "mm", "cm", "m"] = described("Unit of the coordinates.", "um")
    pad_um: tuple[PositiveFloat, PositiveFloat] | None = described(
        "Pitch of the pads along x and y [um], where `x` and `y` are numbers of pads; null: they "
        "are lengths.",
        None,
    )
    drift_velocity_um_per_ns: float | None = described(
        "Drift velocity, which turns `drift_time` into a length.", None, gt=0
    )
    electrons_per_charge: PositiveFloat = described(
        "Primary electrons for one unit of the charge: 1 over gain and calibration. Responses and "
        "networks take charges in primary electrons.",
        1.0,
    )

    direction: tuple[float, float, float] | None = described(
        "True direction of all events, of any length, in place of `columns.direction`: that of a "
        "beam. null: not known.",
        None,
    )

    @property
    def labelled(self) -> bool:
        """See `HitSource.labelled`."""
        return self.direction is not None or self.columns.direction is not None

    @property
    def timed(self) -> bool:
        """See `HitSource.timed`."""
        return self.columns.time is not None

    @model_validator(mode="after")
    def _has_one_direction_at_most(self) -> Self:
        if self.direction is None:
            return self
        if self.columns.direction:
            raise ValueError("direction: columns.direction has it too; leave one of them out")
        if not any(self.direction):
            raise ValueError("direction: must not be [0, 0, 0]")
        return self

    @model_validator(mode="after")
    def _has_a_coordinate_along_the_drift(self) -> Self:
        names = self.columns
        if (names.z is None) == (names.drift_time is None):
            raise ValueError("columns: name either z or drift_time, and set the other to null")
        if (names.drift_time is None) != (self.drift_velocity_um_per_ns is None):
            raise ValueError("drift_time and drift_velocity_um_per_ns belong together")
        return self
