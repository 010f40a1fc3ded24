"""Schema of the samples: where clusters of grains come from.

To add a kind of sample, add a class here, an entry in `Sample`, and its particles in
`pipeline.emulsion.clusters.particles`.
"""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, TypeAdapter, model_validator

from pipeline.config.model import Block, described
from pipeline.emulsion.elements import ELEMENTS, NIT

DETECTOR = "Name of the detector, a key of `detectors`."


class Simulated(Block):
    """Settings of all samples that are simulated."""

    signal: ClassVar[bool]

    detector: str = described(DETECTOR, "nit70")
    clusters: int = described("Number of clusters kept.", gt=0)
    clusters_per_part: int = described("Clusters in one job and one file.", 10_000, gt=0)

    @property
    def particle(self) -> str:
        """Name of the particle in tables."""
        raise NotImplementedError


class Beam(Block):
    """Direction of a parallel beam."""

    angle_deg: float = described("Angle to the normal of the film [deg].", 80.0, ge=0, le=90)
    azimuth_deg: float = described("Angle in the film, from x towards y [deg].", 0.0)


class Ion(Simulated):
    """Ions of one energy: a calibration beam, or recoils."""

    signal: ClassVar[bool] = True

    kind: Literal["ion"]
    ion: str = described("Chemical symbol.", "C")
    energy_keV: float = described("Initial energy [keV].", gt=0.2, le=1000)
    start: Literal["beam", "recoil"] = described(
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
        known = NIT if self.start == "recoil" else ELEMENTS
        if self.ion not in known:
            raise ValueError(
                f"ion: unknown '{self.ion}' for start '{self.start}'; "
                f"expected one of {', '.join(known)}"
            )
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
    source: Literal["Co60", "Cs137"] = described("Radioactive source.")
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


# All kinds of samples.
Sample = Annotated[Ion | Fog | Gamma, Field(discriminator="kind")]

_SAMPLE: TypeAdapter[Ion | Fog | Gamma] = TypeAdapter(Sample)


def read_sample(block: dict[str, Any]) -> Ion | Fog | Gamma:
    """Make a sample from its plain block; raises pydantic's ValidationError if it is invalid."""
    return _SAMPLE.validate_python(block)
