"""Settings of the expected rates of backgrounds in liquid xenon."""

from typing import Annotated

from pydantic import Field, field_validator

from pipeline.config.model import Block, described

Energy = Annotated[float, Field(gt=0)]
Rate = Annotated[float, Field(ge=0)]


class Rates(Block):
    """Background rates, and the energy windows of the region of interest.

    The windows are in true energy, like the expected rates of the DARWIN study. The default rates
    of flat spectra are the rates at 5 keV for 0.1 ppt natural krypton and 0.1 uBq/kg radon, after
    Schumann et al. 2015, JCAP 10, 016 (arXiv 1506.08309). They were not compared with the table
    in that paper.
    """

    electron_recoils_keV: tuple[Energy, Energy] = described(
        "Window of electronic recoils [keV]. With the default, 6500 events in 200 t yr pass the "
        "4-fold trigger.",
        (1.0, 7.5),
    )
    nuclear_recoils_keV: tuple[Energy, Energy] = described(
        "Window of nuclear recoils, for backgrounds and WIMPs [keV].", (1.0, 60.0)
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
        "Rate of nuclear recoils of 8B neutrinos above 1 keV [1/(t yr)].", 105.0, ge=0
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

    @field_validator("electron_recoils_keV", "nuclear_recoils_keV")
    @classmethod
    def _not_empty(cls, window: tuple[float, float]) -> tuple[float, float]:
        low, high = window
        if low >= high:
            raise ValueError(f"the region of interest is empty: {low:g} to {high:g} keV")
        return window
