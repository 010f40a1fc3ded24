"""From the events of a source to the event table: checks, event ids, counts."""

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from pipeline.core.ingestion import BadEvents, accepted
from pipeline.xenon.config.detector import Geometry
from pipeline.xenon.events.raw import RawEvents
from pipeline.xenon.events.table import UNKNOWN, EventBatch, write_events

EDGE_CM = 0.1  # text tables round positions to a millimetre: an event this far out was at the edge
MOST = np.iinfo(np.int32).max

logger = logging.getLogger(__name__)


def ingest(
    raw: Iterable[RawEvents],
    geometry: Geometry,
    bad: BadEvents,
    part: int,
    table: str | Path,
    counts: str | Path,
    first_event: int = 0,
    max_events: int | None = None,
    wall_cm: float = EDGE_CM,
) -> None:
    """Write one part of a sample as an event table and its counts (JSON) beside it.

    Events up to `wall_cm` beyond the wall are moved to it. Those that rounding does not explain are
    counted as `moved_to_wall`.

    Raises:
        BadEventError: an event is unusable and the policy is to stop.
        ValueError: no event is usable and the policy is to stop.
    """
    beyond_cm: list[float] = []

    def usable(batch: RawEvents, bad: BadEvents) -> np.ndarray:
        return _usable(batch, geometry, wall_cm, bad)

    def events() -> Iterator[EventBatch]:
        for batch, ids in accepted(raw, usable, bad, part, first_event, max_events):
            beyond = np.hypot(batch.x_cm, batch.y_cm) - geometry.radius_cm
            beyond_cm.extend(beyond[beyond > EDGE_CM])
            yield complete(batch, geometry, ids)

    kept = write_events(table, events(), {"input": bad.file})
    if beyond_cm:
        logger.warning(
            "%s: %d of %d events lie up to %.1f cm beyond the wall and are moved to it; their "
            "positions seem to be reconstructed ones. If these are many, check the sample's "
            "`detector`",
            bad.file,
            len(beyond_cm),
            kept,
            max(beyond_cm),
        )
    bad.write_counts(counts, kept, moved_to_wall=len(beyond_cm))


def _usable(batch: RawEvents, geometry: Geometry, wall_cm: float, bad: BadEvents) -> np.ndarray:
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
    inside = np.hypot(batch.x_cm, batch.y_cm) <= geometry.radius_cm + wall_cm
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
