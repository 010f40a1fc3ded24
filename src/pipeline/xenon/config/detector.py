"""Schema of a dual-phase xenon detector: geometry, arrays, light, charge, trigger, waveforms.

The shipped detectors lie in `detectors/`, with the source of every number; a block names one as
its `base` and overrides what it likes.
"""

import difflib
import math
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import Field, PositiveInt, model_validator

from pipeline.config.model import Block, described

SHIPPED = Path(__file__).with_name("detectors")


class Geometry(Block):
    """A cylinder of liquid xenon; depths count from the liquid's surface down to the cathode."""

    radius_cm: float = described("Radius of the active volume [cm].", gt=0)
    height_cm: float = described("Cathode to the liquid's surface [cm].", gt=0)
    fiducial_radius_cm: float = described("Radius of the fiducial volume [cm].", gt=0)
    fiducial_top_cm: float = described("Depth of the fiducial volume's top [cm].", ge=0)
    fiducial_bottom_cm: float = described("Depth of the fiducial volume's bottom [cm].", gt=0)

    @model_validator(mode="after")
    def _fiducial_inside(self) -> Self:
        if self.fiducial_radius_cm > self.radius_cm:
            raise ValueError(f"fiducial_radius_cm is larger than radius_cm, {self.radius_cm:g}")
        if not self.fiducial_top_cm < self.fiducial_bottom_cm <= self.height_cm:
            raise ValueError(
                "expected fiducial_top_cm < fiducial_bottom_cm <= height_cm, "
                f"got {self.fiducial_top_cm:g}, {self.fiducial_bottom_cm:g}, {self.height_cm:g}"
            )
        return self


class Liquid(Block):
    """The liquid that an event happens in."""

    density_g_per_cm3: float = described("Density [g/cm3].", gt=0)
    field_V_per_cm: float = described(
        "Drift field [V/cm]; drift velocity and diffusion belong to it and stand under `drift`.",
        gt=0,
    )


class Hexagonal(Block):
    """Every site of a hexagonal lattice, one on the axis, that lies inside the detector."""

    kind: Literal["hexagonal"]
    pitch_cm: float = described("Distance of neighbouring PMTs [cm].", gt=0)


class Rings(Block):
    """Concentric rings of PMTs, evenly spread over each ring, the first of them along +x."""

    kind: Literal["rings"]
    pitch_cm: float = described("Distance between rings [cm].", gt=0)
    pmts: list[PositiveInt] = described(
        "PMTs of each ring from the centre on; the first ring, on the axis, has one.", min_length=1
    )

    @model_validator(mode="after")
    def _one_on_the_axis(self) -> Self:
        if self.pmts[0] != 1:
            raise ValueError(f"pmts: the first ring, on the axis, has one PMT, not {self.pmts[0]}")
        return self


class Rows(Block):
    """Close-packed rows of PMTs along x, each centred on the axis."""

    kind: Literal["rows"]
    pitch_cm: float = described(
        "Distance of neighbours in a row [cm]; rows are sqrt(3)/2 of it apart.", gt=0
    )
    pmts: list[PositiveInt] = described("PMTs of each row, in the order of y.", min_length=1)


Array = Annotated[Hexagonal | Rings | Rows, Field(discriminator="kind")]


class Arrays(Block):
    """The two PMT arrays."""

    top: Array = described("Array above the gas.")
    bottom: Array = described("Array below the cathode.")


class NestTimes(Block):
    """Emission times as NEST's: recombination, then the decay of a singlet or triplet state."""

    kind: Literal["nest"]
    singlet_ns: float = described("Decay time of the singlet state [ns].", gt=0)
    er_triplet_ns: float = described("Decay time of the triplet state in ER [ns].", gt=0)
    nr_triplet_ns: float = described("Decay time of the triplet state in NR [ns].", gt=0)
    er_singlets_per_triplet: float = described("Ratio of the states in ER.", ge=0)
    nr_singlets_per_triplet: float = described("Ratio of the states in NR.", ge=0)
    max_recombination_ns: float = described(
        "Longest recombination time [ns]; NEST's distribution, which has no mean, ends here.", gt=0
    )


class ExponentialTimes(Block):
    """Emission times of one exponential decay, the same for ER and NR."""

    kind: Literal["exponential"]
    decay_ns: float = described("Decay time [ns].", gt=0)


class Scintillation(Block):
    """The light of S1 from the site to the PMTs."""

    g1: float = described("Photons detected per photon emitted, before `collection`.", gt=0, le=1)
    collection: list[float] = described(
        "Light collection on the axis relative to `g1`: coefficients of 1, z, z^2, ... where z is "
        "the height above the cathode, 0 to 1.",
        min_length=1,
    )
    times: Annotated[NestTimes | ExponentialTimes, Field(discriminator="kind")] = described(
        "When the photons are emitted."
    )
    direct_fraction: float = described("Share of photons that reach a PMT at once.", ge=0, le=1)
    transport_ns: float = described(
        "Decay time of the others' exponential delay by reflections [ns].", gt=0
    )


class Pmts(Block):
    """What a PMT makes of a detected photon."""

    transit_spread_ns: float = described("Standard deviation of the transit time [ns].", ge=0)
    single_pe_spread: float = described(
        "Standard deviation of a photoelectron's area [PE]; areas only.", ge=0
    )
    double_pe_probability: float = described(
        "Probability that a detected photon makes two photoelectrons; areas only.", ge=0, le=1
    )


