"""The usable events of one part of a source of measured events, whatever its kind."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pipeline.core.ingestion import BadEvents, accepted
from pipeline.core.named import named
from pipeline.core.tables import Params
from pipeline.gas.config.hits import Hits
from pipeline.gas.config.simulated_hits import read_hit_source
from pipeline.gas.hits.table import HitBatch, usable


def read_part(
    path: str | Path, part: Params
) -> tuple[Iterator[tuple[HitBatch, np.ndarray]], BadEvents]:
    """Batches of the usable events of a file with their ids int64 [n], and those found bad.

    `path` is a file of hits, or the track table of which hits are made; `part` is the content of
    `DetectorPaths.hits_block`. See `accepted` and the readers for exceptions, which come with the
    batches.
    """
    source = read_hit_source(part["block"])
    read = named(source.reader)
    if isinstance(source, Hits):
        bad = BadEvents(str(path), source.on_bad_event)
        chosen = source.first_event, source.max_events
        return accepted(read(path, source, bad), usable, bad, part["index"], *chosen), bad
    bad = BadEvents(str(path), "stop")
    return accepted(read(path, source, part), usable, bad, part["index"]), bad
