"""Every byte of a sealed Parquet file counts, and any reader can read it."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.core.parquet_checksum import footer_is_intact, is_intact
from pipeline.core.parquet_io import check_parquet, open_parquet, write_batches

TABLE = pa.table({"event_id": np.arange(300), "energy_keV": np.linspace(1, 2, 300)})


@pytest.fixture
def sealed(tmp_path):
    path = tmp_path / "sealed.parquet"
    write_batches(path, [TABLE, TABLE], TABLE.schema)
    return path


def test_sealed_file_is_intact_and_reads_as_any_other(sealed):
    assert footer_is_intact(sealed)
    assert is_intact(sealed)
    assert pq.read_table(sealed).equals(pa.concat_tables([TABLE, TABLE]))


def test_every_flipped_byte_is_noticed(sealed):
    whole = sealed.read_bytes()
    footer = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    rng = np.random.default_rng(1)
    for place in range(len(whole)):
        data = bytearray(whole)
        data[place] ^= 1 << rng.integers(8)
        sealed.write_bytes(data)
        assert not is_intact(sealed), place
        if place >= footer:
            assert not footer_is_intact(sealed), place


@pytest.mark.parametrize("kept", [0, 7, 8, 12, -1])
def test_cut_file_is_not_intact(sealed, kept):
    sealed.write_bytes(sealed.read_bytes()[:kept])
    assert not footer_is_intact(sealed)
    assert not is_intact(sealed)


def test_damage_is_told_with_the_way_out(sealed, tmp_path):
    unsealed = tmp_path / "unsealed.parquet"
    pq.write_table(TABLE, unsealed)
    told = r"sealed\.parquet: damaged voxel shard .*; delete it and rerun"
    with pytest.raises(ValueError, match="un" + told):
        check_parquet([sealed, unsealed], "voxel shard")
    with pytest.raises(ValueError, match="un" + told), open_parquet(unsealed, "voxel shard"):
        pass
    data = bytearray(sealed.read_bytes())
    data[4] ^= 1
    sealed.write_bytes(data)
    with pytest.raises(ValueError, match=told):
        check_parquet([sealed], "voxel shard")


def test_missing_file_is_missing_and_not_damaged(tmp_path):
    with pytest.raises(FileNotFoundError):
        check_parquet([tmp_path / "none.parquet"], "voxel shard")
