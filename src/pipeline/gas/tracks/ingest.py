"""Write the events of a reader as a track table: checks, source defaults, event ids, counts."""

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipeline.core.ingestion import BadEvents, accepted
from pipeline.gas.config.sources import SourceDefaults
from pipeline.gas.tracks.claims import hold_against
from pipeline.gas.tracks.raw import RawBatch
from pipeline.gas.tracks.summary import event_summary, write_summary
from pipeline.gas.tracks.table import TrackBatch, write_tracks

logger = logging.getLogger(__name__)


def ingest(
    raw: Iterable[RawBatch],
    defaults: SourceDefaults,
    bad: BadEvents,
    part: int,
    table: str | Path,
    counts: str | Path,
    summary: str | Path,
) -> None:
    """Write one part of a source as a track table, its event summary and its counts (JSON).

    Memory: one batch of tracks, and a hundred bytes for each event.

    Raises:
        BadEventError: an event is unusable and the policy is to stop.
        ValueError: no event is usable, the energies are unknown, or the tracks contradict what
            the source says of them.
    """
    good = accepted(raw, _usable, bad, part, defaults.first_event, defaults.max_events)
    summaries: list[pa.Table] = []

    def tracks() -> Iterator[TrackBatch]:
        for batch, ids in good:
            complete_batch = complete(batch, defaults, ids, bad.file)
            summaries.append(event_summary(complete_batch))
            yield complete_batch
        # Before the table is moved into place.
        if summaries:
            events = pa.concat_tables(summaries).to_pandas()
            for text in hold_against(events, defaults.claims, bad.file):
                logger.warning("%s: %s", bad.file, text)

    kept = write_tracks(table, tracks(), {"input": bad.file})
    write_summary(summary, summaries, bad.file)
    # The reader itself counts the events that it rejects; they are not in `raw`.
    bad.write_counts(counts, kept)


def _usable(batch: RawBatch, bad: BadEvents) -> np.ndarray:
    lengths = np.diff(batch.offsets)
    finite = np.isfinite(batch.positions_um).all(axis=1)
    broken = np.bincount(
        np.repeat(np.arange(len(batch)), lengths), weights=~finite, minlength=len(batch)
    )
    good = (lengths > 0) & (broken == 0)
    energies = np.ones(len(batch)) if batch.energy_keV is None else batch.energy_keV
    good &= np.isfinite(energies) & (energies > 0)
    for i in np.flatnonzero(~good):
        if lengths[i] == 0:
            reason = "it has no ionisation electrons"
        elif broken[i]:
            reason = f"{int(broken[i])} of its electrons have coordinates that are not finite"
        else:
            reason = f"its energy is {energies[i]} keV, expected a positive number"
        bad.found(int(batch.source_event[i]), reason)
    return np.flatnonzero(good)


def complete(batch: RawBatch, defaults: SourceDefaults, ids: np.ndarray, file: str) -> TrackBatch:
    """Add the source's defaults and the event ids, int64 [n], to the tracks.

    Raises:
        ValueError: the energies are unknown.
    """
    n = len(batch)
    energy = batch.energy_keV
    if energy is None:
        if defaults.energy_keV is None:
            raise ValueError(
                f"{file}: the energies are missing; set `energy_keV` of this source, or name the "
                "branch or column that holds them"
            )
        energy = np.full(n, defaults.energy_keV)
    direction, start_um = batch.direction, batch.start_um
    if direction is None:
        direction = np.tile(
            np.asarray(defaults.direction) / np.linalg.norm(defaults.direction), (n, 1)
        )
    if start_um is None:
        start_um = np.tile(defaults.start_um, (n, 1))
    return TrackBatch(
        event_id=ids,
        source_event=batch.source_event,
        energy_keV=energy.astype(np.float32),
        offsets=batch.offsets,
        positions_um=batch.positions_um,
        times_ps=batch.times_ps,
        flags=batch.flags,
        start_um=start_um.astype(np.float32),
        direction=direction.astype(np.float32),
    )
