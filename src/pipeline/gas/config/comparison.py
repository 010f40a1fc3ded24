"""Schema of the comparison of simulated with reference tracks."""

from typing import Self

from pydantic import PositiveInt, model_validator

from pipeline.config.model import Block, described
from pipeline.config.numbers import Share
from pipeline.gas.config.networks import SparseTraining
from pipeline.gas.config.voxels import Smearing


class VoxelClassifier(SparseTraining):
    """A U-Net trained to distinguish simulated from reference tracks by their voxels.

    Each track, with all of its views, is in either the training, the validation or the test sample.
    """

    widths: list[PositiveInt] = described(
        "Channels at cells of 2, 4, 8, ... voxels, three or more.", min_length=3
    )
    smearing_um: Smearing = described(
        "Smearing, as for the training set; less smearing shows finer differences."
    )
    validation_fraction: Share = described("Share of tracks kept for early stopping.", 0.1)
    test_fraction: Share = described(
        "Share of tracks on which the area under the ROC curve is computed.", 0.3
    )

    @property
    def held_out_fraction(self) -> float:
        """Share of tracks that are not used for training."""
        return self.validation_fraction + self.test_fraction

    @model_validator(mode="after")
    def _training_tracks_remain(self) -> Self:
        if self.held_out_fraction >= 1:
            raise ValueError(
                f"validation_fraction and test_fraction leave {1 - self.held_out_fraction:.3g} of "
                "the tracks for training; their sum must be below 1"
            )
        return self


class TrackComparison(Block):
    """Comparison of simulated with reference tracks, energy by energy."""

    simulated: list[str] = described("Names of track sources.", min_length=1)
    reference: list[str] = described(
        "Names of other track sources, compared energy by energy.", min_length=1
    )
    voxel_classifier: VoxelClassifier | None = described(
        "Train a network to distinguish the two samples; null: compare observables only.", None
    )

    @model_validator(mode="after")
    def _different_sources(self) -> Self:
        both = set(self.simulated) & set(self.reference)
        if both:
            raise ValueError(f"source '{both.pop()}' is compared with itself")
        return self
