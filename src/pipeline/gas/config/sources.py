"""Schema of the track sources: where recoil tracks come from.

A new kind of source is a class here with an entry in `Source`, and the reader that it names.
"""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, TypeAdapter, model_validator

from pipeline.config.files import EventFiles, OnBadEvent
from pipeline.config.model import Block, described
from pipeline.config.paths import Program
from pipeline.core.parts import chunks, word
from pipeline.gas.config.columns import ParquetColumns, RootBranches
from pipeline.gas.config.mixture import GasMixture, degrad_mixture

Vector = tuple[float, float, float]
LengthUnit = Literal["um", "mm", "cm", "m"]
TimeUnit = Literal["ps", "ns", "us"]
EnergyUnit = Literal["eV", "keV", "MeV"]
OnMismatch = Literal["stop", "warn"]

SIMULATED_KEV = (10.0, 100.0)  # range of the built-in simulator
SimulatedEnergy = Annotated[float, Field(ge=SIMULATED_KEV[0], le=SIMULATED_KEV[1])]


@dataclass(frozen=True)
class Claims:
    """How what a source says of its tracks is held against them."""

    on_mismatch: OnMismatch
    gas: GasMixture | None = None


@dataclass(frozen=True)
class SourceDefaults:
    """Properties that all tracks of a source share, and the range of events to read."""

    energy_keV: float | None = None
    start_um: Vector = (0.0, 0.0, 0.0)
    direction: Vector = (0.0, 0.0, 1.0)
    first_event: int = 0
    max_events: int | None = None
    claims: Claims | None = None  # None: the tracks are made as the source says


class TrackSource(Block):
    """Interface of every kind of track source."""

    # Dotted name of the function that yields batches of tracks. Its arguments are (file, block, bad
    # events) if the source reads files, and (block, random generator) if it makes its tracks.
    reader: ClassVar[str]

    def energies(self) -> list[float]:
        """Recoil energies [keV] stated in the config; empty if only the files hold them."""
        return []

    def pieces(self) -> list[tuple[str, dict[str, Any]]]:
        """Parts of a source that makes its tracks: names, and what differs in their blocks.

        Sources that read files have none: each of their files is a part.
        """
        return []

    def defaults(self) -> SourceDefaults:
        """Properties that all tracks of the source share."""
        raise NotImplementedError

    def mixture(self) -> GasMixture | None:
        """Gas of the tracks; None if it is not known."""
        return None


class Simulation(TrackSource):
    """Tracks from the built-in electron-transport simulator, from the origin along +z."""

    reader: ClassVar[str] = "pipeline.gas.tracks.simulator.source.simulated_batches"

    kind: Literal["simulation"]
    energies_keV: list[SimulatedEnergy] = described(
        "Recoil energies [keV], 10 to 100; every energy gets the same number of events. Tracks "
        "above 60 keV mostly leave a grid of 6 cm at 760 torr.",
        min_length=1,
    )
    events_per_energy: int = described("Events at each energy.", gt=0)
    gas: GasMixture = described("Gas mixture.", GasMixture())
    deflection: Literal["degrad", "kinematic"] = described(
        "Deflection in inelastic collisions: 'degrad' imitates Degrad, which deflects every "
        "inelastic collision like an elastic one; 'kinematic' is exact two-body kinematics.",
        "degrad",
    )
    events_per_part: int = described("Events in each job and file.", 10_000, gt=0)

    def energies(self) -> list[float]:
        """See `TrackSource.energies`."""
        return self.energies_keV

    def pieces(self) -> list[tuple[str, dict[str, Any]]]:
        """See `TrackSource.pieces`."""
        return [
            (
                word(f"{energy:g}keV"),
                {"energies_keV": [energy], "events_per_energy": n, "events_per_part": n},
            )
            # The energies take turns, so that more events add parts behind the others.
            for n in chunks(self.events_per_energy, self.events_per_part)
            for energy in self.energies_keV
        ]

    def defaults(self) -> SourceDefaults:
        """See `TrackSource.defaults`."""
        return SourceDefaults(energy_keV=self.energies_keV[0], max_events=self.events_per_energy)

    def mixture(self) -> GasMixture:
        """See `TrackSource.mixture`."""
        return self.gas


