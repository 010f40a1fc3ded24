"""Measured events of known direction: a calibration that networks can be trained on."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers.made_hits import hits_part

from pipeline.core.ingestion import BadEventError, BadEvents
from pipeline.gas.config.hits import Hits
from pipeline.gas.config.voxels import Grid
from pipeline.gas.hits.files import read_hits
from pipeline.gas.hits.voxels import voxelise_hits
from pipeline.gas.voxels.shards import read_shard

EVENTS = {
    "event": [7, 5],
    "x": [[0.0, 500.0], [0.0, 500.0]],
    "y": [[0.0, 0.0], [0.0, 500.0]],
    "z": [[0.0, 0.0], [0.0, 0.0]],
    "charge": [[1.0, 3.0], [2.0, 2.0]],
    "dx": [2.0, 0.0],
    "dy": [0.0, -3.0],
    "dz": [0.0, 4.0],
}
FLAT = {
    name: [value for event in values for value in event]
    if isinstance(values[0], list)
    else np.repeat(values, 2)
    for name, values in EVENTS.items()
}
UNIT = [[1, 0, 0], [0, -0.6, 0.8]]


def source(path, **names):
    columns = {"event": "event", "direction": ["dx", "dy", "dz"], **names}
    return Hits.model_validate({"kind": "hits", "files": [str(path)], "columns": columns})


def read(path, policy="stop", **names):
    return list(read_hits(path, source(path, **names), BadEvents(str(path), policy)))


@pytest.mark.parametrize("columns", [EVENTS, FLAT])
def test_directions_become_unit_vectors(tmp_path, columns):
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    (batch,) = read(tmp_path / "a.parquet")
    np.testing.assert_allclose(batch.direction, UNIT, atol=1e-7)
    np.testing.assert_allclose(batch.take(np.array([1])).direction, UNIT[1:], atol=1e-7)


def test_a_beam_has_one_direction(tmp_path):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table(EVENTS), path)
    beam = source(path, direction=None).model_copy(update={"direction": (0.0, 3.0, -4.0)})
    (batch,) = read_hits(path, beam, BadEvents(str(path), "stop"))
    np.testing.assert_allclose(batch.direction, [[0, 0.6, -0.8]] * 2, atol=1e-7)


@pytest.mark.parametrize(
    ("names", "told"),
    [(["dx", "dy", "dz"], "leave one of them out"), (None, r"must not be \[0, 0, 0\]")],
)
def test_the_direction_of_a_beam_is_one_vector(names, told):
    block = {"kind": "hits", "files": ["a.h5"], "columns": {"direction": names}}
    with pytest.raises(ValueError, match=told):
        Hits.model_validate({**block, "direction": [0, 0, 0]})


def test_directions_are_not_known_unless_named(tmp_path):
    pq.write_table(pa.table(EVENTS), tmp_path / "a.parquet")
    (batch,) = read(tmp_path / "a.parquet", direction=None)
    assert np.isnan(batch.direction).all()


@pytest.mark.parametrize("values", [[None, 4.0], [0.0, 4.0]])
def test_an_event_without_direction_is_not_usable(tmp_path, values):
    pq.write_table(pa.table({**EVENTS, "dx": values}), tmp_path / "a.parquet")
    with pytest.raises(BadEventError, match=r"event 7.* true direction is missing, or \[0, 0, 0\]"):
        read(tmp_path / "a.parquet")
    (batch,) = read(tmp_path / "a.parquet", "skip")
    assert batch.source_event.tolist() == [5]


def test_a_missing_column_is_named(tmp_path):
    pq.write_table(pa.table(EVENTS), tmp_path / "a.parquet")
    with pytest.raises(ValueError, match=r"no column \['nx', 'ny', 'nz'\]"):
        read(tmp_path / "a.parquet", direction=["nx", "ny", "nz"])


def test_lists_of_directions_are_an_error(tmp_path):
    pq.write_table(pa.table(EVENTS), tmp_path / "a.parquet")
    with pytest.raises(ValueError, match=r"column `x` .* name another column in `columns.dir"):
        read(tmp_path / "a.parquet", direction=["x", "dy", "dz"])


def test_the_shard_holds_the_directions(tmp_path):
    path, shard = tmp_path / "a.parquet", tmp_path / "shard.parquet"
    pq.write_table(pa.table(EVENTS), path)
    others = tmp_path / "events.parquet", tmp_path / "counts.json"
    voxelise_hits(path, hits_part(source(path), Grid(bins=8), "lab"), shard, *others)
    (batch,) = read_shard(shard)
    np.testing.assert_allclose(batch.direction, UNIT, atol=1e-7)
    assert np.isnan(batch.start).all()
