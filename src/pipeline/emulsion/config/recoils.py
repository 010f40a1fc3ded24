"""Schema of the recoils with which efficiency and angular response are measured."""

from typing import Self

from pydantic import model_validator

from pipeline.config.model import Block, described
from pipeline.emulsion.config.samples import DETECTOR, Energies, Recoils, check_ion

_LIGHT = (5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 60.0, 80.0, 120.0, 200.0)
_HEAVY = (20.0, 40.0, 60.0, 80.0, 120.0, 200.0, 400.0, 800.0)


class RecoilGrid(Block):
    """Isotropic recoils from where the nuclei are, at energies of each element.

    A network selects them by a threshold on its score, and measures their axes.
    """

    detector: str = described(DETECTOR, "nit70")
    energies_keV: dict[str, Energies] = described(
        "Energies by chemical symbol [keV]. Between them the efficiency is linear; below the first "
        "one it is zero, above the last one constant.",
        {
            **dict.fromkeys(("C", "N", "O"), _LIGHT),
            "S": (10.0, 20.0, 30.0, 40.0, 60.0, 80.0, 120.0, 200.0, 400.0),
            **dict.fromkeys(("Ag", "Br", "I"), _HEAVY),
        },
        min_length=1,
    )
    recoils: int = described("Recoils made of each element and energy.", 3000, ge=10)
    network: str = described("Network that selects recoils and measures their axes.", "isotropic")
    signal: str = described("Test sample whose efficiency sets the threshold.", "C100")
    efficiency: float = described("Share of it that passes.", 0.6, gt=0, lt=1)

    def samples(self) -> dict[str, Recoils]:
        """The samples of recoils by name, one for each element."""
        return {
            f"recoil_{ion}": Recoils(
                kind="recoils",
                detector=self.detector,
                ion=ion,
                energies_keV=energies,
                recoils=self.recoils,
            )
            for ion, energies in self.energies_keV.items()
        }

    @model_validator(mode="after")
    def _of_the_emulsion(self) -> Self:
        for ion in self.energies_keV:
            check_ion(ion, "recoil")
        return self
