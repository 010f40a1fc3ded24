"""Schema of measured events that are made, with a readout that the study does not know."""

from collections.abc import Collection, Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, PositiveInt, TypeAdapter, model_validator

from pipeline.config.model import described
from pipeline.gas.config.hits import Hits, HitSource
from pipeline.gas.config.observed import Preferred
from pipeline.gas.config.response import NamesResponse, Response
from pipeline.gas.config.sources import TrackSource


class Signal(Preferred):
    """Recoils that prefer a direction, among isotropic ones.

    Away from the Sun they have the angles of electrons that solar neutrinos scatter; along an
    `axis` they have no spread.
    """

    share: float = described("Share of the recoils that are signal.", ge=0, le=1)


class SimulatedHits(NamesResponse, HitSource):
    """Hits that a detector would have written: of simulated tracks, without their truth."""

    reader: ClassVar[str] = "pipeline.gas.hits.simulated.simulated_hits"

    kind: Literal["simulated_hits"]
    tracks: str = described(
        "Name of the track source of the recoils. It may be in test sets, not in the training set "
        "or among the tracks that the measured events are compared with."
    )
    response: Response = described(
        "Response of the detector, a name in `responses` or its block. Nothing else of the study "
        "knows it."
    )
    pixels: tuple[PositiveInt, PositiveInt] | None = described(
        "Number of pixels of the readout along x and y, over which the events lie evenly. Each "
        "keeps its gain, drawn once with the rms `gain.pixel_spread`; beside them gains are 1. "
        "The corner of the first one is the origin of the hits' coordinates. null: places are "
        "relative to the event.",
        None,
    )
    signal: Signal | None = described(
        "Recoils that prefer a direction; null: all are isotropic.", None
    )
    days: float = described(
        "Length of the run from the first of January 2026, in which events have random times.",
        365.0,
        gt=0,
    )

    @model_validator(mode="after")
    def _draws_its_gains(self) -> Self:
        if self.response.gain.map:
            raise ValueError(
                "response: leave out gain.map; `pixels` and gain.pixel_spread draw the gains"
            )
        return self


_HITS: TypeAdapter[Hits | SimulatedHits] = TypeAdapter(
    Annotated[Hits | SimulatedHits, Field(discriminator="kind")]
)


def read_hit_source(block: Mapping[str, Any]) -> Hits | SimulatedHits:
    """A source of measured events from its plain block; raises pydantic's ValidationError."""
    return _HITS.validate_python(block)


def check_simulated_hits(
    sources: Mapping[str, object],
    learned: Mapping[str, Collection[str]],
    stated_keV: Mapping[str, float],
) -> None:
    """Check the tracks of hits that are made.

    `learned` are the track sources that the study learns from or compares with measured events, by
    the key that names them; `stated_keV` is the energy of sources of hits in `detector_fit`.

    Raises:
        ValueError: the tracks are of no track source, are known to the study, or do not have the
            energy that is stated; names the key.
    """
    for name, source in sources.items():
        if not isinstance(source, SimulatedHits):
            continue
        key, tracks = f"sources.{name}.tracks", sources.get(source.tracks)
        if not isinstance(tracks, TrackSource):
            known = [k for k, block in sources.items() if isinstance(block, TrackSource)]
            raise ValueError(
                f"{key}: there is no track source '{source.tracks}'; there are {', '.join(known)}"
            )
        for user, names in learned.items():
            if source.tracks in names:
                raise ValueError(
                    f"{key}: '{source.tracks}' is also in {user}; the recoils of a detector are "
                    "others, give a track source of their own"
                )
        wrong = {*tracks.energies()} - {stated_keV[name]} if name in stated_keV else ()
        if wrong:
            raise ValueError(
                f"{key}: these tracks have {min(wrong):g} keV, but detector_fit.energy_keV is "
                f"{stated_keV[name]:g}"
            )
