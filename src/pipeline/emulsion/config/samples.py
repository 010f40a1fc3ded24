"""Schema of the samples: where clusters of grains come from.

To add a kind of sample, add a class here and an entry in `Sample`. What is simulated is made in
`pipeline.emulsion.clusters.particles`, HDF5 files are read in `pipeline.emulsion.clusters.hdf5`.
"""

import math
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, PositiveFloat, TypeAdapter, model_validator

from pipeline.config.files import EventFiles
from pipeline.config.model import Block, described
from pipeline.emulsion.config.detector import MIN_PIXELS
from pipeline.emulsion.elements import ELEMENTS, TARGETS

DETECTOR = "Name of the detector, a key of `detectors`."


GammaSource = Literal["Co60", "Cs137"]
Start = Literal["beam", "recoil"]
Energy = Annotated[float, Field(gt=0.2, le=1000)]


def _rising(energies_keV: tuple[float, ...]) -> tuple[float, ...]:
    if not energies_keV:
        raise ValueError("give at least one energy")
    if list(energies_keV) != sorted(set(energies_keV)):
        raise ValueError(f"energies must rise, got {list(energies_keV)}")
    return energies_keV


Energies = Annotated[tuple[Energy, ...], AfterValidator(_rising)]


def check_ion(ion: str, start: Start) -> None:
    """Raise ValueError if such an ion cannot start there."""
    known = TARGETS if start == "recoil" else ELEMENTS
    if ion not in known:
        raise ValueError(
            f"ion: unknown '{ion}' for start '{start}'; expected one of {', '.join(known)}"
        )


class Simulated(Block):
    """Settings of all samples that are simulated."""

    signal: ClassVar[bool]

    detector: str = described(DETECTOR, "nit70")
    clusters: int = described("Number of clusters kept.", gt=0)
    clusters_per_part: int = described("Clusters in one job and one file.", 25_000, gt=0)

    @property
    def particle(self) -> str:
        """Name of the particle in tables."""
        raise NotImplementedError


class Beam(Block):
    """Direction of a parallel beam."""

    angle_deg: float = described("Angle to the normal of the film [deg].", 80.0, ge=0, le=90)
    azimuth_deg: float = described("Angle in the film, from x towards y [deg].", 0.0)

    @property
    def direction(self) -> tuple[float, float, float]:
        """Unit vector."""
        angle, azimuth = math.radians(self.angle_deg), math.radians(self.azimuth_deg)
        across = math.sin(angle)
        return across * math.cos(azimuth), across * math.sin(azimuth), math.cos(angle)


class Ion(Simulated):
    """Ions of one energy: a calibration beam, or recoils."""

    signal: ClassVar[bool] = True

    kind: Literal["ion"]
    ion: str = described("Chemical symbol.", "C")
    energy_keV: Energy = described("Initial energy [keV].")
    start: Start = described(
        "Where ions start: 'beam' anywhere in the volume, as ions from outside do; 'recoil' where "
        "the nucleus is (Ag, Br, I in crystals, others in gelatin), with transport in two phases.",
        "beam",
    )
    beam: Beam | None = described("Direction of a parallel beam; null: isotropic.", None)

    @property
    def particle(self) -> str:
        """See `Simulated.particle`."""
        return self.ion

    @model_validator(mode="after")
    def _known(self) -> Self:
        check_ion(self.ion, self.start)
        return self


class Recoils(Block):
    """Isotropic recoils of one element from where its nuclei are, the same number of each energy.

    With them the efficiency for recoils is measured: the clusters that are kept are not chosen by
    number.
    """

    signal: ClassVar[bool] = True

    kind: Literal["recoils"]
    detector: str = described(DETECTOR, "nit70")
    ion: str = described("Chemical symbol of an element of the emulsion.")
    energies_keV: Energies = described("Initial energies [keV].")
    recoils: int = described("Recoils made at each energy.", gt=0)

    def of_each_energy(self) -> list[Ion]:
        """Samples of one energy; the number of clusters in them means nothing."""
        keys = {"kind": "ion", "detector": self.detector, "ion": self.ion, "start": "recoil"}
        return [
            Ion.model_validate({**keys, "energy_keV": energy, "clusters": 1})
            for energy in self.energies_keV
        ]

    @property
    def particle(self) -> str:
        """See `Simulated.particle`."""
        return self.ion

    @model_validator(mode="after")
    def _possible(self) -> Self:
        check_ion(self.ion, "recoil")
        return self


class Fog(Simulated):
    """Grains that develop without radiation: one crystal with one filament."""

    signal: ClassVar[bool] = False

    kind: Literal["fog"]

    @property
    def particle(self) -> str:
        """See `Simulated.particle`."""
        return self.kind


