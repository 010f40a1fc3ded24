"""Schema of the analysis of predictions: rejection of background, checks for leaks."""

from pydantic import PositiveInt, field_validator

from pipeline.config.model import Block, described
from pipeline.config.numbers import Share


class DenseBaseline(Block):
    """A dense network on eight observables, to compare with."""

    widths: tuple[PositiveInt, ...] = described("Neurons of the layers.", (32, 32), min_length=1)
    learning_rate: float = described("Learning rate at the start; it falls to zero.", 1e-2, gt=0)
    batch_size: int = described("Clusters in a step.", 512, gt=0)
    epochs: int = described("Passes over the training clusters.", 10, gt=0)


class Rejection(Block):
    """Rejection of background against efficiency for signal."""

    efficiencies: tuple[Share, ...] = described(
        "Shares of a signal sample that pass.",
        (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8, 0.9, 0.95),
        min_length=1,
    )
    goal: float = described("Rejection at which the efficiency is computed.", 1e4, gt=1)
    baseline: DenseBaseline = described("Dense network on observables.", DenseBaseline())

    @field_validator("efficiencies")
    @classmethod
    def _rise(cls, values: tuple[float, ...]) -> tuple[float, ...]:
        if list(values) != sorted(set(values)):
            raise ValueError(f"efficiencies must rise, got {list(values)}")
        return values


class Transfer(Block):
    """Whether a threshold set on a beam holds for tracks in other directions."""

    beam: str = described("Test sample of a beam of ions.")
    isotropic: str = described("Test sample of the same ions in all directions.")
    efficiency: float = described("Share of the beam's sample that passes.", 0.6, gt=0, lt=1)
    film_deg: float = described(
        "Largest angle of a track to the film to count as in the film [deg].", 20.0, gt=0, le=90
    )
    bins: int = described("Bins of the angle to the beam, from 0 to 90 deg.", 4, ge=2)
    tolerance: float = described(
        "Largest difference of the efficiencies in the first and last bin.", 0.03, gt=0, lt=1
    )


class Leaks(Block):
    """Checks that a network can learn nothing from what is not the cluster."""

    errors: float = described(
        "Number of standard errors from chance beyond which a check has found a leak.", 3.0, gt=0
    )
    bins: int = described(
        "Bins of brightness in which signal and background are matched.", 40, gt=1
    )
    transfer: Transfer | None = described("Check of directions; null: none.", None)
