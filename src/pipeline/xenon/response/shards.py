"""Response shards: what a detector records of events, one Parquet row each.

The event's own columns stay beside its response; waveforms and hit patterns are lists of counts,
as long as the detector makes them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipeline.core.parquet_io import field, flat, open_parquet, ragged, write_batches
from pipeline.xenon.events.table import SCHEMA as EVENTS
from pipeline.xenon.events.table import EventBatch
from pipeline.xenon.response.simulation import CHUNK_EVENTS, ResponseBatch

RECORDED = ("s1_waveform", "s2_waveform", "top", "bottom")

SCHEMA = pa.schema(
    [
        *EVENTS,
        field("drift_time_us", pa.float32(), "drift time to the surface", "us"),
        field("s1_photons_detected", pa.int32(), "photons in the S1 waveform"),
        field("electrons_extracted", pa.int32(), "electrons that leave the liquid"),
        field("s2_photons_detected", pa.int32(), "photons in the S2 waveform"),
        field("s1_area_PE", pa.float32(), "area of S1", "PE"),
        field("s2_area_PE", pa.float32(), "area of S2", "PE"),
        field("triggered", pa.bool_(), "S1 in coincidence and S2 large enough"),
        field("s1_waveform", pa.list_(pa.uint16()), "detected photons, from the first one on"),
        field("s2_waveform", pa.list_(pa.uint16()), "detected photons, around the drift time"),
        field("top", pa.list_(pa.uint16()), "photons of S2 in the PMTs of the top array"),
        field("bottom", pa.list_(pa.uint16()), "photons of S2 in the PMTs of the bottom array"),
    ]
)
_SCALARS = [name for name in SCHEMA.names if name not in (*EVENTS.names, *RECORDED)]


def write_shard(
    path: str | Path, batches: Iterable[ResponseBatch], metadata: dict[str, str]
) -> int:
    """Write batches as one shard, a row group each, and return the number of events.

    Memory is bounded by one batch. `metadata` goes into the file's schema.
    """
    schema = SCHEMA.with_metadata({"table": "xenon response", "version": "1", **metadata})
    return write_batches(
        path,
        (_to_arrow(batch, schema) for batch in batches),
        schema,
        CHUNK_EVENTS,
        compression_level=1,
        # Counts repeat: a dictionary packs them before they are compressed.
        use_dictionary=[f"{name}.list.element" for name in RECORDED],
    )


def read_shard(path: str | Path) -> Iterator[ResponseBatch]:
    """Yield the shard's row groups in order.

    Raises:
        ValueError: the file is not a readable response shard.
    """
    with open_parquet(path, "response shard") as file:
        missing = set(SCHEMA.names) - set(file.schema_arrow.names)
        if missing:
            raise ValueError(f"{path}: not a response shard, columns {sorted(missing)} are missing")
        for group in range(file.num_row_groups):
            yield _from_arrow(file.read_row_group(group, columns=SCHEMA.names))


def count_responses(path: str | Path) -> int:
    """Number of events in the shard, from its footer.

    Raises:
        ValueError: the file is damaged.
    """
    with open_parquet(path, "response shard") as file:
        return file.metadata.num_rows


def _to_arrow(batch: ResponseBatch, schema: pa.Schema) -> pa.Table:
    columns = {name: pa.array(getattr(batch.events, name)) for name in EVENTS.names}
    columns |= {name: pa.array(getattr(batch, name)) for name in _SCALARS}
    for name in RECORDED:
        counts = getattr(batch, name)
        offsets = np.arange(len(batch) + 1) * counts.shape[1]
        columns[name] = ragged(counts.reshape(-1), offsets, pa.uint16())
    return pa.table([columns[f.name].cast(f.type) for f in schema], schema=schema)


def _from_arrow(table: pa.Table) -> ResponseBatch:
    def recorded(name: str) -> np.ndarray:
        offsets, values = flat(table[name])
        lengths = np.diff(offsets)
        if not (lengths == lengths[0]).all():
            # A page's header is damaged, which no checksum covers.
            raise pa.ArrowInvalid(f"lists of {name} differ in length")
        return values.reshape(len(table), -1)

    return ResponseBatch(
        events=EventBatch(*(table[f.name].to_numpy() for f in fields(EventBatch))),
        **{name: table[name].to_numpy() for name in _SCALARS},
        **{name: recorded(name) for name in RECORDED},
    )
