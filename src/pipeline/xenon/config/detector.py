"""Schema of a dual-phase xenon detector: geometry, arrays, light, charge, trigger, waveforms.

The shipped detectors lie in `detectors/`, with the source of every number. A block names one of
them as its `base` and may override any value.
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
    """A cylinder of liquid xenon; depths are measured downwards from the liquid surface."""

    radius_cm: float = described("Radius of the active volume [cm].", gt=0)
    height_cm: float = described("Distance from the cathode to the liquid surface [cm].", gt=0)
    fiducial_radius_cm: float = described("Radius of the fiducial volume [cm].", gt=0)
    fiducial_top_cm: float = described("Depth of the top of the fiducial volume [cm].", ge=0)
    fiducial_bottom_cm: float = described("Depth of the bottom of the fiducial volume [cm].", gt=0)

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
    """The liquid xenon."""

    density_g_per_cm3: float = described("Density [g/cm3].", gt=0)
    field_V_per_cm: float = described(
        "Drift field [V/cm]. Drift velocity and diffusion in `drift` must fit this field.",
        gt=0,
    )


class Hexagonal(Block):
    """A hexagonal lattice with a PMT on the axis and at every site inside the detector radius."""

    kind: Literal["hexagonal"]
    pitch_cm: float = described("Distance of neighbouring PMTs [cm].", gt=0)


class Rings(Block):
    """Concentric rings of evenly spaced PMTs; the first PMT of each ring lies along +x."""

    kind: Literal["rings"]
    pitch_cm: float = described("Distance between rings [cm].", gt=0)
    pmts: list[PositiveInt] = described(
        "Number of PMTs in each ring, from the centre outwards; the first ring has one PMT.",
        min_length=1,
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
        "Distance of neighbours in a row [cm]; the distance of rows is sqrt(3)/2 of it.", gt=0
    )
    pmts: list[PositiveInt] = described(
        "Number of PMTs in each row, in the order of y.", min_length=1
    )


Array = Annotated[Hexagonal | Rings | Rows, Field(discriminator="kind")]


class Arrays(Block):
    """The two PMT arrays."""

    top: Array = described("Array above the gas.")
    bottom: Array = described("Array below the cathode.")


class NestTimes(Block):
    """Emission times of NEST: recombination, then the decay of a singlet or triplet state."""

    kind: Literal["nest"]
    singlet_ns: float = described("Decay time of the singlet state [ns].", gt=0)
    er_triplet_ns: float = described("Decay time of the triplet state in ER [ns].", gt=0)
    nr_triplet_ns: float = described("Decay time of the triplet state in NR [ns].", gt=0)
    er_singlets_per_triplet: float = described("Ratio of singlet to triplet states in ER.", ge=0)
    nr_singlets_per_triplet: float = described("Ratio of singlet to triplet states in NR.", ge=0)
    max_recombination_ns: float = described(
        "Longest recombination time [ns]. NEST's distribution has no mean and is cut off here.",
        gt=0,
    )


class ExponentialTimes(Block):
    """Emission times of one exponential decay, the same for ER and NR."""

    kind: Literal["exponential"]
    decay_ns: float = described("Decay time [ns].", gt=0)


class Scintillation(Block):
    """S1: scintillation light from the site to the PMTs."""

    g1: float = described("Photons detected per photon emitted, before `collection`.", gt=0, le=1)
    collection: list[float] = described(
        "Light collection on the axis relative to `g1`: coefficients of 1, z, z^2, ..., with the "
        "height z from 0 at the cathode to 1 at the liquid surface.",
        min_length=1,
    )
    times: Annotated[NestTimes | ExponentialTimes, Field(discriminator="kind")] = described(
        "Emission times of the photons."
    )
    direct_fraction: float = described(
        "Share of photons that reach a PMT without reflection.", ge=0, le=1
    )
    transport_ns: float = described(
        "Decay time of the exponential delay of the reflected photons [ns].", gt=0
    )


class Pmts(Block):
    """Response of a PMT to a detected photon."""

    transit_spread_ns: float = described("Standard deviation of the transit time [ns].", ge=0)
    single_pe_spread: float = described(
        "Standard deviation of the area of one photoelectron [PE]; affects areas only.", ge=0
    )
    double_pe_probability: float = described(
        "Probability that a detected photon makes two photoelectrons; affects areas only.",
        ge=0,
        le=1,
    )


class Drift(Block):
    """Drift of electrons to the surface, at the field of `liquid`."""

    velocity_mm_per_us: float = described("Drift velocity [mm/us].", gt=0)
    longitudinal_cm2_per_s: float = described("Longitudinal diffusion constant [cm2/s].", ge=0)
    transverse_cm2_per_s: float = described("Transverse diffusion constant [cm2/s].", ge=0)
    lifetime_us: float = described("Electron lifetime [us].", gt=0)


class Electroluminescence(Block):
    """S2: extraction of electrons and electroluminescence in the gas."""

    extraction: float = described("Probability that an electron leaves the liquid.", gt=0, le=1)
    photons_per_electron: float = described("Photons detected per extracted electron.", gt=0)
    fano: float = described(
        "Variance over mean of the number of photons detected per electron; 1 is Poisson.", ge=1
    )
    trapping_us: float = described(
        "Decay time of the exponential delay of electrons at the surface [us].", ge=0
    )
    luminescence_us: float = described(
        "Time in which an electron crosses the gas and emits light at a constant rate [us].", ge=0
    )
    gas_singlet_ns: float = described("Decay time of the singlet state in gas [ns].", ge=0)
    gas_triplet_ns: float = described("Decay time of the triplet state in gas [ns].", ge=0)
    gas_singlet_fraction: float = described("Share of singlets in gas.", ge=0, le=1)


class Patterns(Block):
    """Distribution of S2 light over the arrays: (1 + r^2/w^2)^-1.5 at the distance r."""

    top_width_cm: float = described("w of the top array [cm].", gt=0)
    top_uniform_fraction: float = described(
        "Share of the light in the top array that is reflected and uniform over the array.",
        ge=0,
        le=1,
    )
    bottom_width_cm: float = described("w of the bottom array [cm].", gt=0)
    top_fraction: float = described("Share of S2 photons that the top array detects.", ge=0, le=1)


class Trigger(Block):
    """Conditions for an event to trigger."""

    photons: int = described("Minimum number of S1 photons in coincidence.", ge=1)
    window_ns: float = described("Length of the coincidence window [ns].", gt=0)
    min_s2_photons: int = described("Minimum number of detected S2 photons.", ge=0)


class Waveforms(Block):
    """Waveforms: the S1 window starts at the first photon, the S2 window near the drift time."""

    bin_ns: float = described("Width of a sample of the waveform [ns].", gt=0)
    s1_bins: int = described("Number of samples in the S1 window.", gt=0)
    s2_bins: int = described("Number of samples in the S2 window.", gt=0)
    s2_before_us: float = described(
        "The S2 window begins this long before the drift time [us].", ge=0
    )


class Detector(Block):
    """A detector: a shipped one, with the values that differ from it."""

    base: str = described(
        "Shipped detector that gives the values of all other keys that are left out."
    )
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

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: Any) -> dict[str, Any]:
        """The JSON schema: only `base` is required, the other keys have its values."""
        schema: dict[str, Any] = handler.resolve_ref_schema(handler(core))
        _make_optional(schema, handler)
        return {**schema, "required": ["base"]}

    @model_validator(mode="after")
    def _light_collection_is_a_probability(self) -> Self:
        for step in range(101):
            share = sum(c * (step / 100) ** n for n, c in enumerate(self.s1.collection))
            if not 0 <= self.s1.g1 * share <= 1:
                raise ValueError(
                    "s1: g1 times collection must be a probability, but is "
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
        """Drift time from the cathode to the surface [us]."""
        return self.geometry.height_cm * 10 / self.drift.velocity_mm_per_us


@cache
def shipped_detector(base: str) -> dict[str, Any]:
    """The content of a shipped detector. It is cached: do not change it.

    Raises:
        ValueError: there is no shipped detector of that name.
    """
    names = sorted(path.stem for path in SHIPPED.glob("*.yaml"))
    if base not in names:
        near = difflib.get_close_matches(base, names, n=1, cutoff=0.0)
        raise ValueError(
            f"base: no shipped detector '{base}'; did you mean '{near[0]}'? "
            f"Shipped: {', '.join(names)}"
        )
    content: dict[str, Any] = yaml.safe_load((SHIPPED / f"{base}.yaml").read_bytes())
    return content


def _make_optional(schema: dict[str, Any], handler: Any) -> None:
    """Require no key of a block and of the blocks in it."""
    schema.pop("required", None)
    for own in schema.get("properties", {}).values():
        if "oneOf" in own:
            own["anyOf"] = own.pop("oneOf")
            own.pop("discriminator", None)
        for place in (own, *own.get("anyOf", [])):
            if "$ref" in place:
                _make_optional(handler.resolve_ref_schema(place), handler)


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Override `below` by `above`, key by key; a block of another kind is replaced as a whole."""
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
