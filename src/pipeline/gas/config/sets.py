"""Schema of the training set and the test sets."""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import model_validator

from pipeline.config.model import described, later
from pipeline.config.numbers import Share
from pipeline.gas.config.response import NamesResponse, Response
from pipeline.gas.config.voxels import Smearing


class VoxelSet(NamesResponse):
    """What the training set and the test sets have in common: tracks, smeared or measured."""

    sources: list[str]
    smearing_um: Smearing | None = None
    response: Response | None = later(
        "Readout response in place of the smearing: a name in `responses`, or its block; 'fitted': "
        "the result of `detector_fit`."
    )

    @property
    def readout(self) -> Smearing | Response:
        """The smearing or the response."""
        readout = self.smearing_um or self.response
        assert readout is not None  # one of both is there
        return readout

    @model_validator(mode="before")
    @classmethod
    def _smearing_or_response(cls, value: Any) -> Any:
        if isinstance(value, dict) and value.get("response") is not None:
            if value.get("smearing_um") is not None:
                raise ValueError(
                    "smearing_um and response exclude each other: a response has its own "
                    "diffusion; leave one of them out"
                )
            return {**value, "smearing_um": None}
        return value

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.smearing_um is None and self.response is None:
            raise ValueError("smearing_um is missing; give it, or a response")
        return self


class TrainingSet(VoxelSet):
    """Tracks that the networks are trained on."""

    sources: list[str] = described("Names of track sources.", min_length=1)
    smearing_um: Smearing | None = described(
        "Gaussian smearing of the ionisation electrons [um]: one number, or a range low_um to "
        "high_um from which each track draws its own.",
        Smearing(low_um=160, high_um=466),
    )
    validation_fraction: Share = described(
        "Share of events kept for early stopping; the split is by event.", 0.2
    )


class TestSet(VoxelSet):
    """Tracks on which the methods are compared."""

    __test__ = False  # not a pytest class

    sources: list[str] = described(
        "Names of track sources; none may be in the training set.", min_length=1
    )
    smearing_um: Smearing | None = described(
        "Gaussian smearing [um], as for the training set.", None
    )
    rotate: bool = described(
        "Rotate every track at random, as the paper does. false: true and predicted directions "
        "are in the frame of the source.",
        True,
    )


def readout_block(readout: Smearing | Response) -> dict[str, Any]:
    """A smearing or a response as plain content, with its kind as the key."""
    kind = "response" if isinstance(readout, Response) else "smearing"
    return {kind: readout.plain()}


def read_readout(block: Mapping[str, Any]) -> Smearing | Response:
    """The smearing or the response of a block with the content of `readout_block`."""
    if "response" in block:
        return Response.model_validate(block["response"])
    return Smearing.model_validate(block["smearing"])
