"""Schema of the training set and the test sets."""

from pipeline.config.model import Block, described
from pipeline.gas.config.voxels import Smearing


class TrainingSet(Block):
    """Tracks that the networks are trained on."""

    sources: list[str] = described("Names of track sources.", min_length=1)
    smearing_um: Smearing = described(
        "Gaussian smearing of the ionisation electrons [um]: one number, or a range low_um to "
        "high_um from which each track draws its own.",
        Smearing(low_um=160, high_um=466),
    )
    validation_fraction: float = described(
        "Share of events kept for early stopping; the split is by event.", 0.2, gt=0, lt=1
    )


class TestSet(Block):
    """Tracks on which the methods are compared."""

    __test__ = False  # not a pytest class

    sources: list[str] = described(
        "Names of track sources; none may be in the training set.", min_length=1
    )
    smearing_um: Smearing = described("Gaussian smearing [um], as for the training set.")
    rotate: bool = described(
        "Rotate every track at random, as the paper does. false: true and predicted directions "
        "are in the frame of the source.",
        True,
    )
