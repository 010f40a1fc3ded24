"""Checks before a run: the results folder is writable and not in use, and dates are plausible.

Snakemake decides by the dates of results and scripts what is up to date. If a date is in the
future, a result made now looks older than its inputs: it is made again in every run, or, after an
interruption, results that depend on it count as up to date.
"""

import fcntl
import os
import time
from datetime import datetime
from pathlib import Path
from typing import IO

TOLERANCE_S = 300  # clocks of a cluster's machines differ

# Locked files by folder. They stay open until this process ends: closing one releases its lock.
_claims: dict[Path, IO[str]] = {}


class NotReadyError(Exception):
    """A run cannot begin."""


def check_ready(results: str | Path, workflow: str | Path) -> None:
    """Check the folder of the results, which need not exist, and that of rules and scripts.

    Locks the results folder until this process ends.

    Raises:
        NotReadyError: `results` is not writable or is used by another run, or the date of a file
            in either folder is in the future.
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
            f"{folder}: cannot write to {place}, which is read-only or belongs to another user; "
            "change that, or set the key `results` to another folder"
        )


def _claim(folder: Path) -> None:
    """Lock the folder until this process ends, in whatever way.

    Snakemake locks results too, but a run that ends removes the locks of all runs of its checkout.
    """
    if folder.resolve() in _claims:
        return
    folder.mkdir(parents=True, exist_ok=True)
    file = (folder / ".lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise NotReadyError(
            f"{folder}: another run is at work on these results; wait for its end, or set the key "
            "`results` to another folder"
        ) from None
    except OSError:
        return  # a file system without locks
    _claims[folder.resolve()] = file


def _check_dates(folders: list[Path]) -> None:
    files = [path for folder in folders for path in folder.rglob("*")]
    newest, file = max((path.lstat().st_mtime, path) for path in files)
    ahead_s = newest - time.time()
    if ahead_s > TOLERANCE_S:
        # All dates by the same time: their order must not change.
        back = f"-exec touch -hr {{}} -d '-{ahead_s + 1:.0f} seconds' {{}} \\;"
        raise NotReadyError(
            f"{file}: its date, {datetime.fromtimestamp(newest):%Y-%m-%d %H:%M}, is in the future, "
            "and Snakemake decides by dates what is up to date. Correct this machine's clock or, "
            f"if it is correct, set all dates back:\n  find {' '.join(map(str, folders))} {back}"
        )
