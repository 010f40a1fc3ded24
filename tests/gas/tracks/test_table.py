"""The track table: what is written comes back, with units; damaged files are noticed."""

from dataclasses import fields, replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers.schemas import check_schema

from pipeline.core.parquet_io import write_batches
from pipeline.gas.tracks.table import TrackBatch, count_tracks, read_tracks, write_tracks


def made(events, first=0, times=True, flags=True):
    """Tracks of 0, 1, 2, ... electrons."""
    rng = np.random.default_rng(first)
    offsets = np.concatenate([[0], np.cumsum(np.arange(events) % 7)])
    electrons = offsets[-1]
    direction = rng.normal(size=(events, 3))
    return TrackBatch(
        event_id=first + np.arange(events),
        source_event=rng.integers(0, 99, events),
        energy_keV=rng.uniform(10, 60, events).astype(np.float32),
        offsets=offsets,
        positions_um=rng.normal(0, 1e4, (electrons, 3)).astype(np.float32),
        times_ps=rng.uniform(0, 1e3, electrons).astype(np.float32) if times else None,
        flags=rng.integers(0, 8, electrons).astype(np.uint8) if flags else None,
        start_um=rng.normal(size=(events, 3)).astype(np.float32),
        direction=(direction / np.linalg.norm(direction, axis=1)[:, None]).astype(np.float32),
    )


def assert_equal(batch, expected):
    for field in fields(TrackBatch):
        a, b = getattr(batch, field.name), getattr(expected, field.name)
        if b is None:
            assert a is None
        else:
            assert a.dtype == b.dtype, field.name
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("times", [True, False])
@pytest.mark.parametrize("flags", [True, False])
def test_round_trip_is_exact(tmp_path, times, flags):
    batches = [made(40, 0, times, flags), made(30, 40, times, flags)]
    path = tmp_path / "tracks.parquet"
    assert write_tracks(path, batches, {}) == 70
    for batch, expected in zip(read_tracks(path, details=True), batches, strict=True):
        assert_equal(batch, expected)
    assert count_tracks(path) == 70


@pytest.mark.parametrize("details", [True, False])
def test_chosen_tracks_keep_their_electrons(details):
    batch = made(9, 0, details, details)
    parts = [batch.take(np.array([i])) for i in (5, 2)]
    both = batch.take(np.array([5, 2]))
    assert both.event_id.tolist() == [5, 2]
    assert both.offsets.tolist() == [0, 5, 7]
    for name in ("positions_um", "start_um", "direction", *(("times_ps", "flags") * details)):
        whole = np.concatenate([getattr(part, name) for part in parts])
        np.testing.assert_array_equal(getattr(both, name), whole)
    np.testing.assert_array_equal(parts[1].positions_um, batch.positions_um[1:3])
    assert (both.times_ps is None) == (not details)


def test_large_batches_come_back_in_row_groups(tmp_path):
    write_tracks(tmp_path / "tracks.parquet", [made(600)], {})
    batches = list(read_tracks(tmp_path / "tracks.parquet"))
    assert [len(b) for b in batches] == [256, 256, 88]
    assert np.concatenate([b.event_id for b in batches]).tolist() == list(range(600))
    np.testing.assert_array_equal(
        np.concatenate([b.positions_um for b in batches]), made(600).positions_um
    )
    assert all(b.offsets[0] == 0 and b.offsets[-1] == len(b.positions_um) for b in batches)


def test_columns_carry_units_and_descriptions(tmp_path):
    path = tmp_path / "tracks.parquet"
    write_tracks(path, [made(5)], {"input": "here"})
    check_schema(pq.read_schema(path), table="tracks", input="here")


def test_equal_tracks_give_equal_bytes(tmp_path):
    for name in "ab":
        write_tracks(tmp_path / name, [made(50)], {"input": "same"})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_nothing_is_left_of_a_table_that_failed(tmp_path):
    def batches():
        yield made(5)
        raise ValueError("reader failed")

    with pytest.raises(ValueError, match="reader failed"):
        write_tracks(tmp_path / "tracks.parquet", batches(), {})
    assert list(tmp_path.iterdir()) == []


def test_unit_vectors_keep_their_length(tmp_path):
    write_tracks(tmp_path / "t.parquet", [replace(made(9), energy_keV=np.full(9, 40.0))], {})
    (batch,) = read_tracks(tmp_path / "t.parquet", details=True)
    np.testing.assert_allclose(np.linalg.norm(batch.direction, axis=1), 1, rtol=1e-6)
    assert batch.energy_keV.dtype == np.float32


def test_other_parquet_file_is_no_track_table(tmp_path):
    path, table = tmp_path / "other.parquet", pa.table({"event_id": [1]})
    write_batches(path, [table], table.schema)
    with pytest.raises(ValueError, match=r"other\.parquet: not a track table, columns .*'x_um'"):
        list(read_tracks(path))


@pytest.mark.parametrize("read", [count_tracks, lambda path: list(read_tracks(path))])
@pytest.mark.parametrize("kept", [0, 10, 0.5, 0.99])
def test_truncated_table_is_named(tmp_path, read, kept):
    path = tmp_path / "tracks.parquet"
    write_tracks(path, [made(100)], {})
    whole = path.read_bytes()
    path.write_bytes(whole[: kept if isinstance(kept, int) else int(kept * len(whole))])
    with pytest.raises(ValueError, match=r"tracks\.parquet: damaged track table .*; delete it"):
        read(path)


def test_flipped_byte_of_the_data_does_not_pass(tmp_path):
    path = tmp_path / "tracks.parquet"
    write_tracks(path, [made(100)], {})
    whole = path.read_bytes()
    # The longest column chunk holds coordinates; its middle lies inside a page.
    columns = pq.read_metadata(path).row_group(0)
    chunks = [columns.column(i) for i in range(columns.num_columns)]
    chunk = max(chunks, key=lambda c: c.total_compressed_size)
    data = bytearray(whole)
    data[chunk.data_page_offset + chunk.total_compressed_size // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(ValueError, match="damaged track table"):
        list(read_tracks(path))


def test_missing_table_is_missing_and_not_damaged(tmp_path):
    with pytest.raises(FileNotFoundError):
        list(read_tracks(tmp_path / "tracks.parquet"))
