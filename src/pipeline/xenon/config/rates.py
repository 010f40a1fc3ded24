"""Settings of the expected rates of backgrounds in liquid xenon."""

from typing import Annotated

from pydantic import Field, field_validator

from pipeline.config.model import Block, described

Energy = Annotated[float, Field(gt=0)]
Rate = Annotated[float, Field(ge=0)]


class Rates(Block):
    """Backgrounds in the region of interest, and the recoils that count as inside it.

    The windows are in true energy, as the expected rates of the DARWIN study are. Rates of flat
    spectra are those at 5 keV of 0.1 ppt natural krypton and 0.1 uBq/kg radon, after Schumann et
    al. 2015, JCAP 10, 016 (arXiv 1506.08309); they were not compared with its table.
    """

    electron_recoils_keV: tuple[Energy, Energy] = described(
        "Window of electron recoils [keV]; the default leaves 6500 events in 200 t yr behind "
        "the 4-fold trigger.",
        (1.0, 7.5),
    )
    nuclear_recoils_keV: tuple[Energy, Energy] = described(
        "Window of nuclear recoils, backgrounds' and WIMPs' [keV].", (1.0, 60.0)
    )
    xe136_half_life_yr: float = described(
        "Half-life of the two-neutrino double beta decay of 136Xe [yr].", 2.165e21, gt=0
    )
    xe136_abundance: float = described("Atomic fraction of 136Xe.", 0.08857, ge=0, le=1)
    flat_electron_recoils_per_t_yr_keV: dict[str, Rate] = described(
        "Further electron recoils by name, of an even spectrum [1/(t yr keV)].",
        {"85Kr": 1.28, "222Rn": 0.42, "materials": 0.054},
    )
    boron8_per_t_yr: float = described(
        "8B neutrinos' nuclear recoils above 1 keV [1/(t yr)].", 105.0, ge=0
    )
    atmospheric_per_t_yr: float = described(
        "Atmospheric neutrinos' nuclear recoils of all energies [1/(t yr)].", 0.058, ge=0
    )
    neutrons_per_t_yr: float = described(
        "Nuclear recoils of neutrons of all energies [1/(t yr)].", 3.8e-5, ge=0
    )
    neutron_slope_keV: float = described(
        "Slope of the neutrons' exponential spectrum [keV].", 10.0, gt=0
    )

    @field_validator("electron_recoils_keV", "nuclear_recoils_keV")
    @classmethod
    def _not_empty(cls, window: tuple[float, float]) -> tuple[float, float]:
        low, high = window
        if low >= high:
            raise ValueError(f"the region of interest is empty: {low:g} to {high:g} keV")
        return window
