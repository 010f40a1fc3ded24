"""Voxel shards: what is written comes back, small on disk; damage is noticed."""

from dataclasses import fields

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.core.parquet_io import write_batches
from pipeline.gas.voxels.shards import (
    SCHEMA,
    VoxelBatch,
    concatenate,
    open_shard,
    read_row_group,
    read_shard,
    voxel_centres,
    write_shard,
)


def assert_equal(batch, expected):
    for field in fields(VoxelBatch):
        a, b = getattr(batch, field.name), getattr(expected, field.name)
        if field.name != "source":
            assert a.dtype == b.dtype, field.name
        np.testing.assert_array_equal(a, b)


@pytest.fixture
def shard(tmp_path, voxel_events):
    path = tmp_path / "shard.parquet"
    write_shard(path, [voxel_events(600)], 120, 500.0, input="here")
    return path


def test_round_trip_is_exact(tmp_path, voxel_events):
    batches = [voxel_events(40), voxel_events(1, 40), voxel_events(30, 41, "another")]
    path = tmp_path / "shard.parquet"
    assert write_shard(path, batches, 120, 500.0) == 71
    for batch, expected in zip(read_shard(path), batches, strict=True):
        assert_equal(batch, expected)


def test_footer_tells_size_and_grid(shard):
    found = open_shard(shard)
    assert (found.events, found.row_groups) == (600, 2)
    assert (found.bins, found.cell_um) == (120, (500.0, 500.0, 500.0))
    assert pq.read_schema(shard).metadata[b"input"] == b"here"


def test_row_groups_are_read_one_by_one(shard, voxel_events):
    assert_equal(read_row_group(shard, 0), voxel_events(600).take(np.arange(512)))
    assert_equal(read_row_group(shard, 1), voxel_events(600).take(np.arange(512, 600)))


def test_columns_are_described(shard):
    for field in pq.read_schema(shard):
        assert field.metadata[b"description"], field.name
        if field.name.endswith(("_um", "_keV")):
            assert field.metadata[b"unit"].decode() == field.name.rsplit("_", 1)[1]


def test_take_is_indexing_event_by_event(voxel_events):
    batch, index = voxel_events(50), np.array([7, 3, 3, 49, 0])
    taken = batch.take(index)
    for i, event in enumerate(index):
        theirs = slice(batch.offsets[event], batch.offsets[event + 1])
        ours = slice(taken.offsets[i], taken.offsets[i + 1])
        np.testing.assert_array_equal(taken.voxels[ours], batch.voxels[theirs])
        np.testing.assert_array_equal(taken.counts[ours], batch.counts[theirs])
    np.testing.assert_array_equal(taken.direction, batch.direction[index])
    assert len(batch.take(np.array([], int))) == 0


def test_concatenation_undoes_cutting(voxel_events):
    whole = voxel_events(50)
    pieces = [whole.take(np.arange(a, b)) for a, b in ((0, 20), (20, 20), (20, 21), (21, 50))]
    assert_equal(concatenate(pieces), whole)


def test_voxel_centres_invert_the_flat_index():
    cells = np.array([[0, 0, 0], [119, 119, 119], [1, 2, 3], [0, 119, 0]])
    flat = np.ravel_multi_index(tuple(cells.T), (120, 120, 120)).astype(np.int32)
    np.testing.assert_array_equal(voxel_centres(flat, 120), cells + 0.5)


@pytest.mark.parametrize("read", [open_shard, lambda path: list(read_shard(path))])
@pytest.mark.parametrize("kept", [0, 10, 0.5, 0.99])
def test_truncated_shard_is_named(shard, read, kept):
    whole = shard.read_bytes()
    shard.write_bytes(whole[: kept if isinstance(kept, int) else int(kept * len(whole))])
    with pytest.raises(ValueError, match=r"shard\.parquet: damaged voxel shard .*delete it"):
        read(shard)


def spoil(path, whole, place, mask):
    """Write `whole` with one byte changed and return what is read back, or the refusal."""
    data = bytearray(whole)
    data[place] ^= mask
    path.write_bytes(data)
    try:
        return concatenate(list(read_shard(path)))
    except ValueError as error:
        return str(error)


@pytest.mark.parametrize("in_footer", [True, False])
def test_flipped_bits_are_named_or_without_effect(shard, in_footer):
    """Some bytes before the footer, such as statistics, are not needed to read the events."""
    whole, expected = shard.read_bytes(), concatenate(list(read_shard(shard)))
    footer = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    begin, end = (footer, len(whole)) if in_footer else (4, footer)
    rng = np.random.default_rng(1)
    refused = []
    for place in rng.integers(begin, end, size=100):
        found = spoil(shard, whole, place, 1 << int(rng.integers(8)))
        if isinstance(found, str):
            refused.append(found)
        else:
            assert_equal(found, expected)
    assert len(refused) == 100 if in_footer else len(refused) > 90
    assert all("shard.parquet: " in text and "delete it and rerun" in text for text in refused)


def test_other_parquet_file_is_no_shard(tmp_path):
    path, table = tmp_path / "other.parquet", pa.table({"event_id": [1]})
    write_batches(path, [table], table.schema)
    with pytest.raises(ValueError, match=r"other\.parquet: not a voxel shard"):
        open_shard(path)


def test_schema_has_a_column_for_every_field_of_a_batch():
    names = {
        name.rsplit("_", 1)[0] if name[-2:] in ("_x", "_y", "_z") else name for name in SCHEMA.names
    }
    assert names == {field.name for field in fields(VoxelBatch)} - {"offsets"}
