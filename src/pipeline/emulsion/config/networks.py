"""Schema of the networks of the emulsion chain: one class for each architecture.

A new architecture is a class here with an entry in `Network`, and the module that it names.
"""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, PositiveInt, TypeAdapter, model_validator

from pipeline.config.model import described
from pipeline.config.numbers import Share
from pipeline.config.training import AdamW, Training

COSINE = "Optimiser; the default is AdamW at 0.004, which falls along half a cosine."
FAST = AdamW(learning_rate=4e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01, schedule="cosine")

Widths = tuple[PositiveInt, PositiveInt, PositiveInt]  # of the levels of a small network


class ClusterNetwork(Training):
    """A network that tells signal from background by the images of a cluster."""

    # Module with `build(settings, pixels)`, which returns the untrained network.
    module: ClassVar[str]

    architecture: str  # each class allows one value
    samples: tuple[str, ...] = described(
        "Names of the training samples; signal and background must both be among them.",
        min_length=1,
    )
    validation_fraction: Share = described(
        "Share of the training clusters kept for validation. The choice depends on the cluster.",
        0.1,
    )
    shuffled_labels: bool = described(
        "Train on labels drawn at random: a check, after which signal and background of the "
        "validation clusters must look alike.",
        False,
    )

    @model_validator(mode="after")
    def _distinct_samples(self) -> Self:
        if len(set(self.samples)) < len(self.samples):
            raise ValueError(f"samples must differ from each other, got {list(self.samples)}")
        return self

    @property
    def turns(self) -> Literal["none", "half", "steps"]:
        """How training clusters are turned; see `networks.batches.training_batches`."""
        return "none"

    def training_block(self) -> dict[str, Any]:
        """Plain content that the trained weights depend on."""
        return self.without_parallelism().plain()


class ImageNetwork(ClusterNetwork):
    """A network that sees the whole cluster."""

    rotations: bool = described(
        "Turn each training cluster by a random multiple of 15 deg, all images alike, as the paper "
        "does. Images that are turned show by how much: directions are then not learnt.",
        False,
    )

    @property
    def turns(self) -> Literal["none", "half", "steps"]:
        """See `ClusterNetwork.turns`."""
        return "steps" if self.rotations else "none"


class DirectionNetwork(ImageNetwork):
    """An image network that can learn directions too."""

    directions: bool = described(
        "Learn axis and sense from signal of known direction. They hold only for training samples "
        "without a preferred direction.",
        True,
    )
    half_turns: bool = described(
        "Without `rotations`, turn every other training cluster by 180 deg, at random, and predict "
        "the mean over both. The microscope is the same after half a turn, so this is exact.",
        True,
    )

    @property
    def turns(self) -> Literal["none", "half", "steps"]:
        """See `ClusterNetwork.turns`."""
        return "half" if self.half_turns and not self.rotations else super().turns

    @model_validator(mode="after")
    def _not_from_turned_images(self) -> Self:
        if self.rotations and self.directions:
            raise ValueError(
                "directions: true, but with rotations: true a network learns by how much images "
                "were turned; set one of them to false"
            )
        return self


class SmallNetwork(DirectionNetwork):
    """A network that a laptop trains in minutes."""

    hidden: int = described("Neurons of the dense layer before the outputs.", 32, gt=0)
    optimiser: AdamW = described(COSINE, FAST)
    batch_size: int = described("Clusters in a step.", 128, gt=0)
    max_epochs: int = described("Passes over the training set at most.", 1, gt=0)


class Harmonic(SmallNetwork):
    """A residual network on five maps: the mean image, and how it varies with the analyser."""

    module: ClassVar[str] = "pipeline.emulsion.networks.harmonic"

    architecture: Literal["harmonic"]
    widths: Widths = described("Channels at 12, 6 and 3 pixels.", (32, 64, 96))
    batch_size: int = described("Clusters in a step.", 64, gt=0)
    max_epochs: int = described("Passes over the training set at most.", 4, gt=0)


class Small3D(SmallNetwork):
    """A small residual 3D network on the eight images, periodic in the angle of the analyser."""

    module: ClassVar[str] = "pipeline.emulsion.networks.small3d"

    architecture: Literal["small3d"]
    widths: Widths = described("Channels at 16, 8 and 4 pixels.", (16, 48, 96))


class Paper(ImageNetwork):
    """The authors' residual 3D network on nine whole images: for GPUs, 20 clusters/s on a core."""

    module: ClassVar[str] = "pipeline.emulsion.networks.paper"

    architecture: Literal["paper"]
    version: Literal["2020", "2021"] = described(
        "'2020': as in arXiv 2005.13042, with the sizes of the authors' code before their search "
        "for the best ones (5.9 million weights); '2021': the best ones, arXiv 2106.11995 (6.9 "
        "million).",
        "2021",
    )
    rotations: bool = described(
        "Turn each training cluster by a random multiple of 15 deg, all images alike, as the paper "
        "does.",
        True,
    )
    optimiser: AdamW = described(
        "Optimiser; the authors used Nadam.",
        AdamW(learning_rate=6.5e-4, betas=(0.9, 0.99), eps=1e-7),
    )
    max_epochs: int = described("Passes over the training set at most.", 60, gt=0)

    @model_validator(mode="after")
    def _one_slice(self) -> Self:
        if self.slices > 1:
            raise ValueError(
                f"slices: {self.slices}, but this network has dropout, whose random numbers would "
                "depend on the order of the slices; leave slices at 1"
            )
        return self


class Dense(ClusterNetwork):
    """A check for leaks: a dense network that sees only what should tell nothing."""

    module: ClassVar[str] = "pipeline.emulsion.networks.dense"

    architecture: Literal["dense"]
    sees: Literal["border", "brightness"] = described(
        "'border': mean of the images' outermost pixels, and their mean and spread in each image "
        "(pedestal and noise); 'brightness': the mean of the peaks of the images."
    )
    widths: tuple[PositiveInt, ...] = described("Neurons of the layers.", (64, 32), min_length=1)
    optimiser: AdamW = described(COSINE, FAST)
    batch_size: int = described("Clusters in a step.", 512, gt=0)
    max_epochs: int = described("Passes over the training set at most.", 5, gt=0)


# The registry of architectures.
Network = Annotated[Harmonic | Small3D | Paper | Dense, Field(discriminator="architecture")]

_NETWORK: TypeAdapter[ClusterNetwork] = TypeAdapter(Network)


def read_network(block: dict[str, Any]) -> ClusterNetwork:
    """A network from its plain block; raises pydantic's ValidationError if it is not valid."""
    return _NETWORK.validate_python(block)
