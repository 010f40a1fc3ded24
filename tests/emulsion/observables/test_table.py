"""The table of observables of a shard."""

import numpy as np
import pyarrow.parquet as pq
from helpers.made_clusters import made_clusters

from pipeline.emulsion.clusters.table import write_clusters
from pipeline.emulsion.observables.measure import measure
from pipeline.emulsion.observables.table import SCHEMA, write_observables


def test_rows_are_those_of_the_shard(tmp_path):
    clusters = made_clusters(7)
    shard, path = tmp_path / "shard.parquet", tmp_path / "observables.parquet"
    write_clusters(
        shard, [clusters.take(np.arange(4)), clusters.take(np.arange(4, 7))], 40, (27, 28), {}
    )
    assert write_observables(path, shard) == 7
    table = pq.read_table(path)
    assert table.schema.names == SCHEMA.names
    assert table["event_id"].to_pylist() == list(range(7))
    assert table["plate"].to_pylist() == clusters.plate.tolist()
    assert table["label"].to_pylist() == clusters.label.tolist()
    expected = measure(clusters.images, (27, 28))
    np.testing.assert_allclose(table["shift_nm"], expected.shift_nm, rtol=1e-6)
    assert table["newsdm"].to_pylist() == expected.newsdm.tolist()


def test_quantities_have_units():
    units = {f.name: f.metadata.get(b"unit", b"").decode() for f in SCHEMA}
    assert units["shift_nm"] == "nm"
    assert units["axis_angle_deg"] == "deg"
    assert units["area_px"] == "px"
    assert units["peak_counts"] == "counts"
    assert all(f.metadata[b"description"] for f in SCHEMA)
