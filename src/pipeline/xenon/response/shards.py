"""Response shards: the record of events by a detector, one Parquet row per event.

A row holds the columns of the event table and the response. Waveforms and hit patterns are lists of
counts whose lengths depend on the detector.
"""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.core.parquet_io import (
    as_table,
    count_rows,
    field,
    flat,
    ragged,
    read_row_groups,
    write_batches,
)
from pipeline.xenon.events.table import SCHEMA as EVENTS
from pipeline.xenon.events.table import EventBatch
from pipeline.xenon.response.simulation import CHUNK_EVENTS, ResponseBatch

STANDS_FOR = field(
    "stands_for", pa.float32(), "events of the sample; 1 without `candidates` of a sample"
)
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
        field("cs1_photons", pa.float32(), "S1 photons over the light collection at the height"),
        field("triggered", pa.bool_(), "S1 in coincidence and S2 large enough"),
        STANDS_FOR,
        field("s1_waveform", pa.list_(pa.uint16()), "detected photons, from the first one on"),
        field("s2_waveform", pa.list_(pa.uint16()), "detected photons, around the drift time"),
        field("top", pa.list_(pa.uint16()), "photons of S2 in the PMTs of the top array"),
        field("bottom", pa.list_(pa.uint16()), "photons of S2 in the PMTs of the bottom array"),
    ]
)
_SCALARS = [name for name in SCHEMA.names if name not in (*EVENTS.names, *RECORDED)]
# Few different counts occur, so a dictionary encoding makes them small.
_ENCODING: dict[str, Any] = {
    "compression_level": 1,
    "use_dictionary": [f"{name}.list.element" for name in RECORDED],
}


def write_shard(
    path: str | Path, batches: Iterable[ResponseBatch], metadata: dict[str, str]
) -> int:
    """Write batches as one shard, one row group per batch, and return the number of events.

    Memory is bounded by one batch. `metadata` is stored in the schema of the file.
    """
    schema = SCHEMA.with_metadata({"table": "xenon response", "version": "1", **metadata})
    tables = (_to_arrow(batch, schema) for batch in batches)
    return write_batches(path, tables, schema, CHUNK_EVENTS, **_ENCODING)


def read_shard(path: str | Path) -> Iterator[ResponseBatch]:
    """Yield the row groups of the shard in order.

    Raises:
        ValueError: the file is not a readable response shard.
    """
    for rows in read_row_groups(path, "response shard", SCHEMA.names):
        yield _from_arrow(rows)


def count_responses(path: str | Path) -> int:
    """Number of events in the shard, from its footer.

    Raises:
        ValueError: the file is damaged.
    """
    return count_rows(path, "response shard")


def _to_arrow(batch: ResponseBatch, schema: pa.Schema) -> pa.Table:
    columns = {name: getattr(batch.events, name) for name in EVENTS.names}
    columns |= {name: getattr(batch, name) for name in _SCALARS}
    for name in RECORDED:
        counts = getattr(batch, name)
        offsets = np.arange(len(batch) + 1) * counts.shape[1]
        columns[name] = ragged(counts.reshape(-1), offsets, pa.uint16())
    return as_table(columns, schema)


def _from_arrow(table: pa.Table) -> ResponseBatch:
    def recorded(name: str) -> np.ndarray:
        offsets, values = flat(table[name])
        lengths = np.diff(offsets)
        if not (lengths == lengths[0]).all():
            # No checksum covers the header of a page, so this can happen in a damaged file.
            raise pa.ArrowInvalid(f"lists of {name} differ in length")
        return values.reshape(len(table), -1)

    return ResponseBatch(
        events=EventBatch(*(table[f.name].to_numpy() for f in fields(EventBatch))),
        **{name: table[name].to_numpy() for name in _SCALARS},
        **{name: recorded(name) for name in RECORDED},
    )
