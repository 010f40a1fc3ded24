"""Files of measured events: the same events from every format."""

import awkward as ak
import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import uproot

from pipeline.core.ingestion import BadEvents
from pipeline.gas.config.hits import Hits
from pipeline.gas.hits.files import read_hits

EVENTS = {
    "event": [7, 5],
    "x": [[1.0, 2.0], [3.0]],
    "y": [[0.0, 1.0], [2.0]],
    "z": [[4.0, 5.0], [6.0]],
    "charge": [[1.5, 2.5], [3.5]],
    "time": [10.0, 20.0],
}
FLAT = {
    "event": [7, 7, 5],
    "x": [1.0, 2.0, 3.0],
    "y": [0.0, 1.0, 2.0],
    "z": [4.0, 5.0, 6.0],
    "charge": [1.5, 2.5, 3.5],
    "time": [10.0, 10.0, 20.0],
}


def write(path, columns):
    if path.suffix == ".root":
        with uproot.recreate(path) as file:
            file["hits"] = {name: ak.Array(values) for name, values in columns.items()}
    elif path.suffix == ".h5":
        with h5py.File(path, "w") as file:
            for name, values in columns.items():
                file[name] = np.array(values)
    else:
        pq.write_table(pa.table(columns), path)


def read(path, columns=None, **keys):
    names = {"event": "event", "time": "time", **(columns or {})}
    block = {"kind": "hits", "files": [str(path)], "columns": names, **keys}
    return list(read_hits(path, Hits.model_validate(block), BadEvents(str(path), "stop")))


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("a.parquet", EVENTS),
        ("a.parquet", FLAT),
        ("a.root", EVENTS),
        ("a.root", FLAT),
        ("a.h5", FLAT),
    ],
)
def test_events_of_every_format(tmp_path, name, columns):
    write(tmp_path / name, columns)
    (batch,) = read(tmp_path / name, length_unit="mm", electrons_per_charge=2)
    assert batch.source_event.tolist() == [7, 5]
    assert batch.offsets.tolist() == [0, 2, 3]
    assert batch.positions_um.tolist() == [[1e3, 0, 4e3], [2e3, 1e3, 5e3], [3e3, 2e3, 6e3]]
    assert batch.charge.tolist() == [3, 5, 7]
    assert batch.time_s.tolist() == [10, 20]


def test_drift_time_becomes_a_length(tmp_path):
    write(tmp_path / "a.parquet", {**FLAT, "clock": [100.0, 200.0, 0.0]})
    keys = {"drift_velocity_um_per_ns": 10, "length_unit": "mm"}
    (batch,) = read(tmp_path / "a.parquet", {"z": None, "drift_time": "clock"}, **keys)
    assert batch.positions_um[:, 2].tolist() == [1000, 2000, 0]


def test_times_are_not_known_unless_named(tmp_path):
    write(tmp_path / "a.parquet", FLAT)
    (batch,) = read(tmp_path / "a.parquet", {"time": None})
    assert np.isnan(batch.time_s).all()


def test_a_value_that_is_missing_is_not_a_number(tmp_path):
    """A column of Parquet may have nulls, for hits as for lists."""
    for name, columns, charge in (
        ("a.parquet", EVENTS, [[1.5, None], [3.5]]),
        ("b.parquet", FLAT, [1.5, None, 3.5]),
    ):
        write(tmp_path / name, {**columns, "charge": charge})
        (batch,) = read(tmp_path / name)
        assert type(batch.charge) is np.ndarray
        np.testing.assert_array_equal(batch.charge, [1.5, np.nan, 3.5])


def test_no_truth_is_asked_of_a_file(tmp_path):
    """Nothing but coordinates and charge is there."""
    write(tmp_path / "a.parquet", {k: EVENTS[k] for k in ("x", "y", "z", "charge")})
    (batch,) = read(tmp_path / "a.parquet", {"event": None, "time": None})
    assert batch.source_event.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("columns", "names", "message"),
    [
        ({**FLAT, "event": [7, 5, 7]}, {}, "do not follow each other; sort by `event`"),
        (FLAT, {"event": None}, "each entry is one hit; set `columns.event`"),
        (FLAT, {"charge": "adc"}, r"no column \['adc'\]"),
        ({**EVENTS, "y": [[0.0], [2.0]]}, {}, r"event 7: its lists have different lengths"),
    ],
)
def test_a_file_that_is_not_as_stated(tmp_path, columns, names, message):
    write(tmp_path / "a.parquet", columns)
    with pytest.raises(ValueError, match=message):
        read(tmp_path / "a.parquet", names)


@pytest.mark.parametrize("name", ["a.root", "a.h5", "a.parquet"])
def test_a_damaged_file_is_named(tmp_path, name):
    (tmp_path / name).write_bytes(b"nothing of the kind")
    with pytest.raises(ValueError, match=rf"{name}: not a readable"):
        read(tmp_path / name)


def test_datasets_of_different_lengths_are_named(tmp_path):
    write(tmp_path / "a.h5", {**FLAT, "y": [0.0]})
    with pytest.raises(ValueError, match="datasets have different lengths"):
        read(tmp_path / "a.h5")
