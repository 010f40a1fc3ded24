"""What a run needs: a results folder of its own that it may write to, and dates to be trusted.

Snakemake tells by the dates of results and scripts what is up to date. If some are in the future,
what is made now looks older than what it was made from: it would be made in every run, or, after
an interruption, what depends on it would be taken for up to date.
"""

import fcntl
import os
import time
from datetime import datetime
from pathlib import Path
from typing import IO

TOLERANCE_S = 300  # clocks of a cluster's machines differ

# Locked files by folder, open as long as this process lives: a closed one is free.
_claims: dict[Path, IO[str]] = {}


class NotReadyError(Exception):
    """A run cannot begin."""


def check_ready(results: str | Path, workflow: str | Path) -> None:
    """Check the folder of the results, which need not exist, and that of rules and scripts.

    The results are this process's own from here to its end.

    Raises:
        NotReadyError: nothing can be written to `results`, another run is at work on them, or a
            file in either folder is of the future.
    """
    _check_writable(Path(results))
    _claim(Path(results))
    _check_dates([Path(folder) for folder in (results, workflow) if Path(folder).exists()])


def _check_writable(folder: Path) -> None:
    place = folder.absolute()
    while not place.exists():
        place = place.parent
    if not os.access(place, os.W_OK | os.X_OK):
        raise NotReadyError(
            f"{folder}: cannot write to {place}, it is read-only or another user's; change that or "
            "name another folder by the key `results`"
        )


def _claim(folder: Path) -> None:
    """Lock the folder; the lock goes with this process, however it ends.

    Snakemake locks results too, but a run that ends removes the locks of all in its checkout.
    """
    if folder.resolve() in _claims:
        return
    folder.mkdir(parents=True, exist_ok=True)
    file = (folder / ".lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise NotReadyError(
            f"{folder}: another run is at work on these results; wait for its end, or name another "
            "folder by the key `results`"
        ) from None
    except OSError:
        return  # a file system without locks
    _claims[folder.resolve()] = file


def _check_dates(folders: list[Path]) -> None:
    files = [path for folder in folders for path in folder.rglob("*")]
    newest, file = max((path.lstat().st_mtime, path) for path in files)
    ahead_s = newest - time.time()
    if ahead_s > TOLERANCE_S:
        # All alike: their order is what counts.
        back = f"-exec touch -hr {{}} -d '-{ahead_s + 1:.0f} seconds' {{}} \\;"
        raise NotReadyError(
            f"{file}: its date, {datetime.fromtimestamp(newest):%Y-%m-%d %H:%M}, is in the future, "
            "and dates tell what is up to date. Set this machine's clock right or, if it is, all "
            f"dates back:\n  find {' '.join(map(str, folders))} {back}"
        )
