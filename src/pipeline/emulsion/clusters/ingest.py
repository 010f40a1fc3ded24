"""Write the clusters of a reader as a shard: checks, event ids and counts."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np

from pipeline.core.ingestion import BadEvents, accepted
from pipeline.emulsion.clusters.hdf5 import RawClusters
from pipeline.emulsion.clusters.table import Clusters, write_clusters
from pipeline.emulsion.config.samples import Hdf5


def ingest(
    raw: Iterable[RawClusters],
    sample: Hdf5,
    bad: BadEvents,
    part: int,
    shard: str | Path,
    counts: str | Path,
) -> None:
    """Write one part of a sample as a shard and its counts (JSON) beside it.

    Raises:
        BadEventError: a cluster is unusable and the policy is to stop.
        ValueError: no cluster is usable.
    """

    def clusters() -> Iterator[Clusters]:
        good = accepted(raw, _usable, bad, part, sample.first_event, sample.max_events)
        for batch, ids in good:
            yield replace(batch.clusters, event_id=ids)

    batches = clusters()
    first = next(batches, None)
    if first is None:
        raise ValueError(
            f"{bad.file}: none of its {len(bad)} clusters is usable, so not even the size of its "
            "images is known; leave this file out"
        )
    pixels = first.images.shape[-1]
    metadata = {"input": bad.file}
    kept = write_clusters(shard, chain([first], batches), pixels, sample.pixel_nm, metadata)
    bad.write_counts(counts, kept)


def _usable(batch: RawClusters, bad: BadEvents) -> np.ndarray:
    for i in np.flatnonzero(batch.problems != ""):
        bad.found(int(batch.clusters.source_event[i]), batch.problems[i])
    return np.flatnonzero(batch.problems == "")
