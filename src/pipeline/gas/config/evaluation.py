"""Schema of the classical baselines and of the evaluation on test sets."""

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from pipeline.config.model import Block, described

AtLeastTwo = Annotated[int, Field(ge=2)]


class NonMLTuning(Block):
    """Grid on which Non-ML is tuned to each test set; points with upper <= lower are skipped."""

    w0_cm: tuple[float | None, ...] = described(
        "Weight lengths to try [cm]; null: no reweighting.",
        (0.05, 0.1, 0.2, 0.5, 1.62, None),
        min_length=1,
    )
    lower: tuple[float, ...] = described(
        "Lower edges of the start region to try.", (0.5, 1.0, 1.5, 2.0, 2.5, 3.0), min_length=1
    )
    upper: tuple[float, ...] = described(
        "Upper edges of the start region to try.", (3.0, 4.0, 5.5, 8.0, 11.0), min_length=1
    )
    minimum_efficiency: float = described(
        "Only points that keep more than this fraction of the events may be chosen.",
        0.1,
        ge=0,
        lt=1,
    )

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if any(w0 is not None and w0 <= 0 for w0 in self.w0_cm):
            raise ValueError(f"w0_cm must be positive or null, got {self.w0_cm}")
        if min(self.lower) < 0:
            raise ValueError(f"lower must not be negative, got {self.lower}")
        if max(self.upper) <= min(self.lower):
            raise ValueError(f"no upper edge in {self.upper} is above a lower edge in {self.lower}")
        return self


class NonML(Block):
    """Non-ML: the direction from moments of the track's charge, without machine learning."""

    w0_cm: float | None = described(
        "Decay length of the weights around the interaction point [cm]; null: no reweighting.",
        0.05,
        gt=0,
    )
    lower: float = described("Lower edge of the start region, in units of `scale`.", 1.5, ge=0)
    upper: float = described("Upper edge of the start region, in units of `scale`.", 3.0, gt=0)
    scale: Literal["paper", "sqrt"] = described(
        "Unit of the edges. 'paper' reproduces the published numbers: it compares lengths in cm "
        "with multiples of the second moment in cm^2. 'sqrt' uses the square root of the second "
        "moment, which is a length.",
        "paper",
    )
    minimum_points: AtLeastTwo = described("Voxels needed in the start region.", 2)
    tuning: NonMLTuning = described("Grid of the tuned variants.", NonMLTuning())

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if self.upper <= self.lower:
            raise ValueError(f"upper ({self.upper}) must be larger than lower ({self.lower})")
        return self


class BestExpected(Block):
    """Best-Expected: a fit to the charge around the true start, the best performance expected."""

    eps_cm: tuple[float, ...] = described(
        "Radii around the true start to try [cm]; each test set uses its best one.",
        (0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6),
        min_length=1,
    )

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if self.eps_cm[0] <= 0 or not _increasing(self.eps_cm):
            raise ValueError(f"eps_cm must be positive and increasing, got {self.eps_cm}")
        return self


class Evaluation(Block):
    """Efficiency cuts, bootstrap and calibration on the test sets."""

    cuts: tuple[float, ...] = described(
        "Fractions of the events to cut, lowest kappa first.",
        (
            *(0.0, 0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.075),
            *(0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
        ),
        min_length=1,
    )
    bootstrap: int = described("Bootstrap replicas for each error.", 500, ge=20)
    kappa_bins: AtLeastTwo = described("Bins of kappa of the calibration figure, equally wide.", 40)
    kappa_quantile: float = described(
        "The bins of the calibration figure reach from 0 to this quantile of the predicted kappa.",
        0.995,
        gt=0.5,
        le=1,
    )
    angle_bins: AtLeastTwo = described("Bins of the angle between 0 and 180 degrees.", 60)
    minimum_events: AtLeastTwo = described(
        "Kappa is not fitted in bins of the calibration figure with fewer events.", 30
    )

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if self.cuts[0] < 0 or self.cuts[-1] >= 1 or not _increasing(self.cuts):
            raise ValueError(f"cuts must increase and lie in [0, 1), got {self.cuts}")
        return self


def _increasing(values: tuple[float, ...]) -> bool:
    return all(a < b for a, b in pairwise(values))
