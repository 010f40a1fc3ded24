"""From what a reader found to the track table: checks, the source's facts, event ids, counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.core.ingestion import BadEvents, accepted
from pipeline.gas.config.sources import FileSource
from pipeline.gas.tracks.raw import RawBatch
from pipeline.gas.tracks.table import TrackBatch, write_tracks


@dataclass(frozen=True)
class Facts:
    """What a source says about all of its tracks."""

    energy_keV: float | None = None
    start_um: tuple[float, float, float] = (0.0, 0.0, 0.0)
    direction: tuple[float, float, float] = (0.0, 0.0, 1.0)
    first_event: int = 0
    max_events: int | None = None

    @classmethod
    def of_files(cls, source: FileSource) -> "Facts":
        """What the block of a file source says."""
        return cls(
            energy_keV=getattr(source, "energy_keV", None),
            start_um=source.start_um,
            direction=source.direction,
            first_event=source.first_event,
            max_events=source.max_events,
        )


def ingest(
    raw: Iterable[RawBatch],
    facts: Facts,
    bad: BadEvents,
    part: int,
    table: str | Path,
    counts: str | Path,
) -> None:
    """Write one part of a source as a track table and its counts (JSON) beside it.

    Raises:
        BadEventError: an unusable event and the policy is to stop.
        ValueError: no usable event at all, or no energy known.
    """
    good = accepted(raw, _usable, bad, part, facts.first_event, facts.max_events)
    tracks = (complete(batch, facts, ids, bad.file) for batch, ids in good)
    kept = write_tracks(table, tracks, {"input": bad.file})
    # The reader counts its own bad events; those it rejected it never handed on.
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


def complete(batch: RawBatch, facts: Facts, ids: np.ndarray, file: str) -> TrackBatch:
    """The tracks with what their source says of them and with event ids int64 [n].

    Raises:
        ValueError: no energy known.
    """
    n = len(batch)
    energy = batch.energy_keV
    if energy is None:
        if facts.energy_keV is None:
            raise ValueError(
                f"{file}: the energies are missing; set `energy_keV` of this source, or name the "
                "branch or column that holds them"
            )
        energy = np.full(n, facts.energy_keV)
    direction = np.asarray(facts.direction) / np.linalg.norm(facts.direction)
    return TrackBatch(
        event_id=ids,
        source_event=batch.source_event,
        energy_keV=energy.astype(np.float32),
        offsets=batch.offsets,
        positions_um=batch.positions_um,
        times_ps=batch.times_ps,
        flags=batch.flags,
        start_um=np.tile(np.asarray(facts.start_um, dtype=np.float32), (n, 1)),
        direction=np.tile(direction.astype(np.float32), (n, 1)),
    )
