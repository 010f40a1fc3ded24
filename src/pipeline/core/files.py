"""Atomic writing of files: a file name either holds a complete result or does not exist."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def atomic_write(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; rename it to `path` if the block succeeds.

    After an error the temporary file is removed. After a kill it remains under its temporary name,
    which no rule takes for a result, and the next run overwrites it.

    Raises:
        OSError: the disk is full, or a quota or a limit of the file size is reached; names the
            file.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.partial")
    try:
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        raise OSError(
            error.errno,
            f"no room to write {path} ({os.strerror(error.errno)}); make room on this disk and run "
            "again, finished files are kept",
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