class FileSource(EventFiles, TrackSource):
    """Settings of all sources that read files."""

    start_um: Vector = described("True start of every track [um].", (0.0, 0.0, 0.0))
    direction: Vector = described("True initial direction of every track.", (0.0, 0.0, 1.0))
    gas: GasMixture | None = described(
        "Gas of the tracks. Without it their length cannot be checked, and no published number "
        "stands beside their results.",
        None,
    )
    on_mismatch: OnMismatch = described(
        "What to do where direction, start, energy or gas do not fit the tracks: 'stop' with an "
        "error, or 'warn' and use them.",
        "stop",
    )

    @model_validator(mode="after")
    def _has_direction(self) -> Self:
        if not any(self.direction):
            raise ValueError("direction must not be the zero vector")
        return self

    def defaults(self) -> SourceDefaults:
        """See `TrackSource.defaults`."""
        return SourceDefaults(
            energy_keV=getattr(self, "energy_keV", None),
            start_um=self.start_um,
            direction=self.direction,
            first_event=self.first_event,
            max_events=self.max_events,
            claims=Claims(self.on_mismatch, self.gas),
        )

    def mixture(self) -> GasMixture | None:
        """See `TrackSource.mixture`."""
        return self.gas


class Degrad(FileSource):
    """DEGRAD.OUT files of Degrad 3.x (plain, .gz or .zst; IWRITE 1 or 2)."""

    reader: ClassVar[str] = "pipeline.gas.tracks.degrad.read_degrad"

    kind: Literal["degrad"]
    energy_keV: float = described("Recoil energy [keV], which DEGRAD.OUT does not hold.", gt=0)

    def energies(self) -> list[float]:
        """See `TrackSource.energies`."""
        return [self.energy_keV]


