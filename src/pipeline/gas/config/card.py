"""Schema of the card of a network folder: what the weights beside it are and were trained on."""

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import (
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)

from pipeline.config.model import Block, OrderedRange, described, later
from pipeline.config.yaml_files import ConfigError, read_unique
from pipeline.core.digests import file_digest
from pipeline.gas.config.mixture import GasMixture
from pipeline.gas.config.networks import Network
from pipeline.gas.config.response import Response
from pipeline.gas.config.voxels import Grid, Smearing

# Files of a network folder.
CARD, WEIGHTS, STUDY = "card.yaml", "weights.safetensors", "study.yaml"

# Columns of the summary that cards hold since they exist.
AGAINST_BEST_EXPECTED = tuple(
    f"best_expected_{name}" for name in ("ratio", "ratio_err", "difference", "difference_err")
)


class EnergyRange(OrderedRange):
    """A range of recoil energies."""

    low_keV: float = described("Lowest energy [keV].", gt=0)
    high_keV: float = described("Highest energy [keV].", gt=0)


class Range(OrderedRange):
    """Where all but a few of the training events lie."""

    low: float = described("Lower end.", gt=0)
    high: float = described("Upper end.", gt=0)


class Conditions(Block):
    """What the training events were like."""

    gases: list[GasMixture] = described("Gases of the tracks, where they are known.")
    grid: Grid = described("Voxel grid.")
    energy: EnergyRange = described("Recoil energies.")
    smearing: Smearing = described("Smearing, or transverse diffusion of the response.")
    response: Response | None = later("Readout response; null: smeared only.")
    electrons_per_keV: Range | None = later(
        "Electrons, or measured charge in electrons, per keV of recoil energy: the central 95 % of "
        "the events; null: not known."
    )
    electrons: Range | None = later(
        "Electrons, or measured charge in electrons, of an event: the central 99.8 % of the "
        "events; null: not known."
    )
    voxels: Range | None = later(
        "Occupied voxels of an event: the central 99.8 % of the events; null: not known."
    )


class TestSetResult(Block):
    """Performance on events that the network has not seen, without cuts on kappa."""

    __test__ = False  # not a pytest class

    test_set: str = described("Name of the test set in the study.")
    energy: EnergyRange = described("Its recoil energies.")
    smearing: Smearing = described("Its smearing.")
    events: int = described("Its contained events.", gt=0)
    cosine_distance: float = described("Mean of 1 - cos of the angle to the true direction.")
    cosine_distance_err: float | None = described("Its statistical error.")
    head_tail_efficiency: float = described("Share of the events with a positive cosine.")
    head_tail_efficiency_err: float | None = described("Its statistical error.")
    best_expected_ratio: float | None = later(
        "Cosine distance over that of Best-Expected on the same events; null: not known."
    )
    best_expected_ratio_err: float | None = later("Its paired statistical error.")
    best_expected_difference: float | None = later(
        "Cosine distance less that of Best-Expected on the same events."
    )
    best_expected_difference_err: float | None = later("Its paired statistical error.")
    kappa_mean: float | None = described("Mean predicted kappa; null: the network has none.")
    kappa_ratio: float | None = described(
        "Factor on the predicted kappas that fits the angles best; 1: calibrated."
    )
    kappa_ratio_err: float | None = described("Its statistical error.")
    coverage_68: float | None = described(
        "Share of true directions in the regions of 68 % of the predicted densities."
    )
    coverage_90: float | None = described("The same of 90 %.")
    coverage_95: float | None = described("The same of 95 %.")


