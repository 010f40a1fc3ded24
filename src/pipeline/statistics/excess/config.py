"""Settings of pseudo-experiments that hold WIMPs of several masses, or background alone."""

from collections.abc import Iterable

from pipeline.config.model import Block, described


class Wimp(Block):
    """A spin-independent WIMP."""

    mass_GeV: float = described("Mass [GeV].", 50.0, gt=0)
    cross_section_cm2: float = described("Cross-section on a nucleon [cm2].", 6.5e-48, gt=0)


class ToySet(Block):
    """Toys that are made together: of WIMPs of one mass, or of background alone."""

    mass_GeV: float | None = described("WIMP mass [GeV]; none: background alone.", None)
    cross_sections_cm2: dict[float, tuple[float, ...]] = described(
        "Cross-sections [cm2] at each exposure [t yr]; background alone has none."
    )
    background_toys: int = described("Background-only toys per batch.")
    signal_toys: int = described("Toys with signal, per batch and model.", 0)


def toy_sets(
    models: Iterable[tuple[float, float, float]], background_toys: int, signal_toys: int
) -> dict[str, ToySet]:
    """Sets of toys by name: "background" at all exposures, and every mass, rising, as "50GeV".

    `models` are masses [GeV], exposures [t yr] and cross-sections [cm2]. A mass's set depends on
    its own models only, that of background alone on exposures only.
    """
    known = sorted(set(models))
    of_mass: dict[float, dict[float, tuple[float, ...]]] = {}
    for mass, exposure, cross_section in known:
        at = of_mass.setdefault(mass, {})
        at[exposure] = (*at.get(exposure, ()), cross_section)
    exposures = sorted({exposure for _, exposure, _ in known})
    alone = ToySet(cross_sections_cm2=dict.fromkeys(exposures, ()), background_toys=background_toys)
    # Digits enough to keep masses apart.
    return {"background": alone} | {
        f"{mass:.12g}GeV": ToySet(
            mass_GeV=mass,
            cross_sections_cm2=at,
            background_toys=background_toys,
            signal_toys=signal_toys,
        )
        for mass, at in of_mass.items()
    }
