"""The table of observables: one row for each cluster of a sample."""

from collections.abc import Iterator
from dataclasses import fields

import pandas as pd
import pyarrow as pa

from pipeline.core.parquet_io import as_table, field
from pipeline.core.tables import Inputs, Params
from pipeline.emulsion.clusters.table import EVENT_COLUMNS, read_clusters, read_pixel_nm
from pipeline.emulsion.observables.measure import Observables, measure

SCHEMA = pa.schema(
    [
        *EVENT_COLUMNS,
        field("images", pa.uint8(), "images with light"),
        field("shift_nm", pa.float32(), "largest distance of two barycentres", "nm"),
        field("shift_angle_deg", pa.float32(), "direction of this distance, 0 to 180", "deg"),
        field("path_over_shift", pa.float32(), "closed path of the barycentres over the shift"),
        field("peak_counts", pa.float32(), "mean peak of the images", "counts"),
        field("modulation", pa.float32(), "(largest - smallest)/largest peak"),
        field("area_px", pa.float32(), "pixels above the threshold, mean of the images", "px"),
        field("brightness_counts", pa.float32(), "sum of these, mean of the images", "counts"),
        field("axis_ratio", pa.float32(), "major over minor sigma of the mean image"),
        field("axis_angle_deg", pa.float32(), "angle of the major axis, 0 to 180", "deg"),
        field("minor_sigma_nm", pa.float32(), "minor sigma of the mean image", "nm"),
        field("newsdm", pa.bool_(), "30 nm < shift < 1 um and path over shift < 2.3"),
    ]
)


def from_files(inputs: Inputs, _params: Params) -> dict[str, pd.DataFrame]:
    """Table with the columns of `SCHEMA` of the clusters in `shards`, in their order.

    Raises:
        ValueError: a shard cannot be read.
    """
    parts = [part for shard in inputs["shards"] for part in _of_shard(shard)]
    return {"table": pa.concat_tables([SCHEMA.empty_table(), *parts]).to_pandas()}


def _of_shard(shard: str) -> Iterator[pa.Table]:
    pixel_nm = read_pixel_nm(shard)
    for clusters in read_clusters(shard):
        observables = measure(clusters.images, pixel_nm)
        columns = {name: getattr(observables, name) for name in _MEASURED}
        columns |= {f.name: getattr(clusters, f.name) for f in EVENT_COLUMNS}
        yield as_table(columns, SCHEMA)


_MEASURED = [*(f.name for f in fields(Observables)), "newsdm"]