class Temperature(Block):
    """How predicted densities are made right.

    The factor on the kappas of an event with e electrons in v voxels and the predicted kappa k is
    kappa_factor (e / electrons)^electrons_exponent (v / voxels)^voxels_exponent
    (k / kappa)^kappa_exponent. The odds of the components of a mixture that point away from its
    mean direction have a factor of their own, with powers of electrons and voxels. Cards from
    before some of these powers and factors have 0 and 1 there.
    """

    kappa_factor: float = described("Factor for an event of mean size.", ge=0)
    kappa_factor_err: float = described("Its statistical error.")
    electrons_exponent: float = described("Power of the event's electrons.")
    electrons_exponent_err: float = described("Its statistical error.")
    voxels_exponent: float = described("Power of the event's occupied voxels.")
    voxels_exponent_err: float = described("Its statistical error.")
    kappa_exponent: float = described(
        "Power of the event's predicted kappa; 0: the same factor for all.", 0.0, gt=-1
    )
    kappa_exponent_err: float = described("Its statistical error.", 0.0)
    share_power: float = described(
        "Power to which the shares of a mixture are raised; below 1 small shares grow."
    )
    share_power_err: float = described("Its statistical error; 0: one component.")
    opposite_factor: float = described(
        "Factor on the odds of a mixture's components that point away from its mean direction, for "
        "an event of mean size, before the power; below 1 the sense is surer.",
        1.0,
        ge=0,
    )
    opposite_factor_err: float = described("Its statistical error; 0: one component.", 0.0)
    opposite_electrons_exponent: float = described("Power of the event's electrons in it.", 0.0)
    opposite_electrons_exponent_err: float = described("Its statistical error.", 0.0)
    opposite_voxels_exponent: float = described("Power of the occupied voxels in it.", 0.0)
    opposite_voxels_exponent_err: float = described("Its statistical error.", 0.0)
    electrons: float = described("Electrons of an event of mean size (geometric mean).", gt=0)
    voxels: float = described("Its occupied voxels.", gt=0)
    kappa: float = described("Its predicted kappa.", 1.0, gt=0)
    start_error_factor: float = described(
        "Factor on the error of the predicted start; 1: right, or none is predicted.", 1.0, gt=0
    )
    start_error_factor_err: float = described("Its statistical error.", 0.0)

    @model_serializer(mode="wrap")
    def _without_unset_power(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # Cards from before these keys must not change.
        return {k: v for k, v in handler(self).items() if k in self.model_fields_set}


class Card(Block):
    """A trained network."""

    name: str = described("Name of the network in the study that trained it.")
    network: Network = described("Architecture, training and prediction, as in the study.")
    conditions: Conditions = described("What the training events were like.")
    views: int = described(
        "Training events that the network has seen, those of the network it began with included.",
        gt=0,
    )
    hours: float = described("Duration of the training [h], that before included.", ge=0)
    seed: int = described("Seed of the study.", ge=0)
    commit: str | None = described("Commit of the code that trained it; null: not known.")
    code: str = described("Digest of that code, as in the provenance record.")
    command: str = described("Command that trains the network again, at that commit.")
    temperature: Temperature | None = described(
        "Correction of the predicted densities, fitted to events not learnt from in as many "
        "frames as `network.frames`; null: none."
    )
    results: list[TestSetResult] = described("Performance on the test sets of the study.")
    precision: Literal["full", "half"] = described(
        "'half': weights of layers are stored in 16 bits, biases and normalisation in 32."
    )
    digest: str = described(f"Digest of {WEIGHTS} beside the card.")

    @model_validator(mode="after")
    def _kappa_has_a_network(self) -> Self:
        if self.temperature is not None and not self.network.predicts_kappa:
            raise ValueError(f"temperature: '{self.network.architecture}' predicts no kappa")
        return self


def read_card(folder: str | Path) -> Card:
    """The card of a network folder whose weights are the card's.

    Raises:
        ValueError: a file is missing, the card is not valid, or the weights are damaged or those
            of another card.
    """
    path, weights = Path(folder, CARD), Path(folder, WEIGHTS)
    for file in (path, weights):
        if not file.is_file():
            raise ValueError(
                f"{file}: there is no such file; a network folder holds {CARD} and {WEIGHTS}"
            )
    try:
        card = Card.model_validate(read_unique(path))
    except ConfigError:
        raise
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, e['loc'])) or 'top level'}: {e['msg']}" for e in error.errors()
        )
        raise ValueError(f"{path}: not the card of a network: {problems}") from None
    if file_digest(weights) != card.digest:
        raise ValueError(
            f"{weights}: its digest is not the one in {CARD}: the file is damaged, or the card is "
            "that of other weights; get both files of this network again"
        )
    return card
