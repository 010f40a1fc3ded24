"""Schema of learning directions: which network, from which tracks."""

from typing import Any, Literal, Self

from pydantic import PositiveInt, model_validator

from pipeline.config.model import Block, described
from pipeline.config.training import Training
from pipeline.gas.config.voxels import Smearing


class SparseTraining(Training):
    """How a network of sparse layers learns, and where; the defaults are the paper's."""

    backend: Literal["auto", "torch", "spconv"] = described(
        "Sparse layers: 'torch' runs anywhere, 'spconv' needs CUDA, 'auto' takes spconv where it "
        "can be used.",
        "auto",
    )
    loader_threads: int = described(
        "CPU threads that prepare the training's events; a core makes 8,000 fresh views a second "
        "or 2,500 tracks of a stream. The first one shares the cores of the training.",
        1,
        gt=0,
    )

    @property
    def cores(self) -> int:
        """CPU cores that a training keeps busy."""
        return self.processes * (self.threads + self.loader_threads - 1)

    def shares(self) -> dict[str, int]:
        """How a training shares its work, which its result does not depend on."""
        return {**super().shares(), "loader_threads": self.loader_threads}


class Network(SparseTraining):
    """One direction network and its training; the defaults are the paper's."""

    architecture: Literal["rcn", "hcn", "unet"] = described(
        "'rcn' predicts a direction, 'hcn' and 'unet' a direction and its kappa."
    )
    widths: list[PositiveInt] | None = described(
        "Channels of the 'unet' at cells of 2, 4, 8, ... voxels, three or more; wider learns "
        "better and slower. The other architectures have the paper's.",
        None,
        min_length=3,
    )
    loss: Literal["exact", "paper"] = described(
        "von Mises-Fisher likelihood of the HCN: 'exact' closed form, or 'paper', the switched "
        "approximation of its eq. 6, whose slope jumps at kappa = 2.65.",
        "exact",
    )
    views: Literal["shards", "fresh"] = described(
        "What the network sees of a training track: 'shards', the same smearing and rotation in "
        "every epoch, or 'fresh', new ones, straight from the tracks. Validation events are those "
        "of the shards in any case.",
        "shards",
    )
    tracks: Literal["stored", "stream"] = described(
        "Tracks of an epoch: 'stored', those of the training set, or 'stream', new ones from the "
        "simulator, as many, of the training set's sources, which must all be simulations. A "
        "stream has fresh views.",
        "stored",
    )
    frames: int = described(
        "Predict each event in this many of the grid's 48 orientations (axes swapped and mirrored) "
        "and average: more accurate, in as many times the time.",
        1,
        ge=1,
        le=48,
    )
    temperature: bool = described(
        "Multiply every predicted kappa by one factor, fitted to the validation events; for "
        "networks that predict a kappa.",
        False,
    )

    @model_validator(mode="before")
    @classmethod
    def _stream_is_fresh(cls, value: Any) -> Any:
        if isinstance(value, dict) and value.get("tracks") == "stream":
            return {"views": "fresh", **value}
        return value

    @model_validator(mode="after")
    def _new_tracks_have_no_shards(self) -> Self:
        if self.tracks == "stream" and self.views == "shards":
            raise ValueError("views: a stream of new tracks has no shards; leave views out")
        return self

    @model_validator(mode="after")
    def _the_unet_has_widths(self) -> Self:
        if (self.architecture == "unet") != (self.widths is not None):
            expected = "give a 'unet' [32, 48, 64, 96], say, other architectures none"
            raise ValueError(f"widths: {expected}")
        return self

    @model_validator(mode="after")
    def _a_temperature_needs_a_kappa(self) -> Self:
        if self.temperature and not self.predicts_kappa:
            raise ValueError(f"temperature: '{self.architecture}' predicts no kappa; leave it out")
        return self

    @property
    def predicts_kappa(self) -> bool:
        """Whether the architecture predicts a kappa."""
        return self.architecture != "rcn"

    def identity(self) -> dict[str, Any]:
        """As of every training; what only the predictions look at does not touch the weights."""
        without = {"frames", "temperature"}
        return {k: v for k, v in super().identity().items() if k not in without}


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
