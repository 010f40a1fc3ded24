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
from pipeline.gas.hits import files as hit_files
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


def test_numbers_of_pads_become_lengths(tmp_path):
    write(tmp_path / "a.parquet", {**EVENTS, "x": [[3, 4], [5]], "y": [[0, 1], [2]]})
    (batch,) = read(tmp_path / "a.parquet", pad_um=[250, 50], length_unit="mm")
    assert batch.positions_um.tolist() == [[750, 0, 4e3], [1000, 50, 5e3], [1250, 100, 6e3]]


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


@pytest.mark.parametrize("suffix", ["parquet", "root", "h5"])
@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({**FLAT, "charge": ["a", "b", "c"]}, r"column `charge` has the type .*; expected numbers"),
        ({**FLAT, "event": ["a", "b", "c"]}, r"column `event` has the type .*; expected numbers"),
        (
            {**FLAT, "event": [7.0, np.nan, 5.0]},
            r"1 of 3 values of `event` are missing or no whole",
        ),
        ({**FLAT, "event": [7.0, 7.5, 8.0]}, r"1 of 3 values of `event` are .* 7.5 for example"),
    ],
)
def test_a_wrong_type_is_one_clear_error(tmp_path, suffix, columns, message):
    path = tmp_path / f"a.{suffix}"
    if suffix == "h5":
        columns = {k: [v.encode() for v in c] if c[0] == "a" else c for k, c in columns.items()}
    write(path, columns)
    with pytest.raises(ValueError, match=rf"a\.{suffix}: .*{message}"):
        read(path)


@pytest.mark.parametrize("suffix", ["parquet", "root"])
@pytest.mark.parametrize(
    ("change", "key", "expected"),
    [
        ({"y": [0.0, 1.0]}, "y", "lists of numbers, as `x` has"),
        ({"time": [[1.0], [2.0]]}, "time", "numbers"),
        ({"event": [[1], [2]]}, "event", "numbers"),
        ({"x": [[[1.0]], [[2.0]]]}, "x", "numbers or lists of numbers"),
        ({"charge": [["a"], ["b"]]}, "charge", ""),
    ],
)
def test_a_column_of_another_depth_is_named(tmp_path, suffix, change, key, expected):
    path = tmp_path / f"a.{suffix}"
    try:
        write(path, {**EVENTS, **change})
    except TypeError:
        pytest.skip("the library does not write such a branch")
    with pytest.raises(ValueError, match=rf"column `{key}` has the type .* expected .*{expected}"):
        read(path)


def test_decimals_and_times_of_parquet_are_no_numbers(tmp_path):
    for kind in (pa.decimal128(25, 2), pa.timestamp("s")):
        table = pa.table(FLAT)
        table = table.set_column(4, "charge", pa.array([1, 2, 3]).cast(pa.int64()).cast(kind))
        pq.write_table(table, tmp_path / "a.parquet")
        with pytest.raises(
            ValueError, match=r"`charge` has the type (decimal|timestamp).* numbers"
        ):
            read(tmp_path / "a.parquet")


def test_a_missing_event_number_is_an_error(tmp_path):
    write(tmp_path / "a.parquet", {**FLAT, "event": [7, None, 5]})
    with pytest.raises(ValueError, match="1 of 3 values of `event` are missing"):
        read(tmp_path / "a.parquet")


def test_datasets_in_groups_are_read_by_their_path(tmp_path):
    write(tmp_path / "a.h5", {f"run/{name}": values for name, values in FLAT.items()})
    with pytest.raises(ValueError, match=r"no column \['x'.*it has \['run/charge', 'run/event'"):
        read(tmp_path / "a.h5")
    (batch,) = read(tmp_path / "a.h5", {name: f"run/{name}" for name in FLAT})
    assert batch.offsets.tolist() == [0, 2, 3]
    assert batch.charge.tolist() == [1.5, 2.5, 3.5]


def test_hdf5_files_without_columns_of_hits(tmp_path):
    write(tmp_path / "a.h5", {})
    with pytest.raises(ValueError, match=r"no column .*it has \[\]"):
        read(tmp_path / "a.h5")
    write(tmp_path / "b.h5", {**FLAT, "x": np.ones((3, 2))})
    with pytest.raises(ValueError, match=r"column `x` has .*\(3, 2\); expected one dimension"):
        read(tmp_path / "b.h5")


@pytest.mark.parametrize("suffix", ["parquet", "root", "h5"])
def test_files_of_hits_are_read_piece_by_piece(tmp_path, suffix, monkeypatch):
    """The same events from small pieces, whose ends cut through events."""
    rng = np.random.default_rng(1)
    event = np.repeat(rng.permutation(200), rng.integers(1, 30, 200))
    flat = {name: rng.normal(size=len(event)) for name in ("x", "y", "z", "charge")}
    path = tmp_path / f"a.{suffix}"
    write(path, {**flat, "event": event, "time": event * 2.0})
    (whole,) = read(path)
    for name, size in (("READ_HITS", 70), ("BATCH_EVENTS", 30)):
        monkeypatch.setattr(hit_files, name, size)
    batches = read(path)
    assert len(batches) > 20
    for name in ("source_event", "positions_um", "charge", "time_s"):
        joined = np.concatenate([getattr(batch, name) for batch in batches])
        np.testing.assert_array_equal(joined, getattr(whole, name))
    lengths = np.concatenate([np.diff(batch.offsets) for batch in batches])
    np.testing.assert_array_equal(lengths, np.diff(whole.offsets))


def test_hits_of_an_event_in_distant_pieces_are_not_sorted(tmp_path, monkeypatch):
    monkeypatch.setattr(hit_files, "READ_HITS", 3)
    monkeypatch.setattr(hit_files, "BATCH_EVENTS", 3)
    columns = {name: np.arange(20.0) for name in ("x", "y", "z", "charge", "time")}
    write(tmp_path / "a.parquet", {**columns, "event": [*range(19), 2]})
    with pytest.raises(ValueError, match="do not follow each other; sort by `event`"):
        read(tmp_path / "a.parquet")