class Gamma(Simulated):
    """Slow electrons from gamma rays: delta rays, and the ends of Compton electrons."""

    signal: ClassVar[bool] = False

    kind: Literal["gamma"]
    source: GammaSource = described("Radioactive source.")
    p_end: float | None = described(
        "Probability that the electron is the end of a Compton electron; null: from the mean "
        "energy of Compton electrons of the source.",
        None,
        ge=0,
        le=1,
    )
    delta_keV: tuple[float, float] = described(
        "Energies of delta rays, with a density of 1/E^2 [keV]; the ends of Compton electrons "
        "start at the upper one.",
        (0.5, 10.0),
    )

    @property
    def particle(self) -> str:
        """See `Simulated.particle`."""
        return self.source

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        low, high = self.delta_keV
        if not 0.1 <= low < high <= 20:
            raise ValueError(f"delta_keV: expected 0.1 <= low < high <= 20, got {low:g}, {high:g}")
        return self


class Hdf5(EventFiles):
    """Images in HDF5 files; the defaults fit the raw layout of golovart/Napoli_emulsion.

    Raw layout: `SAMPLE/ANGLE/partK/images`, uint8 (clusters, 80, 80, 9), plane 8 a copy of plane 0,
    and `pol_ids` beside it. Prepared layout: `dataset: train/images`, `labels: labels`,
    `pol_ids: null`, `plate: dataset`, `counts_per_unit: 128`, `offset_counts: 14`.
    """

    kind: Literal["hdf5"]
    dataset: str = described(
        "Path of the images in the file. `*` stands for any name of one level; the clusters of all "
        "datasets that match are read, in the order of their paths.",
        "*/*/*/images",
    )
    axes: str = described(
        "Order of the dataset's axes: n clusters, y rows, x columns, p planes (the angles of the "
        "analyser, in steps of 22.5 deg).",
        "nyxp",
    )
    drop_copy: bool = described(
        "The datasets have nine planes, and the last one, a copy of the first, is left out.", True
    )
    missing: Literal["zeros"] | None = described(
        "How a missing plane is marked: 'zeros', all its pixels are zero; null: none is missing.",
        "zeros",
    )
    min_planes: int = described("Fewest planes of a usable cluster.", 2, ge=2, le=8)
    counts_per_unit: float | None = described(
        "Counts of the camera per unit of the images, for images that are not uint8; null: they "
        "must be uint8.",
        None,
        gt=0,
    )
    offset_counts: float = described("Counts added to images that are not uint8.", 0.0)
    pixel_nm: tuple[PositiveFloat, PositiveFloat] = described(
        "Size of a pixel along x and y [nm].", (27.47, 27.42)
    )
    crop_px: int | None = described(
        "Rows and columns kept around the centre of the images, an even number; null: all.",
        None,
        ge=MIN_PIXELS,
    )
    label: Literal["signal", "background"] | None = described(
        "Class of all clusters; with `labels`, only the clusters of this class are read.", None
    )
    labels: str | None = described(
        "Dataset of the classes beside the images, 1 signal and 0 background; null: use `label`.",
        None,
    )
    pol_ids: str | None = described(
        "Dataset beside the images with the columns HeaderID, ViewID, GrainID, eight of the "
        "planes, tr_flag, n_pol; null: none.",
        "pol_ids",
    )
    plate: Literal["file", "dataset", "header", "view"] = described(
        "Plate or scan of a cluster, by which training and test are split: its file, its dataset, "
        "or its HeaderID or ViewID in `pol_ids`.",
        "header",
    )
    particle: str = described("Name of the particle in tables.", "unknown")
    energy_keV: float | None = described("Energy of the particle [keV].", None, gt=0)
    beam: Beam | None = described("Direction of the particles, where it is known.", None)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if sorted(self.axes) != sorted("nyxp"):
            raise ValueError(f"axes: expected the letters n, y, x, p once each, not '{self.axes}'")
        if self.label is None and self.labels is None:
            raise ValueError("give `label`, `labels`, or both to read one class only")
        if self.plate in ("header", "view") and self.pol_ids is None:
            raise ValueError(f"plate: '{self.plate}' needs the dataset `pol_ids`")
        if self.crop_px is not None and self.crop_px % 2:
            raise ValueError(f"crop_px must be even, not {self.crop_px}")
        return self


# All kinds of samples.
Sample = Annotated[Ion | Recoils | Fog | Gamma | Hdf5, Field(discriminator="kind")]

_SAMPLE: TypeAdapter[Ion | Recoils | Fog | Gamma | Hdf5] = TypeAdapter(Sample)


def read_sample(block: dict[str, Any]) -> Ion | Recoils | Fog | Gamma | Hdf5:
    """Make a sample from its plain block; raises pydantic's ValidationError if it is invalid."""
    return _SAMPLE.validate_python(block)