class DegradRun(TrackSource):
    """Tracks from a Degrad executable that the workflow runs, one job for each seed."""

    reader: ClassVar[str] = "pipeline.gas.tracks.degrad.read_degrad"

    kind: Literal["degrad_run"]
    executable: Program = described(
        "Degrad executable: a path, or a name that is looked for in PATH."
    )
    energy_keV: float = described("Electron energy [keV].", gt=0)
    jobs: int = described("Number of runs, each with its own seed and directory.", gt=0)
    events_per_job: int = described(
        "Events in each run; Degrad allows at most 10000.", gt=0, le=10_000
    )
    gas_ids: list[int] = described("Degrad's gas numbers.", [3, 12], min_length=1, max_length=6)
    gas_percent: list[float] = described("Percentages of the gases.", [70.0, 30.0])
    temperature_C: float = described("Temperature [deg C].", 20.0)
    pressure_torr: float = described("Pressure [torr].", 760.0, gt=0)
    thermalisation_eV: float = described("Electrons are followed down to this energy [eV].", 2.0)
    electric_field_V_per_cm: float = described("Drift field during the simulation [V/cm].", 0.0)
    iwrite: Literal[1, 2] = described("Detail of Degrad's output.", 1)
    on_bad_event: OnBadEvent = described(
        "Treatment of an unusable event: 'stop' with an error, or 'skip' it, count it and report "
        "it.",
        "stop",
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if len(self.gas_ids) != len(self.gas_percent):
            raise ValueError("gas_ids and gas_percent must have the same length")
        if abs(sum(self.gas_percent) - 100) > 1e-3:
            raise ValueError(f"gas_percent adds up to {sum(self.gas_percent):g}, not 100")
        return self

    def energies(self) -> list[float]:
        """See `TrackSource.energies`."""
        return [self.energy_keV]

    def pieces(self) -> list[tuple[str, dict[str, Any]]]:
        """See `TrackSource.pieces`."""
        return [("run", {"jobs": 1}) for _ in range(self.jobs)]

    def defaults(self) -> SourceDefaults:
        """See `TrackSource.defaults`."""
        return SourceDefaults(
            energy_keV=self.energy_keV,
            max_events=self.events_per_job,
            claims=Claims("stop", self.mixture()),
        )

    def mixture(self) -> GasMixture | None:
        """See `TrackSource.mixture`."""
        return degrad_mixture(
            self.gas_ids, self.gas_percent, self.temperature_C, self.pressure_torr
        )


class TableSource(FileSource):
    """Settings of sources whose files hold named quantities of every event."""

    key: ClassVar[str]  # of the block of the names
    noun: ClassVar[str]  # what a name stands for

    energy_keV: float | None = described(
        "Energy of every event, if the files do not hold it.", None, gt=0
    )

    def energies(self) -> list[float]:
        """See `TrackSource.energies`."""
        return [] if self.energy_keV is None else [self.energy_keV]

    @property
    def names(self) -> RootBranches | ParquetColumns:
        """Names of the quantities."""
        names: RootBranches | ParquetColumns = getattr(self, self.key)
        return names


class Root(TableSource):
    """ROOT files with one TTree and one entry per event; defaults fit the paper's files."""

    reader: ClassVar[str] = "pipeline.gas.tracks.root.read_root"

    key: ClassVar[str] = "branches"
    noun: ClassVar[str] = "branch"

    kind: Literal["root"]
    tree: str | None = described("Name of the TTree; null: the only one in the file.", None)
    branches: RootBranches = described("Names of the branches.", RootBranches())
    length_unit: LengthUnit = described("Unit of the coordinates.", "cm")
    time_unit: TimeUnit = described("Unit of the times.", "ns")
    energy_unit: EnergyUnit = described("Unit of the energy branch.", "keV")


class Parquet(TableSource):
    """Parquet tables with one row per event and list columns of coordinates."""

    reader: ClassVar[str] = "pipeline.gas.tracks.parquet.read_parquet"

    key: ClassVar[str] = "columns"
    noun: ClassVar[str] = "column"

    kind: Literal["parquet"]
    columns: ParquetColumns = described("Names of the columns.", ParquetColumns())
    length_unit: LengthUnit = described("Unit of the coordinates.", "um")
    time_unit: TimeUnit = described("Unit of the times.", "ps")
    energy_unit: EnergyUnit = described("Unit of the energy column.", "eV")


class Arrows(TrackSource):
    """Uniformly filled arrows along +z (appendix B of the paper), a test with a known answer."""

    reader: ClassVar[str] = "pipeline.gas.tracks.arrows.make_arrows"

    kind: Literal["arrows"]
    events: int = described("Number of arrows.", gt=0)
    points: int = described("Points filling one arrow.", 2000, gt=0)
    shaft_length_um: float = described("Length of the shaft [um].", 12_000.0, gt=0)
    shaft_radius_um: float = described("Radius of the shaft [um].", 1_000.0, gt=0)
    head_length_um: float = described("Length of the conical head [um].", 6_000.0, gt=0)
    head_radius_um: float = described("Radius of the head's base [um].", 2_500.0, gt=0)
    events_per_part: int = described("Arrows in one job and one file.", 10_000, gt=0)

    def pieces(self) -> list[tuple[str, dict[str, Any]]]:
        """See `TrackSource.pieces`."""
        sizes = chunks(self.events, self.events_per_part)
        return [("arrows", {"events": n, "events_per_part": n}) for n in sizes]

    def defaults(self) -> SourceDefaults:
        """See `TrackSource.defaults`."""
        # An arrow has no energy, but the track table needs one.
        return SourceDefaults(energy_keV=1.0, max_events=self.events)


# The registry of kinds.
Source = Annotated[
    Simulation | Degrad | DegradRun | Root | Parquet | Arrows, Field(discriminator="kind")
]

_SOURCE: TypeAdapter[TrackSource] = TypeAdapter(Source)


def read_source(block: dict[str, Any]) -> TrackSource:
    """A source from its plain block; raises pydantic's ValidationError if it is not valid."""
    return _SOURCE.validate_python(block)
