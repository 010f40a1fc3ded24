"""Schema of the samples: where events in liquid xenon come from.

To add a kind of sample, add a class here, an entry in `Sample`, and the reader that the class
names. A reader of files is a function of (file, block, geometry, bad events, random numbers), a
generator of events one of (block, geometry, liquid, random numbers); both yield batches of events.
"""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, PositiveFloat, TypeAdapter, model_validator

from pipeline.config.files import EventFiles
from pipeline.config.model import Block, described
from pipeline.config.paths import InputPath

Recoil = Literal["er", "nr"]
DETECTOR = "Name of the detector, a key of `detectors`, in which the events happen."


class EnergyRange(Block):
    """A range of true recoil energies."""

    low_keV: float = described("Lowest energy [keV].", gt=0)
    high_keV: float = described("Highest energy [keV].", gt=0)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low_keV >= self.high_keV:
            raise ValueError(f"low_keV {self.low_keV:g} is not below high_keV {self.high_keV:g}")
        return self


class UniformSpectrum(EnergyRange):
    """A spectrum that is uniform in energy."""

    kind: Literal["uniform"]


class LogUniformSpectrum(EnergyRange):
    """A spectrum that is uniform in the logarithm of energy."""

    kind: Literal["log_uniform"]


class LinearSpectrum(Block):
    """A spectrum that is linear between given energies."""

    kind: Literal["linear"]
    energies_keV: tuple[PositiveFloat, ...] = described("Ascending energies [keV].", min_length=2)
    densities: tuple[PositiveFloat, ...] = described(
        "Density at each energy; only their ratios matter."
    )

    @property
    def low_keV(self) -> float:
        """Lowest energy."""
        return self.energies_keV[0]

    @property
    def high_keV(self) -> float:
        """Highest energy."""
        return self.energies_keV[-1]

    @model_validator(mode="after")
    def _matches(self) -> Self:
        if len(self.energies_keV) != len(self.densities):
            raise ValueError(
                f"{len(self.energies_keV)} energies_keV, but {len(self.densities)} densities"
            )
        if list(self.energies_keV) != sorted(set(self.energies_keV)):
            raise ValueError(f"energies_keV must ascend, got {list(self.energies_keV)}")
        return self


class WimpRange(EnergyRange):
    """Range of recoil energies in which WIMP recoils are generated."""

    low_keV: float = described("Lowest energy [keV].", 0.5, gt=0)
    high_keV: float = described("Highest energy [keV].", 100.0, gt=0)


class WimpSpectrum(WimpRange):
    """Spin-independent recoils of WIMPs in the standard halo; only the shape is used."""

    kind: Literal["wimp"]
    mass_GeV: float = described("Mass of the WIMP [GeV/c2].", gt=0)


class TableSpectrum(Block):
    """A spectrum from a table with the columns energy_keV and rate, interpolated linearly."""

    kind: Literal["table"]
    file: InputPath = described(
        "Path of the table, CSV or Parquet. Energies must ascend; only the ratios of the rates "
        "matter."
    )


Spectrum = Annotated[
    UniformSpectrum | LogUniformSpectrum | LinearSpectrum | WimpSpectrum | TableSpectrum,
    Field(discriminator="kind"),
]

# Spectra whose density is known without a look at a file or at the WIMPs' halo.
KnownSpectrum = Annotated[
    UniformSpectrum | LogUniformSpectrum | LinearSpectrum, Field(discriminator="kind")
]


class Nest(Block):
    """Events that NEST generates, uniform in the detector's fiducial volume."""

    reader: ClassVar[str] = "pipeline.xenon.events.nest.nest_events"

    kind: Literal["nest"]
    detector: str = described(DETECTOR, "darwin")
    recoil: Recoil = described(
        "Electronic recoils ('er', NEST's beta model) or nuclear recoils ('nr')."
    )
    spectrum: Spectrum = described("True recoil energies.")
    events: int = described("Number of events.", gt=0)
    events_per_part: int = described("Events in one job and one file.", 5000, gt=0)
    candidates: int = described(
        "NEST makes so many events for each one that is simulated in full. With more than one, "
        "electronic recoils with little charge for their light are taken more often, and stand "
        "for fewer events; only for `background.er`.",
        1,
        ge=1,
        le=1000,
    )

    @model_validator(mode="after")
    def _electronic_candidates(self) -> Self:
        if self.candidates > 1 and self.recoil != "er":
            raise ValueError("candidates: only electronic recoils ('er') are chosen among several")
        return self


class SampleFiles(EventFiles):
    """Event files of a sample."""

    # An event up to this far beyond the wall is moved to it: text tables round to a millimetre.
    wall_cm: ClassVar[float] = 0.1


