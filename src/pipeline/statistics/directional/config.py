"""Settings of the directional hypothesis test (pseudo-experiments)."""

from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from pipeline.config.model import Block, described, distinct

Fraction = Annotated[float, Field(gt=0, le=1)]
CutFraction = Annotated[float, Field(ge=0, lt=1)]
Probability = Annotated[float, Field(gt=0, lt=0.5)]

PERFECT = "perfect"  # the method that needs a test set for its recoil energies only


class EventGrid(Block):
    """Numbers of events N at which toys are evaluated: a logarithmic grid in the dipole's strength.

    The strength is 3 N (f d)^2 with signal fraction f and d the mean measured cosine of signal
    events, the non-centrality of the Rayleigh statistic. A grid in it gives every method and
    signal fraction the same reach: the dipole passes 3 sigma near 14, the likelihood far below.
    """

    strength_min: float = described("Smallest strength; N is at least 1.", 0.1, gt=0)
    strength_max: float = described("Largest strength.", 25.0, gt=0)
    points: int = described("Grid points, spaced evenly in log N.", 12, ge=3)
    events_max: int = described(
        "Maximum number of events of a toy; larger needed numbers are given as lower limits.",
        10_000,
        ge=10,
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.strength_max <= self.strength_min:
            raise ValueError(
                f"strength_max ({self.strength_max}) must exceed strength_min ({self.strength_min})"
            )
        return self


class HypothesisTest(Block):
    """Test for solar-neutrino recoils on an isotropic background: needed numbers of events."""

    test_sets: tuple[str, ...] | None = described(
        "Test sets whose response is used, of one or several discrete recoil energies; null: all, "
        "or none where no network is trained; []: no test.",
        None,
    )
    signal_fractions: tuple[Fraction, ...] = described(
        "Fractions f of recoils that come from solar neutrinos.", (0.1, 0.3, 1.0), min_length=1
    )
    cut_fractions: tuple[CutFraction, ...] = described(
        "Fractions of events removed, smallest kappa first (only methods with kappa).",
        (0.0, 0.2, 0.5, 0.8),
        min_length=1,
    )
    background_index: float = described(
        "With several recoil energies, the background's spectrum is the energy to this power.", 0.0
    )
    events: EventGrid = described("Grid of event numbers.", EventGrid())
    background_toys: int = described(
        "Background-only toys per batch; a level p needs batches * background_toys * p >= 10.",
        5000,
        ge=100,
    )
    signal_toys: int = described("Signal-plus-background toys per batch.", 1000, ge=100)
    batches: int = described(
        "Batches per test set and method. A larger number adds toys and keeps existing batches.",
        2,
        ge=1,
    )
    levels: dict[str, Probability] = described(
        "Named levels as one-sided p-values; 3 sigma is the upper Gaussian tail beyond +3.",
        {"90% CL": 0.1, "3 sigma": 1.35e-3},
        min_length=1,
    )

    @property
    def shown_fraction(self) -> float:
        """The signal fraction of figures that show one only: the middle one."""
        return sorted(self.signal_fractions)[len(self.signal_fractions) // 2]

    @field_validator("cut_fractions")
    @classmethod
    def _uncut_too(cls, values: tuple[float, ...]) -> tuple[float, ...]:
        if 0.0 not in values:
            raise ValueError(f"must hold 0, against which cuts are compared; got {list(values)}")
        return values

    _distinct = field_validator("signal_fractions", "cut_fractions")(distinct)
