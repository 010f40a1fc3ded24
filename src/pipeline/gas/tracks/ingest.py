"""Write the events of a reader as a track table: checks, source defaults, event ids, counts."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from pipeline.core.ingestion import BadEvents, accepted
from pipeline.gas.config.sources import SourceDefaults
from pipeline.gas.tracks.raw import RawBatch
from pipeline.gas.tracks.table import TrackBatch, write_tracks


def ingest(
    raw: Iterable[RawBatch],
    defaults: SourceDefaults,
    bad: BadEvents,
    part: int,
    table: str | Path,
    counts: str | Path,
) -> None:
    """Write one part of a source as a track table and its counts (JSON) beside it.

    Raises:
        BadEventError: an event is unusable and the policy is to stop.
        ValueError: no event is usable, or the energies are unknown.
    """
    good = accepted(raw, _usable, bad, part, defaults.first_event, defaults.max_events)
    tracks = (complete(batch, defaults, ids, bad.file) for batch, ids in good)
    kept = write_tracks(table, tracks, {"input": bad.file})
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
    direction = np.asarray(defaults.direction) / np.linalg.norm(defaults.direction)
    return TrackBatch(
        event_id=ids,
        source_event=batch.source_event,
        energy_keV=energy.astype(np.float32),
        offsets=batch.offsets,
        positions_um=batch.positions_um,
        times_ps=batch.times_ps,
        flags=batch.flags,
        start_um=np.tile(np.asarray(defaults.start_um, dtype=np.float32), (n, 1)),
        direction=np.tile(direction.astype(np.float32), (n, 1)),
    )
