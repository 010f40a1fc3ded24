"""The table of observables of a sample."""

import numpy as np
from helpers.made_clusters import made_clusters

from pipeline.emulsion.clusters.table import write_clusters
from pipeline.emulsion.observables.measure import measure
from pipeline.emulsion.observables.table import SCHEMA, from_files


def test_rows_are_those_of_the_shards(tmp_path):
    clusters = made_clusters(7)
    shards = [str(tmp_path / f"{i}.parquet") for i in range(2)]
    for shard, rows in zip(shards, (np.arange(4), np.arange(4, 7)), strict=True):
        write_clusters(shard, [clusters.take(rows[:1]), clusters.take(rows[1:])], 40, (27, 28), {})
    table = from_files({"shards": shards}, {})["table"]
    assert list(table) == SCHEMA.names
    assert table["event_id"].tolist() == list(range(7))
    assert table["plate"].tolist() == clusters.plate.tolist()
    assert table["label"].tolist() == clusters.label.tolist()
    expected = measure(clusters.images, (27, 28))
    np.testing.assert_allclose(table["shift_nm"], expected.shift_nm, rtol=1e-6)
    assert table["newsdm"].tolist() == expected.newsdm.tolist()


def test_a_sample_without_clusters_has_a_table_without_rows(tmp_path):
    shard = str(tmp_path / "empty.parquet")
    write_clusters(shard, [], 40, (27, 28), {})
    assert list(from_files({"shards": [shard]}, {})["table"]) == SCHEMA.names


def test_quantities_have_units():
    units = {f.name: f.metadata.get(b"unit", b"").decode() for f in SCHEMA}
    assert units["shift_nm"] == "nm"
    assert units["axis_angle_deg"] == "deg"
    assert units["area_px"] == "px"
    assert units["peak_counts"] == "counts"
    assert all(f.metadata[b"description"] for f in SCHEMA)
