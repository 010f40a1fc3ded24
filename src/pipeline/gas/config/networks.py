"""Schema of the direction networks: one class for each architecture.

A new architecture is a class here with an entry in `Network`, and the module that it names.
"""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    Field,
    PositiveInt,
    TypeAdapter,
    model_validator,
)

from pipeline.config.model import Block, described, later
from pipeline.config.paths import InputPath
from pipeline.config.training import Training

TrainingEventsKind = Literal["shards", "fresh_views", "stream"]
TRAINING_EVENTS: dict[TrainingEventsKind, str] = {
    "shards": "pipeline.gas.voxels.epochs.shard_events",
    "fresh_views": "pipeline.gas.voxels.epochs.fresh_events",
    "stream": "pipeline.gas.voxels.stream.stream_events",
}


class SparseTraining(Training):
    """Training of a network of sparse layers, and its hardware; defaults are the paper's."""

    backend: Literal["auto", "torch", "spconv"] = described(
        "Implementation of the sparse layers: 'torch' runs everywhere, 'spconv' needs CUDA, 'auto' "
        "uses spconv where it is available.",
        "auto",
    )
    loader_threads: int = described(
        "CPU threads that prepare training events. One core makes 8,000 fresh views or 2,500 "
        "streamed tracks per second. The first thread shares the cores of the training.",
        1,
        gt=0,
    )

    @property
    def cores(self) -> int:
        """Number of CPU cores that the training uses."""
        return self.processes * (self.threads + self.loader_threads - 1)

    def parallelism(self) -> dict[str, int]:
        """Numbers of processes and threads, on which the result does not depend."""
        return {**super().parallelism(), "loader_threads": self.loader_threads}


class Adapt(Block):
    """Keeps what a network makes of events without truth like what it makes of training events.

    It compares the activations of the layer that has one row for each event. Directions of both
    are taken as equally distributed.
    """

    to: str = described(
        "Set of events whose truth is not used: one in `observed`, or a test set, as if measured."
    )
    by: Literal["energy_distance", "adversarial"] = described(
        "Term added to the training loss. 'energy_distance': that of the activations. "
        "'adversarial': a small network learns to tell the events apart from their activations, "
        "and its reversed gradient teaches the network to prevent it (Ganin et al. 2016)."
    )
    weight: float = described("Weight of the energy distance, or of the reversed gradient.", gt=0)


class DirectionNetwork(SparseTraining):
    """A direction network and its training; the defaults are the paper's."""

    # Module with `build(settings, grid_bins)`, which returns the untrained network.
    module: ClassVar[str]
    predicts_kappa: ClassVar[bool] = False
    # Whether trained weights can be used on a grid of another number of bins.
    takes_any_bins: ClassVar[bool] = False
    # Keys of network folders; a training depends on the files there, not on their place.
    FOLDERS: ClassVar[frozenset[str]] = frozenset({"weights", "start", "teacher"})
    # Keys of the architecture, with the values of a network that can change: one that begins with
    # its weights may have others.
    CHANGES: ClassVar[dict[str, Any]] = {}
    # Other architectures that may begin with its weights.
    BEGINS: ClassVar[frozenset[str]] = frozenset()
    # Keys of an architecture that do not decide the shapes of its weights.
    SHAPELESS: ClassVar[frozenset[str]] = frozenset()
    # Settings that change predictions but not the weights.
    PREDICTION_ONLY: ClassVar[frozenset[str]] = frozenset({"frames", "temperature"})

    architecture: str  # each class allows one value
    training_events: TrainingEventsKind = described(
        "Training events of an epoch. 'shards': the stored views of the training set, the same in "
        "every epoch. 'fresh_views': the tracks of the training set with a new smearing and "
        "rotation in every epoch. 'stream': newly simulated tracks in every epoch, as many as in "
        "the training set, whose sources must all be simulations. Validation events always come "
        "from the shards.",
        "shards",
    )
    frames: int = described(
        "Number of the grid's 48 orientations (axes swapped and mirrored) in which each event is "
        "predicted; the predictions are averaged. More orientations are more accurate, and take "
        "proportionally more time.",
        1,
        ge=1,
        le=48,
    )
    weights: Literal["shipped"] | InputPath | None = later(
        "Use trained weights: no training. 'shipped': those of the network of this name in "
        "`resources/networks`; otherwise the path of a network folder (`card.yaml` and "
        "`weights.safetensors`). Architecture, `frames`, `batch_size` and `temperature` come from "
        "the card where they are left out; keys of the training have no effect."
    )
    start: Literal["shipped"] | InputPath | None = later(
        "Begin the training with the weights of a network folder, named as in `weights`, instead "
        "of random ones. The architecture must be the same, and comes from the card where it is "
        "left out. A U-Net may have more `components` than one of the card, or `start_of_track` on "
        "top of it; an 'rcn' may begin with the weights of an 'hcn', and either with those of a "
        "normalised one, with `normalise: false`."
    )
    teacher: InputPath | None = later(
        "Folder of a trained network, such as `resources/networks/UNet`, whose density gives the "
        "training its directions: the loss of an event is its expectation over that density, not "
        "the value at the one true direction, which scatters about it. The validation keeps the "
        "true directions. For networks of one component."
    )
    adapt: Adapt | None = later(
        "Adapt the training to events without truth; it takes twice the time. null: not adapted."
    )

    @model_validator(mode="before")
    @classmethod
    def _renamed_keys(cls, value: Any) -> Any:
        for key in ("views", "tracks"):
            if isinstance(value, dict) and key in value:
                raise ValueError(
                    f"{key}: `views` and `tracks` are now one key, `training_events`: 'shards', "
                    "'fresh_views' (was views: fresh) or 'stream' (was tracks: stream)"
                )
        return value

    @model_validator(mode="after")
    def _can_be_taught(self) -> Self:
        if self.teacher and (self.adapt or getattr(self, "components", 1) > 1):
            other = "adapt" if self.adapt else "components"
            raise ValueError(f"teacher: not with `{other}`; leave one of the two out")
        return self

    @property
    def events_function(self) -> str:
        """Dotted name of the function that makes the training events."""
        return TRAINING_EVENTS[self.training_events]

    def training_block(self) -> dict[str, Any]:
        """Plain content that the trained weights depend on."""
        return {
            key: value
            for key, value in self.without_parallelism().plain().items()
            if key not in self.PREDICTION_ONLY | self.FOLDERS
        }

    def identity(self) -> dict[str, Any]:
        """See `Training.identity`. Excludes settings that only affect predictions, and folders."""
        excluded = self.PREDICTION_ONLY | self.FOLDERS
        return {k: v for k, v in super().identity().items() if k not in excluded}

    def may_begin(self, key: str, other: Any) -> bool:
        """Whether a network with another value of an architecture's key can begin with this one."""
        if key == "architecture":
            return other in self.BEGINS
        return key in self.CHANGES and self.CHANGES[key] == getattr(self, key)

    def architecture_block(self) -> dict[str, Any]:
        """`architecture` and the keys of this one alone, which decide the shapes of the weights."""
        own = type(self).model_fields.keys() - KappaNetwork.model_fields.keys() - self.SHAPELESS
        keys = (k for k in type(self).model_fields if k == "architecture" or k in own)
        return {key: getattr(self, key) for key in keys}


