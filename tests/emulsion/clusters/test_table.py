"""Cluster shards come back as they were written."""

from dataclasses import fields, replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers.made_clusters import made_clusters

from pipeline.emulsion.clusters.table import (
    CLUSTERS_PER_ROW_GROUP,
    Clusters,
    count_clusters,
    read_clusters,
    read_pixel_nm,
    schema,
    write_clusters,
)


def test_clusters_come_back(tmp_path):
    n = CLUSTERS_PER_ROW_GROUP + 10
    clusters = made_clusters(n, pixels=32)
    path = tmp_path / "shard.parquet"
    assert write_clusters(path, [clusters], 32, (27.5, 27.0), {"sample": "x"}) == n
    assert count_clusters(path) == n
    assert read_pixel_nm(path) == (27.5, 27.0)
    groups = list(read_clusters(path))
    assert [len(group) for group in groups] == [CLUSTERS_PER_ROW_GROUP, 10]
    for name in (f.name for f in fields(Clusters)):
        back = np.concatenate([getattr(group, name) for group in groups])
        np.testing.assert_array_equal(back, getattr(clusters, name))


def test_take_keeps_rows_together():
    clusters = made_clusters(5, pixels=32)
    taken = clusters.take(np.array([4, 1]))
    assert taken.event_id.tolist() == [4, 1]
    np.testing.assert_array_equal(taken.images, clusters.images[[4, 1]])


def test_every_column_has_a_description_and_quantities_a_unit():
    for column in schema(40):
        assert column.metadata[b"description"], column.name
        for ending, unit in (("_keV", b"keV"), ("_nm", b"nm")):
            if column.name.endswith(ending):
                assert column.metadata[b"unit"] == unit


def test_other_files_and_other_sizes_are_refused(tmp_path):
    other = tmp_path / "other.parquet"
    pq.write_table(pa.table({"a": [1]}), other)
    with pytest.raises(ValueError, match="damaged cluster shard"):
        list(read_clusters(other))
    clusters = made_clusters(2, pixels=32)
    wrong = replace(clusters, images=clusters.images[:, :7])
    with pytest.raises((ValueError, pa.ArrowInvalid)):
        write_clusters(tmp_path / "wrong.parquet", [wrong], 32, (27, 27), {})
    assert not (tmp_path / "wrong.parquet").exists()
