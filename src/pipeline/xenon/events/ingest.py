"""From the events of a source to the event table: checks, event ids, counts."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from pipeline.core.ingestion import BadEvents, accepted
from pipeline.xenon.config.detector import Geometry
from pipeline.xenon.events.raw import RawEvents
from pipeline.xenon.events.table import UNKNOWN, EventBatch, write_events

# Text tables round positions to a millimetre, so an event this far outside was at the edge.
EDGE_CM = 0.1
MOST = np.iinfo(np.int32).max


def ingest(
    raw: Iterable[RawEvents],
    geometry: Geometry,
    bad: BadEvents,
    part: int,
    table: str | Path,
    counts: str | Path,
    first_event: int = 0,
    max_events: int | None = None,
) -> None:
    """Write one part of a sample as an event table and its counts (JSON) beside it.

    Raises:
        BadEventError: an event is unusable and the policy is to stop.
        ValueError: no event is usable.
    """

    def usable(batch: RawEvents, bad: BadEvents) -> np.ndarray:
        return _usable(batch, geometry, bad)

    good = accepted(raw, usable, bad, part, first_event, max_events)
    events = (complete(batch, geometry, ids) for batch, ids in good)
    kept = write_events(table, events, {"input": bad.file})
    bad.write_counts(counts, kept)


def _usable(batch: RawEvents, geometry: Geometry, bad: BadEvents) -> np.ndarray:
    reasons: dict[int, str] = {}

    def check(good: np.ndarray, reason: str, *columns: np.ndarray) -> None:
        for i in np.flatnonzero(~good):
            reasons.setdefault(int(i), reason.format(*(column[i] for column in columns)))

    energy = batch.energy_keV
    check(
        np.isnan(energy) | ((energy >= 0) & np.isfinite(energy)),
        "its energy is {:g} keV, expected 0 or more",
        energy,
    )
    for what, quanta in (("photons", batch.photons), ("electrons", batch.electrons)):
        check(
            (quanta >= 0) & (quanta <= MOST),
            f"its number of {what} is {{:g}}, expected 0 or more",
            quanta,
        )
    check(
        np.isnan(batch.excitons) | ((batch.excitons >= 0) & (batch.excitons <= MOST)),
        "its number of excitons is {:g}, expected 0 or more",
        batch.excitons,
    )
    inside = np.hypot(batch.x_cm, batch.y_cm) <= geometry.radius_cm + EDGE_CM
    inside &= np.abs(batch.depth_cm - geometry.height_cm / 2) <= geometry.height_cm / 2 + EDGE_CM
    check(
        inside,
        "it lies at x = {:g}, y = {:g}, depth = {:g} cm, outside the liquid, which has a radius "
        f"of {geometry.radius_cm:g} and a depth of {geometry.height_cm:g} cm; check the units, "
        "the surface and the sample's `detector`",
        batch.x_cm,
        batch.y_cm,
        batch.depth_cm,
    )
    for i, reason in sorted(reasons.items()):
        bad.found(batch.label(i), reason)
    return np.setdiff1d(np.arange(len(batch)), list(reasons))


def complete(batch: RawEvents, geometry: Geometry, ids: np.ndarray) -> EventBatch:
    """Convert n checked events to a batch of the event table with event ids int64 [n].

    Numbers of quanta are rounded; positions just outside the liquid are moved to its edge.
    """
    r = np.hypot(batch.x_cm, batch.y_cm)
    inwards = np.minimum(1, geometry.radius_cm / np.maximum(r, geometry.radius_cm / 2))
    excitons = np.where(np.isnan(batch.excitons), UNKNOWN, batch.excitons)
    return EventBatch(
        event_id=ids,
        source_event=batch.source_event,
        recoil=batch.recoil,
        energy_keV=batch.energy_keV.astype(np.float32),
        x_cm=(batch.x_cm * inwards).astype(np.float32),
        y_cm=(batch.y_cm * inwards).astype(np.float32),
        depth_cm=np.clip(batch.depth_cm, 0, geometry.height_cm).astype(np.float32),
        photons=np.rint(batch.photons).astype(np.int32),
        electrons=np.rint(batch.electrons).astype(np.int32),
        excitons=np.rint(excitons).astype(np.int32),
    )
