"""Parquet tables with list columns: the default layout, others by name, and bad tables."""

from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers.reading import check_bad_event, check_refused

from pipeline.core.ingestion import BadEvents
from pipeline.gas.config.sources import Parquet
from pipeline.gas.tracks.parquet import read_parquet

LISTS = [[1.0, 2.0], [3.0], []]
COLUMNS = {
    "event_id": [7, 9, 9],
    "energy_eV": [40_000, 45_000, 50_000],
    **{f"{a}_um": LISTS for a in "xyz"},
}


def settings(**keys):
    return Parquet.model_validate({"kind": "parquet", "files": ["raw"], **keys})


@pytest.fixture
def raw(tmp_path):
    """(columns, rows a row group) -> path of a Parquet file."""

    def write(columns, group=None):
        path = tmp_path / "raw.parquet"
        pq.write_table(pa.table(columns), path, row_group_size=group)
        return path

    return write


def test_genuine_table_needs_no_names(degrad_dir):
    path = degrad_dir / "he_co2_50keV.parquet"
    table = pq.read_table(path)
    bad, events, electrons = BadEvents("raw", "stop"), 0, []
    for batch in read_parquet(path, settings(), bad):
        assert len(batch) <= 256
        rows = table.slice(events, len(batch))
        np.testing.assert_array_equal(batch.source_event, rows["event_id"])
        for axis, name in enumerate("xyz"):
            flat = rows[f"{name}_um"].combine_chunks().flatten()
            expected = flat.to_numpy().astype(np.float32)
            np.testing.assert_array_equal(batch.positions_um[:, axis], expected)
        np.testing.assert_allclose(batch.energy_keV, 50)
        electrons.append(np.diff(batch.offsets))
        events += len(batch)
    assert events == table.num_rows
    # 50 keV over the mean energy of an ion pair in this mixture, some 34 eV.
    assert 1300 < np.concatenate(electrons).mean() < 1600


@pytest.mark.parametrize("kind", [pa.list_, pa.large_list])
def test_columns_and_units_by_name(raw, kind):
    lists = pa.array(LISTS, kind(pa.float64()))
    path = raw({"px": lists, "py": lists, "pz": lists, "time": lists, "E": [0.04, 0.045, 0.05]})
    source = settings(
        columns={"event": None, "x": "px", "y": "py", "z": "pz", "t": "time", "energy": "E"},
        length_unit="cm",
        time_unit="us",
        energy_unit="MeV",
    )
    (batch,) = read_parquet(path, source, BadEvents("raw", "stop"))
    assert batch.source_event.tolist() == [0, 1, 2]
    assert batch.offsets.tolist() == [0, 2, 3, 3]
    np.testing.assert_allclose(batch.positions_um, 1e4 * np.array([[1] * 3, [2] * 3, [3] * 3]))
    np.testing.assert_allclose(batch.times_ps, [1e6, 2e6, 3e6])
    np.testing.assert_allclose(batch.energy_keV, [40, 45, 50])


def test_rows_are_counted_across_batches(raw):
    columns = {f"{a}_um": [[1.0]] * 600 for a in "xyz"}
    source = settings(columns={"event": None, "energy": None})
    batches = list(read_parquet(raw(columns, group=250), source, BadEvents("raw", "stop")))
    assert max(map(len, batches)) <= 256
    assert np.concatenate([b.source_event for b in batches]).tolist() == list(range(600))
    assert batches[0].energy_keV is None


@pytest.mark.parametrize("spoiled", [[[1.0, 2.0], [3.0, 4.0], []], [[1.0, 2.0], None, []]])
def test_unequal_or_missing_lists_are_a_bad_event(raw, spoiled):
    path = raw({**COLUMNS, "event_id": [4, 5, 6], "y_um": spoiled})
    problem = "event 5: its columns have different lengths"
    batch = check_bad_event(read_parquet, path, settings(), problem)
    assert batch.source_event.tolist() == [4, 6]
    assert batch.offsets.tolist() == [0, 2, 2]
    assert batch.energy_keV.tolist() == [40, 50]


def test_batch_of_bad_events_only_is_empty(raw):
    path = raw({**COLUMNS, "z_um": [[], [1.0, 2.0], [3.0]]})
    bad = BadEvents("raw", "skip")
    (batch,) = read_parquet(path, settings(), bad)
    assert len(batch) == 0
    assert batch.positions_um.shape == (0, 3)
    assert len(bad) == 3


refused = partial(check_refused, read_parquet)


def test_unknown_column_lists_the_columns(raw):
    source = settings(columns={"x": "x_cm", "t": "t_ps"})
    problem = r"no column \['x_cm', 't_ps'\]; it has .*'x_um'.*`columns`"
    refused(raw(COLUMNS), source, problem)


@pytest.mark.parametrize(
    ("name", "values", "problem"),
    [
        ("y_um", [1.0, 2.0, 3.0], "column 'y_um' holds double, expected lists of numbers"),
        ("y_um", [["a"], ["b"], ["c"]], "expected lists of numbers"),
        ("event_id", ["a", "b", "c"], "column 'event_id' holds string, expected integers"),
        ("energy_eV", [[1.0], [2.0], [3.0]], "column 'energy_eV' holds .*, expected numbers"),
    ],
)
def test_column_of_another_type_is_refused(raw, name, values, problem):
    refused(raw({**COLUMNS, name: values}), settings(), problem)


@pytest.mark.parametrize("content", [b"", b"no Parquet file", b"PAR1" + bytes(100) + b"PAR1"])
def test_other_files_are_refused(tmp_path, content):
    path = tmp_path / "raw.parquet"
    path.write_bytes(content)
    refused(path, settings(), "not a readable Parquet file")


def test_truncated_file_is_refused(tmp_path, raw):
    path = raw(COLUMNS)
    path.write_bytes(path.read_bytes()[:-20])
    refused(path, settings(), "not a readable Parquet file")
