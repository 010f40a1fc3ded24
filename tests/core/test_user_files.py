"""Text files as spreadsheets, editors and shells write them."""

import gzip

import pytest

from pipeline.core.user_files import csv_rows, decoded, separator, user_text

TABLE = "event,x\n7,1\n\n,\n8,-2\n"
ROWS = [(1, ["event", "x"]), (2, ["7", "1"]), (5, ["8", "-2"])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "ascii"])
@pytest.mark.parametrize("mark", [",", ";", "\t", ", "])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_rows_are_the_same_however_the_table_was_saved(tmp_path, encoding, mark, end):
    path = tmp_path / "table.csv"
    path.write_bytes(TABLE.replace(",", mark).replace("\n", end).encode(encoding))
    assert list(csv_rows(path)) == ROWS


@pytest.mark.parametrize("text", ["", "\ufeff", "\n\n"])
def test_a_file_without_content_has_no_rows(tmp_path, text):
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    assert list(csv_rows(path)) == []


def test_quoted_cells_keep_other_separators(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text('event;note\n7;"a, b; c, d, e"\n')
    assert list(csv_rows(path))[1] == (2, ["7", "a, b; c, d, e"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_begins_with_its_first_letter(tmp_path, encoding):
    path = tmp_path / "events.txt"
    path.write_bytes("E [keV]\n10\n".encode(encoding))
    with user_text(path) as text:
        assert text.read() == "E [keV]\n10\n"


def test_compressed_text_is_decoded_likewise(tmp_path):
    path = tmp_path / "events.txt.gz"
    path.write_bytes(gzip.compress("E [keV]\n".encode("utf-8-sig")))
    with decoded(gzip.open(path)) as text:
        assert text.read() == "E [keV]\n"


def test_bytes_that_are_no_text_are_marked(tmp_path):
    path = tmp_path / "events.txt"
    path.write_bytes(b"1\xff2\n")
    with user_text(path) as text:
        assert text.read() == "1\ufffd2\n"


@pytest.mark.parametrize("before", ["", "# a, b, c\n", "\n# a, b, c\n\n"])
def test_separator_is_that_of_the_header(tmp_path, before):
    path = tmp_path / "table.csv"
    path.write_text(before + "energy;rate\n1,5;2,5\n")
    with user_text(path) as text:
        assert separator(text) == ";"
        assert text.read().startswith(before + "energy")