class ExecNest(SampleFiles):
    """Text output of execNEST; photons and electrons are its columns Nph and Ne-.

    NEST's Z points up. If a table holds Z only, x and y are drawn uniformly over the detector's
    cross-section. Energies are known if their column is E_truth.
    """

    reader: ClassVar[str] = "pipeline.xenon.events.execnest.read_execnest"
    # As shipped, NEST smears x and y; its `xyResolution` takes 10 cm for the worst resolution.
    wall_cm: ClassVar[float] = 10.0

    kind: Literal["execnest"]
    detector: str = described(DETECTOR, "darwin")
    recoil: Recoil = described("Recoils that the run simulated; the text does not contain this.")
    surface_z_mm: float | None = described(
        "Z of the liquid surface, NEST's TopDrift [mm]; null: the height of the detector.", None
    )


class Instructions(SampleFiles):
    """Instructions for pax or WFSim, CSV files; the header tells which.

    Where a cell of pax says 'random', x and y or the depth are drawn uniformly in the detector's
    liquid. S1 and S2 of one site may be two rows.
    """

    reader: ClassVar[str] = "pipeline.xenon.events.instructions.read_instructions"

    kind: Literal["instructions"]
    detector: str = described(DETECTOR, "darwin")


class EventColumns(Block):
    """Names of the columns; one row is one event."""

    event: str | None = described("Event number; null: number of the row.", None)
    recoil: str | None = described("'ER' or 'NR'; null: use `recoil` of the sample.", None)
    energy: str | None = described("True recoil energy [keV]; null: unknown.", "energy_keV")
    x: str = described("Position from the axis, x [cm].", "x_cm")
    y: str = described("Position from the axis, y [cm].", "y_cm")
    depth: str = described("Depth below the liquid surface [cm].", "depth_cm")
    photons: str = described("Photons at the site.", "photons")
    electrons: str = described("Electrons at the site.", "electrons")
    excitons: str | None = described("Excitons; null: unknown.", None)


class ParquetEvents(SampleFiles):
    """Parquet tables with one row per event."""

    reader: ClassVar[str] = "pipeline.xenon.events.parquet.read_parquet"

    kind: Literal["parquet"]
    detector: str = described(DETECTOR, "darwin")
    columns: EventColumns = described("Names of the columns.", EventColumns())
    recoil: Recoil | None = described("Recoil type of all events, if no column holds it.", None)

    @model_validator(mode="after")
    def _has_recoils(self) -> Self:
        if (self.recoil is None) == (self.columns.recoil is None):
            raise ValueError("give either `recoil` or `columns.recoil`, and not both")
        return self


class RecordColumns(Block):
    """Names of the columns; one row is one event."""

    event: str | None = described("Event number; null: number of the row.", None)
    drift_time: str = described("Drift time [us].", "drift_time_us")
    s1_waveform: str = described("S1, photons in each sample, from the first one.", "s1_waveform")
    s2_waveform: str = described("S2, photons in each sample.", "s2_waveform")
    top: str = described("Photons of S2 in each PMT of the top array.", "top")
    bottom: str = described("Photons of S2 in each PMT of the bottom array.", "bottom")


class RecordedEvents(SampleFiles):
    """Parquet tables of what a detector records: no recoil, energy or quanta, and no response.

    The waveforms and patterns are lists of numbers of photons, as long as those of the detector.
    """

    reader: ClassVar[str] = "pipeline.xenon.response.recorded.read_recorded"

    kind: Literal["recorded"]
    detector: str = described(DETECTOR, "darwin")
    columns: RecordColumns = described("Names of the columns.", RecordColumns())


# All kinds of samples, and of observed data.
Sample = Annotated[Nest | ExecNest | Instructions | ParquetEvents, Field(discriminator="kind")]
DataEvents = Annotated[
    Nest | ExecNest | Instructions | ParquetEvents | RecordedEvents, Field(discriminator="kind")
]

_EVENTS: TypeAdapter[DataEvents] = TypeAdapter(DataEvents)


def read_sample(block: dict[str, Any]) -> DataEvents:
    """Make a sample from its plain block; raises pydantic's ValidationError if it is invalid."""
    return _EVENTS.validate_python(block)


class Wimps(WimpRange):
    """WIMP events that NEST generates: one sample `wimp_{mass}GeV` for each mass."""

    masses_GeV: list[PositiveFloat] = described("Masses [GeV/c2].", [20.0, 50.0, 500.0])
    detector: str = described(DETECTOR, "darwin")
    events: int = described("Number of events for each mass.", 10_000, gt=0)
    events_per_part: int = described("Events in one job and one file.", 5000, gt=0)

    def masses(self) -> dict[str, float]:
        """Masses [GeV/c2] by name of the sample, in the order of the config."""
        return {f"wimp_{mass:g}GeV": mass for mass in self.masses_GeV}

    def samples(self) -> dict[str, Nest]:
        """Samples by name, in the order of the masses."""
        return {
            name: Nest(
                kind="nest",
                detector=self.detector,
                recoil="nr",
                spectrum=WimpSpectrum(
                    kind="wimp", mass_GeV=mass, low_keV=self.low_keV, high_keV=self.high_keV
                ),
                events=self.events,
                events_per_part=self.events_per_part,
            )
            for name, mass in self.masses().items()
        }
