"""Settings of the expected rates of backgrounds in liquid xenon."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from pipeline.config.model import Block, described, not_empty

Energy = Annotated[float, Field(gt=0)]
Rate = Annotated[float, Field(ge=0)]

NEUTRINO_FOG = "code of C. O'Hare, github.com/cajohare/NeutrinoFog, src/Params.py"
SOLAR = (
    "flux of the solar model B16-GS98, Vinyoles et al. 2017, ApJ 835, 202, as quoted in the "
    f"{NEUTRINO_FOG}; the cross-section is taken as known"
)
# Components with spectra of their own; `flat_electron_recoils_per_t_yr_keV` names the others.
COMPUTED = ("pp", "7Be", "136Xe", "8B", "atmospheric", "neutrons")


class Uncertainty(Block):
    """Uncertainty of the rate of a background component."""

    relative: float = described("Relative standard deviation.", ge=0)
    source: str = described(
        "Where the number comes from: a reference, or 'choice' and the reason.", min_length=1
    )

    @field_validator("source", mode="before")
    @classmethod
    def _stripped(cls, source: Any) -> Any:
        return source.strip() if isinstance(source, str) else source


UNCERTAINTIES = {
    name: Uncertainty(relative=relative, source=source)
    for name, relative, source in (
        ("pp", 0.006, SOLAR),
        ("7Be", 0.06, SOLAR),
        ("8B", 0.12, SOLAR),
        (
            "136Xe",
            0.028,
            "half-life of EXO-200, (2.165 +- 0.016 +- 0.059)e21 yr: PRC 89, 015502 (abstract)",
        ),
        ("85Kr", 0.1, "choice, for a concentration measured in samples of gas"),
        ("222Rn", 0.1, "choice, for an activity measured by alpha decays"),
        ("materials", 0.2, "choice, for activities measured in samples"),
        ("atmospheric", 0.25, f"flux, as in the {NEUTRINO_FOG}"),
        ("neutrons", 0.5, "choice, for measured activities and simulated transport"),
    )
}


class Rates(Block):
    """Background rates, and the ranges of true energy from which recoils are taken.

    The ranges must be wider than the region of interest reaches: recoils beyond them are missing.
    The default rates
    of flat spectra are the rates at 5 keV for 0.1 ppt natural krypton and 0.1 uBq/kg radon, after
    Schumann et al. 2015, JCAP 10, 016 (arXiv 1506.08309). They were not compared with the table
    in that paper.
    """

    electron_recoils_keV: tuple[Energy, Energy] = described(
        "Range of true energies of electronic recoils [keV].", (0.5, 13.0)
    )
    nuclear_recoils_keV: tuple[Energy, Energy] = described(
        "Range of true energies of nuclear recoils, for backgrounds and WIMPs [keV].", (0.7, 50.0)
    )
    electron_binding: Literal["steps", "none"] = described(
        "Electrons that solar neutrinos scatter on: `steps`, those bound by less than the recoil "
        "energy; `none`, all 54 as if free, some 15 % more in the region of interest.",
        "steps",
    )
    xe136_half_life_yr: float = described(
        "Half-life of the two-neutrino double beta decay of 136Xe [yr].", 2.165e21, gt=0
    )
    xe136_abundance: float = described("Atomic fraction of 136Xe.", 0.08857, ge=0, le=1)
    flat_electron_recoils_per_t_yr_keV: dict[str, Rate] = described(
        "Rates of other electronic recoils with a flat spectrum, by name [1/(t yr keV)].",
        {"85Kr": 1.28, "222Rn": 0.42, "materials": 0.054},
    )
    boron8_per_t_yr: float = described(
        "Rate of nuclear recoils of 8B neutrinos above 1 keV [1/(t yr)]; the default is that of a "
        "flux of 5.46e6/(cm2 s) (Vinyoles et al. 2017, ApJ 835, 202).",
        95.8,
        ge=0,
    )
    atmospheric_per_t_yr: float = described(
        "Rate of nuclear recoils of atmospheric neutrinos at all energies [1/(t yr)].", 0.058, ge=0
    )
    neutrons_per_t_yr: float = described(
        "Rate of nuclear recoils of neutrons at all energies [1/(t yr)].", 3.8e-5, ge=0
    )
    neutron_slope_keV: float = described(
        "Decay constant of the exponential spectrum of the neutrons [keV].", 10.0, gt=0
    )

    uncertainties: dict[str, Uncertainty] = described(
        "Uncertainties of the rates by background component; components that are not given keep "
        "their default.",
        UNCERTAINTIES,
    )

    @field_validator("uncertainties", mode="before")
    @classmethod
    def _keep_defaults(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        for name, block in given.items():
            if isinstance(block, dict) and not str(block.get("source") or "").strip():
                raise ValueError(
                    f"{name} has no source; say where the number comes from, as in "
                    f"{{relative: {block.get('relative', 0.1)}, source: 'choice: reason'}}"
                )
        return cls.model_fields["uncertainties"].default | given

    @model_validator(mode="after")
    def _every_component_has_one(self) -> Self:
        components = [*COMPUTED, *self.flat_electron_recoils_per_t_yr_keV]
        for name in components:
            if name not in self.uncertainties:
                raise ValueError(
                    f"uncertainties: none for '{name}'; add its relative uncertainty and source"
                )
        for name in self.uncertainties.keys() - type(self).model_fields["uncertainties"].default:
            if name not in components:
                raise ValueError(
                    f"uncertainties: no component '{name}'; components: {', '.join(components)}"
                )
        return self

    _not_empty = field_validator("electron_recoils_keV", "nuclear_recoils_keV")(not_empty)
