"""The files that patterns of a config name."""

import pytest

from pipeline.core.parts import file_pieces, matching_files


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The working directory, with files of odd names."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs" / "inner").mkdir(parents=True)
    for name in ("run[3].root", "run3.root", "run10.root", "2024-05-01T12:30.root", "a 'b'.root"):
        (tmp_path / "runs" / name).touch()
    return tmp_path


def test_name_of_a_file_with_brackets_is_this_file(folder):
    assert matching_files(["runs/run[3].root"], "k") == ["runs/run[3].root"]


def test_brackets_are_a_pattern_where_no_file_has_this_name(folder):
    (folder / "runs" / "run[3].root").unlink()
    assert matching_files(["runs/run[3].root"], "k") == ["runs/run3.root"]


def test_patterns_find_files_in_natural_order_once_and_no_folders(folder):
    assert matching_files(["runs/run3*", "runs/*"], "k") == [
        "runs/run3.root",
        "runs/2024-05-01T12:30.root",
        "runs/a 'b'.root",
        "runs/run10.root",
        "runs/run[3].root",
    ]


def test_parts_of_odd_names_have_plain_words(folder):
    words = [text for text, _ in file_pieces(["runs/*"], "k")]
    assert words == ["2024-05-01T12-30", "a-b-", "run3", "run10", "run-3-"]


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("runs/*.csv", "k: nothing matches 'runs/.*csv'"),
        ("runs", "k: 'runs' is a folder; name its files, for example 'runs/.*'"),
        ("runs/in*", "k: nothing matches"),
    ],
)
def test_a_pattern_without_files_is_told_with_its_key(folder, pattern, told):
    with pytest.raises(FileNotFoundError, match=told):
        matching_files([pattern], "k")


def test_found_file_that_snakemake_cannot_read_is_named(folder):
    (folder / "runs" / "run{4}.root").touch()
    with pytest.raises(FileNotFoundError, match=r"k: 'runs/run\{4\}\.root': .* braces"):
        matching_files(["runs/*"], "k")
