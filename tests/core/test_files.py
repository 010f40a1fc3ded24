"""A file name either holds a whole result or does not exist."""

import errno
import os

import pytest

from pipeline.core.files import atomic_write


def test_result_appears_only_when_it_is_whole(tmp_path):
    path = tmp_path / "new" / "folder" / "result.txt"
    with atomic_write(path) as temporary:
        temporary.write_text("half")
        assert not path.exists()
    assert path.read_text() == "half"
    assert list(path.parent.iterdir()) == [path]


def write_half(path, error):
    with atomic_write(path) as temporary:
        temporary.write_text("half")
        raise error


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_nothing_is_left_of_a_result_that_failed(tmp_path, error):
    path = tmp_path / "result.txt"
    with pytest.raises(error):
        write_half(path, error)
    assert list(tmp_path.iterdir()) == []


def test_older_result_survives_a_failure(tmp_path):
    path = tmp_path / "result.txt"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt):
        write_half(path, KeyboardInterrupt)
    assert path.read_text() == "old"


def test_leftover_of_a_killed_run_is_overwritten(tmp_path):
    path = tmp_path / "result.txt"
    with atomic_write(path) as temporary:
        name = temporary
        temporary.write_text("first")
    name.write_text("left behind by a kill")
    with atomic_write(path) as temporary:
        temporary.write_text("second")
    assert path.read_text() == "second"
    assert list(tmp_path.iterdir()) == [path]


def test_writing_nothing_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError), atomic_write(tmp_path / "result.txt"):
        pass


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EFBIG])
def test_full_disk_is_told_with_the_files_name(tmp_path, code):
    path = tmp_path / "result.txt"
    told = r"no room to write .*/result\.txt .*; make room"
    # As a writer of a whole file that itself writes it whole.
    with pytest.raises(OSError, match=told) as raised, atomic_write(path) as temporary:
        write_half(temporary, OSError(code, os.strerror(code)))
    assert raised.value.errno == code
    assert ".partial" not in str(raised.value)
    assert list(tmp_path.iterdir()) == []


def test_other_errors_of_the_system_stay_as_they_are(tmp_path):
    with pytest.raises(PermissionError, match="not yours"):
        write_half(tmp_path / "result.txt", PermissionError(errno.EACCES, "not yours"))
