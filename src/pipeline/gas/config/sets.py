"""Schema of the training set and the test sets."""

from pipeline.config.model import Block, described
from pipeline.gas.config.voxels import Smearing


class TrainingSet(Block):
    """Tracks that the networks learn from."""

    sources: list[str] = described("Names of track sources.", min_length=1)
    smearing_um: Smearing = described(
        "Smearing of the ionisation electrons [um]: one number, or low_um and high_um between "
        "which each track draws its own.",
        Smearing(low_um=160, high_um=466),
    )
    validation_fraction: float = described(
        "Share of events kept for early stopping; chosen by event.", 0.2, gt=0, lt=1
    )


class TestSet(Block):
    """Tracks that the methods are compared on."""

    __test__ = False  # not a pytest class

    sources: list[str] = described("Names of track sources, none of them trained on.", min_length=1)
    smearing_um: Smearing = described("As for the training set.")