class Drift(Block):
    """Electrons on their way to the surface, at the field of `liquid`."""

    velocity_mm_per_us: float = described("Drift velocity [mm/us].", gt=0)
    longitudinal_cm2_per_s: float = described("Longitudinal diffusion constant [cm2/s].", ge=0)
    transverse_cm2_per_s: float = described("Transverse diffusion constant [cm2/s].", ge=0)
    lifetime_us: float = described("Electron lifetime [us].", gt=0)


class Electroluminescence(Block):
    """S2: extraction of electrons and their light in the gas."""

    extraction: float = described("Probability that an electron leaves the liquid.", gt=0, le=1)
    photons_per_electron: float = described("Photons detected per extracted electron.", gt=0)
    fano: float = described(
        "Variance over mean of an electron's detected photons; 1 is Poisson.", ge=1
    )
    trapping_us: float = described("Decay time of the exponential delay at the surface [us].", ge=0)
    luminescence_us: float = described(
        "Time in which an electron crosses the gas, emitting evenly [us].", ge=0
    )
    gas_singlet_ns: float = described("Decay time of the singlet state in gas [ns].", ge=0)
    gas_triplet_ns: float = described("Decay time of the triplet state in gas [ns].", ge=0)
    gas_singlet_fraction: float = described("Share of singlets in gas.", ge=0, le=1)


class Patterns(Block):
    """How the light of S2 spreads over the arrays: (1 + r^2/w^2)^-1.5 at a distance r."""

    top_width_cm: float = described("w of the top array [cm].", gt=0)
    top_uniform_fraction: float = described(
        "Share of the top array's light that is even over it, reflected.", ge=0, le=1
    )
    bottom_width_cm: float = described("w of the bottom array [cm].", gt=0)
    top_fraction: float = described("Share of S2's photons that the top array sees.", ge=0, le=1)


class Trigger(Block):
    """Which events count as seen."""

    photons: int = described("Photons of S1 in coincidence.", ge=1)
    window_ns: float = described("Time in which they must be detected [ns].", gt=0)
    min_s2_photons: int = described("Least number of detected photons of S2.", ge=0)


class Waveforms(Block):
    """Digitised windows: S1's starts with its first photon, S2's lies around the drift time."""

    bin_ns: float = described("Width of a sample [ns].", gt=0)
    s1_bins: int = described("Samples of S1.", gt=0)
    s2_bins: int = described("Samples of S2.", gt=0)
    s2_before_us: float = described("Time before the drift time at which S2's begin [us].", ge=0)


class Detector(Block):
    """A detector: a shipped one, and what is different from it."""

    base: str = described("Shipped detector whose values hold where a block gives none.")
    geometry: Geometry = described("Active and fiducial volume.")
    liquid: Liquid = described("The xenon.")
    arrays: Arrays = described("PMT arrays.")
    s1: Scintillation = described("Scintillation light.")
    pmts: Pmts = described("Photomultipliers.")
    drift: Drift = described("Drift of the electrons.")
    s2: Electroluminescence = described("Electroluminescence.")
    patterns: Patterns = described("Hit patterns of S2.")
    trigger: Trigger = described("Trigger.")
    waveforms: Waveforms = described("Waveforms.")

    @model_validator(mode="before")
    @classmethod
    def _on_a_base(cls, value: Any) -> Any:
        if not isinstance(value, dict) or not isinstance(value.get("base"), str):
            return value
        return _merged(shipped_detector(value["base"]), value)

    @model_validator(mode="after")
    def _light_collection_is_a_probability(self) -> Self:
        for step in range(101):
            share = sum(c * (step / 100) ** n for n, c in enumerate(self.s1.collection))
            if not 0 <= self.s1.g1 * share <= 1:
                raise ValueError(
                    "s1: g1 times collection must be a probability, and is "
                    f"{self.s1.g1 * share:.3g} at {step} % of the height"
                )
        return self

    @property
    def fiducial_mass_t(self) -> float:
        """Mass of the fiducial volume [t]."""
        volume = self.geometry
        height_cm = volume.fiducial_bottom_cm - volume.fiducial_top_cm
        litres = math.pi * volume.fiducial_radius_cm**2 * height_cm / 1e3
        return litres * self.liquid.density_g_per_cm3 / 1e3

    @property
    def max_drift_us(self) -> float:
        """Drift time from the cathode [us]."""
        return self.geometry.height_cm * 10 / self.drift.velocity_mm_per_us


@cache
def shipped_detector(base: str) -> dict[str, Any]:
    """The content of a shipped detector; not to be changed.

    Raises:
        ValueError: there is none of that name.
    """
    names = sorted(path.stem for path in SHIPPED.glob("*.yaml"))
    if base not in names:
        near = difflib.get_close_matches(base, names, n=1, cutoff=0.0)
        raise ValueError(
            f"base: no shipped detector '{base}'; did you mean '{near[0]}'? "
            f"Shipped: {', '.join(names)}"
        )
    content: dict[str, Any] = yaml.safe_load((SHIPPED / f"{base}.yaml").read_text())
    return content


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """`above` on `below`, key by key; a block of another kind replaces the one below it whole."""
    merged = dict(below)
    for key, value in above.items():
        under = below.get(key)
        if (
            isinstance(value, dict)
            and isinstance(under, dict)
            and value.get("kind", under.get("kind")) == under.get("kind")
        ):
            merged[key] = _merged(under, value)
        else:
            merged[key] = value
    return merged
