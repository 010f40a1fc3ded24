"""A user's Parquet tables of events, with columns of any name."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.core.ingestion import BadEventError, BadEvents
from pipeline.xenon.config.samples import ParquetEvents
from pipeline.xenon.events.parquet import read_parquet

TABLE = {
    "energy_keV": [1.5, None],
    "x_cm": pa.array([1, 2], pa.float32()),
    "y_cm": [3.0, 4.0],
    "depth_cm": [5.0, 6.0],
    "photons": [70, 8],
    "electrons": [9, 10],
}


@pytest.fixture
def read(tmp_path):
    """(table, policy, keys) -> its events as one batch, and the bad ones."""

    def events(table, policy="stop", **keys):
        path = tmp_path / "mine.parquet"
        pq.write_table(pa.table(table), path)
        bad = BadEvents(path.name, policy)
        sample = ParquetEvents.model_validate({"kind": "parquet", "files": ["a"], **keys})
        (batch,) = read_parquet(path, sample, None, bad)
        return batch, bad

    return events


def test_default_columns(read):
    batch, _ = read(TABLE, recoil="er")
    assert batch.source_event.tolist() == [0, 1]
    assert batch.recoil.tolist() == [0, 0]
    np.testing.assert_array_equal(batch.energy_keV, [1.5, np.nan])
    assert batch.x_cm.tolist() == [1, 2]
    assert batch.depth_cm.tolist() == [5, 6]
    assert batch.photons.tolist() == [70, 8]
    assert np.isnan(batch.excitons).all()


def test_own_columns(read):
    own = {f"my_{name}": values for name, values in TABLE.items()}
    own |= {"n": [7, 5], "kind": ["NR", "er"], "exc": [3, 4]}
    columns = {name.split("_")[0]: f"my_{name}" for name in TABLE}
    columns |= {"event": "n", "recoil": "kind", "excitons": "exc"}
    batch, _ = read(own, columns=columns)
    assert batch.source_event.tolist() == [7, 5]
    assert batch.recoil.tolist() == [1, 0]
    assert batch.excitons.tolist() == [3, 4]
    assert batch.electrons.tolist() == [9, 10]


def test_unknown_recoil_is_a_bad_event(read):
    table = {**TABLE, "recoil": ["alpha", "NR"]}
    with pytest.raises(BadEventError, match=r"mine\.parquet, event 0: unknown recoil type 'alpha'"):
        read(table, columns={"recoil": "recoil"})
    batch, bad = read(table, "skip", columns={"recoil": "recoil"})
    assert batch.source_event.tolist() == [1]
    assert len(bad) == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"x_cm": None}, r"no column \['x_cm'\]; it has .* Name yours under `columns`"),
        ({"photons": ["a", "b"]}, "column 'photons' holds string, expected numbers"),
    ],
)
def test_columns_that_do_not_fit_are_named(read, changes, message):
    table = {name: v for name, v in {**TABLE, **changes}.items() if v is not None}
    with pytest.raises(ValueError, match=rf"mine\.parquet: {message}"):
        read(table, recoil="er")