class KappaNetwork(DirectionNetwork):
    """A direction network that also predicts the kappa of a von Mises-Fisher distribution."""

    predicts_kappa: ClassVar[bool] = True

    loss: Literal["exact", "paper"] = described(
        "von Mises-Fisher likelihood: 'exact' uses the closed form; 'paper' uses the piecewise "
        "approximation of eq. 6 in the paper, whose slope jumps at kappa = 2.65.",
        "exact",
    )
    temperature: bool = described(
        "Multiply every predicted kappa by a factor with powers of the event's electrons and "
        "occupied voxels, fitted to events that the network has not learnt from.",
        False,
    )


class PaperLayers(DirectionNetwork):
    """What RCN and HCN share."""

    CHANGES: ClassVar[dict[str, Any]] = {"normalise": True}

    normalise: bool = later(
        "Batch normalisation behind every layer but the last of each head: such a network learns "
        "faster at first. In a prediction it is a factor and an offset of each channel, which "
        "the weights of the layer before can hold: the network is the paper's. See `start`.",
        False,
    )


class Rcn(PaperLayers):
    """The paper's RCN: predicts a direction; its loss is the cosine distance."""

    module: ClassVar[str] = "pipeline.gas.networks.rcn"

    architecture: Literal["rcn"]


class Hcn(PaperLayers, KappaNetwork):
    """The paper's HCN: predicts a direction and its kappa."""

    module: ClassVar[str] = "pipeline.gas.networks.hcn"
    BEGINS: ClassVar[frozenset[str]] = frozenset({"rcn"})

    architecture: Literal["hcn"]


class UNet(KappaNetwork):
    """A residual sparse U-Net, not from the paper: predicts a density of directions."""

    module: ClassVar[str] = "pipeline.gas.networks.unet"
    takes_any_bins: ClassVar[bool] = True
    CHANGES: ClassVar[dict[str, Any]] = {"components": 1, "start_of_track": False}
    SHAPELESS: ClassVar[frozenset[str]] = frozenset({"start_loss_weight", "fixed_moments"})

    architecture: Literal["unet"]
    widths: list[PositiveInt] = described(
        "Channels at cells of 2, 4, 8, ... voxels; three or more values, such as [32, 48, 64, 96]. "
        "Wider networks are more accurate and slower.",
        min_length=3,
    )
    components: int = described(
        "Number of von Mises-Fisher components of the predicted density. 1: a direction and its "
        "kappa. With more, such as 3, the density may have tails and a second peak opposite the "
        "first.",
        1,
        ge=1,
        le=6,
    )
    read_fine: bool = later(
        "Read the track in cells of 2 voxels in place of 4: more accurate, a fifth slower.", False
    )
    normalise: bool = later(
        "Batch normalisation in the dense layers too, which keeps their units in use.", False
    )
    start_of_track: bool = described(
        "Predict the start of the track too: its place, with an error.", False
    )
    start_loss_weight: float = described(
        "Weight in the training loss of the negative log-likelihood of the start of the track.",
        0.1,
        gt=0,
    )
    fixed_moments: bool = later(
        "Batch normalisations keep the means and variances of the weights in `start`: the training "
        "sees what a prediction sees. With those of each batch, which fluctuate, it learns faster, "
        "but predictions are a little biased: a training ends best with some tracks without them.",
        False,
    )


# The registry of architectures.
Network = Annotated[Rcn | Hcn | UNet, Field(discriminator="architecture")]

_NETWORK: TypeAdapter[DirectionNetwork] = TypeAdapter(Network)


def read_network(block: dict[str, Any]) -> DirectionNetwork:
    """A network from its plain block; raises pydantic's ValidationError if it is not valid."""
    return _NETWORK.validate_python(block)
