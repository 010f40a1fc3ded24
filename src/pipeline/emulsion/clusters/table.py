"""Cluster shards: eight images of each cluster and what is known about it, one Parquet row each.

Clusters of all samples, simulated or read, are written in this form; later stages read no other.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipeline.core.parquet_io import (
    as_table,
    count_rows,
    field,
    open_parquet,
    read_row_groups,
    vector_columns,
    write_batches,
)
from pipeline.emulsion.config.detector import PLANES

BACKGROUND, SIGNAL = 0, 1
UNKNOWN = -1  # number of grains of a cluster that was not simulated
CLUSTERS_PER_ROW_GROUP = 512

_FIELDS = [
    field("event_id", pa.int64(), "number unique within the sample"),
    field("source_event", pa.int64(), "number in the file or of the simulated cluster"),
    field("plate", pa.string(), "plate or scan; training and test are split by it"),
    field("label", pa.uint8(), "0 background, 1 signal"),
    field("particle", pa.string(), "chemical symbol of the ion, fog, or name of the gamma source"),
    field("energy_keV", pa.float32(), "initial energy of the particle; NaN where unknown", "keV"),
    field("direction_x", pa.float32(), "initial direction, x of the images; NaN where unknown"),
    field("direction_y", pa.float32(), "initial direction, y of the images (down)"),
    field("direction_z", pa.float32(), "initial direction, along the normal of the film"),
    field("grains", pa.int16(), f"grains of the cluster; {UNKNOWN} where unknown"),
    field("focus_nm", pa.float32(), "focal plane above the cluster; NaN where unknown", "nm"),
]
# Columns with which every table of single clusters begins.
EVENT_COLUMNS = [_FIELDS[0], _FIELDS[2], _FIELDS[3]]


def schema(pixels: int) -> pa.Schema:
    """Columns of a shard whose images have `pixels` rows and columns."""
    text = f"uint8 [{PLANES}, pixels, pixels]: images by the angle of the analyser; 0: no image"
    images = field("images", pa.binary(PLANES * pixels**2), text, "counts")
    return pa.schema([*_FIELDS, images])


@dataclass(frozen=True)
class Clusters:
    """n clusters; one array for each column of the shard."""

    event_id: np.ndarray  # int64 [n]
    source_event: np.ndarray  # int64 [n]
    plate: np.ndarray  # str [n]
    label: np.ndarray  # uint8 [n]
    particle: np.ndarray  # str [n]
    energy_keV: np.ndarray  # [n], NaN where unknown
    direction: np.ndarray  # [n, 3], unit vectors; NaN where unknown
    grains: np.ndarray  # int [n], UNKNOWN where unknown
    focus_nm: np.ndarray  # [n], NaN where unknown
    images: np.ndarray  # uint8 [n, 8, pixels, pixels]

    def __len__(self) -> int:
        return len(self.event_id)

    def take(self, index: np.ndarray) -> "Clusters":
        """The clusters `index` (int [m]), in that order."""
        return Clusters(*(getattr(self, f.name)[index] for f in fields(self)))


def write_clusters(
    path: str | Path,
    batches: Iterable[Clusters],
    pixels: int,
    pixel_nm: tuple[float, float],
    metadata: dict[str, str],
) -> int:
    """Write batches as one shard and return the number of clusters.

    Memory is bounded by one batch. `metadata` and the size of a pixel along x and y go into the
    schema of the file.
    """
    size = f"{pixel_nm[0]:g} {pixel_nm[1]:g}"
    columns = schema(pixels).with_metadata(
        {"table": "emulsion clusters", "version": "1", "pixel_nm": size, **metadata}
    )
    tables = (_to_arrow(batch, columns) for batch in batches)
    # The images are noise: a dictionary saves no space.
    words = ["plate", "particle"]
    return write_batches(
        path, tables, columns, CLUSTERS_PER_ROW_GROUP, compression_level=1, use_dictionary=words
    )


def read_clusters(path: str | Path) -> Iterator[Clusters]:
    """Yield the row groups of the shard in order.

    Raises:
        ValueError: the file is not a readable cluster shard.
    """
    names = [f.name for f in _FIELDS] + ["images"]
    hint = "; bring images in through a sample of kind 'hdf5'"
    for rows in read_row_groups(path, "cluster shard", names, hint):
        yield _from_arrow(rows)


def read_pixel_nm(path: str | Path) -> tuple[float, float]:
    """Size of a pixel of the shard's images along x and y [nm].

    Raises:
        ValueError: the file is not a readable cluster shard.
    """
    with open_parquet(path, "cluster shard") as file:
        metadata = file.schema_arrow.metadata or {}
    if b"pixel_nm" not in metadata:
        raise ValueError(f"{path}: not a cluster shard, the size of its pixels is missing")
    x, y = map(float, metadata[b"pixel_nm"].split())
    return x, y


def count_clusters(path: str | Path) -> int:
    """Number of clusters in the shard, from its footer.

    Raises:
        ValueError: the file is damaged.
    """
    return count_rows(path, "cluster shard")


def _to_arrow(batch: Clusters, columns: pa.Schema) -> pa.Table:
    kind = columns.field("images").type
    buffer = pa.py_buffer(np.ascontiguousarray(batch.images))
    arrays = {
        **{name: getattr(batch, name) for name in columns.names if hasattr(batch, name)},
        **vector_columns("direction_{}", batch.direction),
        "images": pa.Array.from_buffers(kind, len(batch), [None, buffer]),
    }
    return as_table(arrays, columns)


def _from_arrow(rows: pa.Table) -> Clusters:
    images = rows["images"].combine_chunks()
    if isinstance(images, pa.ChunkedArray):
        images = images.chunk(0)
    width = images.type.byte_width
    pixels = math.isqrt(width // PLANES)
    values = np.frombuffer(images.buffers()[1], np.uint8, len(rows) * width, images.offset * width)
    return Clusters(
        **{f.name: rows[f.name].to_numpy() for f in fields(Clusters) if f.name in _PLAIN},
        direction=np.stack([rows[f"direction_{axis}"].to_numpy() for axis in "xyz"], axis=1),
        images=values.reshape(-1, PLANES, pixels, pixels),
    )


_PLAIN = {f.name for f in _FIELDS}
