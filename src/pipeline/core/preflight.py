"""Checks before a run: the results folder is writable, has room and is not in use, dates are
plausible, and there are the GPUs and the weights that the config asks for.

Snakemake decides by the dates of results and scripts what is up to date. If a date is in the
future, a result made now looks older than its inputs: it is made again in every run, or, after an
interruption, results that depend on it count as up to date.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, Any

TOLERANCE_S = 300  # clocks of a cluster's machines differ
GENEROUS = 0.7  # free space in units of the estimate below which no run begins

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


def check_needs(
    workflow: Any,
    results: str | Path,
    sizes: Mapping[str, Mapping[str, float]],
    gpus: Mapping[str, int],
    check_weights: Callable[[Collection[str]], None],
) -> None:
    """Check that the jobs which Snakemake is about to run find room, GPUs and usable weights.

    See `check_room` and `check_gpus`; `check_weights` raises ValueError if weights among the files
    that these jobs use are not usable. `workflow` is Snakemake's object. The jobs of a cluster run
    on other machines, whose GPUs are not known here.

    Raises:
        NotReadyError: there is no room, a GPU is missing, or weights are not usable.
    """
    if workflow.touch:
        return
    jobs = list(workflow.dag.needrun_jobs())
    check_room(results, sizes, {file for job in jobs for file in job.output})
    if gpus and workflow.local_exec and any(job.resources.get("cuda") for job in jobs):
        check_gpus(gpus)
    try:
        check_weights({file for job in jobs for file in job.input})
    except ValueError as error:
        raise NotReadyError(error) from None


def check_room(
    results: str | Path, sizes: Mapping[str, Mapping[str, float]], made: Collection[str]
) -> None:
    """Check that the disk of the results has room for the files that a run makes.

    `sizes` are rough sizes [bytes] by file and by block of the config; `made` are the files of this
    run. The estimate is generous: only a disk that is clearly too small is an error.

    Raises:
        NotReadyError: there is no room; names the blocks that need most.
    """
    need = {
        block: sum(size - _size(file) for file, size in files.items() if file in made)
        for block, files in sizes.items()
    }
    total, free = sum(need.values()), shutil.disk_usage(_existing(Path(results))).free
    if free < GENEROUS * total:
        most = [block for block in sorted(need, key=lambda b: -need[b]) if need[block] > total / 10]
        raise NotReadyError(
            f"{results}: this run needs about {_gigabytes(total)} for tracks, voxels and events, "
            f"but its disk has {_gigabytes(free)} left. Make room, set the key `results` to a "
            "folder on another disk, or use fewer events in "
            + ", ".join(f"{block} ({_gigabytes(need[block])})" for block in most)
        )


def check_gpus(wanted: Mapping[str, int]) -> None:
    """Check that this machine has the GPUs of all blocks of the config with `device: cuda`.

    Raises:
        NotReadyError: there are too few, or PyTorch cannot use them; names the key.
    """
    import torch  # takes seconds, which other runs need not wait

    found = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if not found:
        keys = ", ".join(f"{block}.device" for block in wanted)
        raise NotReadyError(
            f"{keys}: cuda, but PyTorch {torch.__version__} finds no CUDA device on this machine; "
            "set device: cpu, run where there is one, or install the CUDA build of PyTorch as in "
            "docs/gpu.md"
        )
    for block, number in wanted.items():
        if number > found:
            raise NotReadyError(
                f"{block}.processes: {number} with a GPU each, but this machine has {found}"
            )


def _existing(folder: Path) -> Path:
    """The folder, or the nearest above it that exists."""
    place = folder.absolute()
    while not place.exists():
        place = place.parent
    return place


def _size(file: str) -> int:
    return os.path.getsize(file) if os.path.exists(file) else 0


def _gigabytes(size: float) -> str:
    return f"{size / 1e9:.2g} GB" if size < 1e11 else f"{size / 1e9:.0f} GB"


def _check_writable(folder: Path) -> None:
    place = _existing(folder)
    if folder.is_symlink() and not folder.exists():
        raise NotReadyError(f"{folder}: this is a link to {folder.readlink()}, which is missing")
    if not place.is_dir():
        raise NotReadyError(f"{folder}: {place} is a file; set the key `results` to a folder")
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
