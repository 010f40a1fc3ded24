"""Result tables: CSV or Parquet by the ending of their names."""

import pandas as pd
import pyarrow as pa
import pytest

from pipeline.core.parquet_io import field, open_parquet
from pipeline.core.tables import Described, read_table, read_tables, write_tables

TABLE = pd.DataFrame({"name": ["a", "b"], "value": [0.1, 1 / 3], "number": [1, 2]})


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_table_is_read_as_it_was_written(tmp_path, ending):
    path = tmp_path / "new" / f"table.{ending}"
    write_tables({"table": path}, {"table": TABLE})
    pd.testing.assert_frame_equal(read_table(path), TABLE, check_exact=True)
    assert list(path.parent.iterdir()) == [path]


def test_csv_has_a_header_and_no_index(tmp_path):
    path = tmp_path / "table.csv"
    write_tables({"table": path}, {"table": TABLE[["name", "number"]]})
    assert path.read_text() == "name,number\na,1\nb,2\n"


def test_tables_go_to_the_paths_of_their_names_and_others_are_left_out(tmp_path):
    paths = {"one": tmp_path / "1.csv", "two": tmp_path / "2.parquet"}
    tables = {"two": TABLE[1:], "one": TABLE[:1], "three": TABLE}
    write_tables(paths, tables)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.csv", "2.parquet"]
    assert read_table(paths["one"])["name"].tolist() == ["a"]
    assert read_table(paths["two"])["name"].tolist() == ["b"]


SCHEMA = pa.schema(
    [
        field("number", pa.int32(), "how many"),
        field("value", pa.float64(), "a length", "um"),
    ]
)


def test_a_described_table_has_units_and_checksums(tmp_path):
    path = tmp_path / "table.parquet"
    write_tables({"table": path}, {"table": Described.of(TABLE, SCHEMA)})
    with open_parquet(path, "table") as file:
        table = file.read()
    assert table.schema.equals(SCHEMA, check_metadata=True)
    assert table.to_pydict() == TABLE[["number", "value"]].to_dict("list")


def test_pieces_of_a_described_table_are_made_while_it_is_written(tmp_path):
    path, made = tmp_path / "table.parquet", []

    def pieces():
        for number in range(3):
            made.append(number)
            yield pa.table({"number": [number], "value": [0.5]}, SCHEMA)

    table = Described(SCHEMA, pieces())
    assert made == []
    write_tables({"table": path}, {"table": table})
    assert read_table(path)["number"].tolist() == made == [0, 1, 2]


def test_a_described_table_needs_all_its_columns():
    with pytest.raises(KeyError, match="value"):
        Described.of(TABLE[["number"]], SCHEMA)


def test_path_without_a_table_is_an_error_and_leaves_no_file(tmp_path):
    with pytest.raises(KeyError, match="missing"):
        write_tables({"missing": tmp_path / "missing.csv"}, {"table": TABLE})
    assert list(tmp_path.iterdir()) == []


def test_tables_are_read_one_below_the_other(tmp_path):
    paths = {"1": tmp_path / "1.csv", "2": tmp_path / "2.parquet"}
    write_tables(paths, {"1": TABLE[:1], "2": TABLE[1:]})
    pd.testing.assert_frame_equal(read_tables(paths.values()), TABLE)
