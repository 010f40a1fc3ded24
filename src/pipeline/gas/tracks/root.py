"""Reader of ROOT files with one TTree and one entry per event."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import awkward as ak
import numpy as np
import uproot

from pipeline.core.ingestion import BadEvents
from pipeline.gas.config.sources import Root
from pipeline.gas.tracks.points import named_columns, telling_columns, track_batch
from pipeline.gas.tracks.raw import BATCH_EVENTS, RawBatch

logger = logging.getLogger(__name__)


def read_root(path: str | Path, source: Root, bad: BadEvents) -> Iterator[RawBatch]:
    """Yield the entries of the file's tree in batches.

    Raises:
        BadEventError: an entry is not usable and the policy is to stop.
        ValueError: the file, its tree or a branch differs from the config; see `track_batch`.
    """
    with _reading(path):
        file = uproot.open(path)
        trees = {k.split(";")[0] for k in file.keys(filter_classname=["TTree", "ROOT::RNTuple"])}
    with file:
        name = _tree_name(trees, path, source.tree)
        with _reading(path):
            tree = file[name]
        wanted = named_columns(source)
        times = source.branches.t
        if times and times not in tree:
            logger.warning("%s: no branch '%s', times are left unknown", path, times)
            wanted.remove(times)
        missing = [name for name in wanted if name not in tree]
        if missing:
            raise ValueError(
                f"{path}: tree '{tree.name}' has no branch {missing}; it has {tree.keys()}. "
                "Name yours under `branches` of this source"
            )
        wanted += telling_columns(source, tree.keys())
        first = 0
        steps = tree.iterate(wanted, step_size=BATCH_EVENTS, library="ak")
        while True:
            with _reading(path):
                entries = next(steps, None)
            if entries is None:
                return
            _check_lists(entries, path, source)
            yield track_batch(_with_numbers(entries, path, source), first, path, source, bad)
            first += len(entries)


@contextmanager
def _reading(path: str | Path) -> Iterator[None]:
    """Raise one clear error for the many errors that damaged or other files cause."""
    try:
        yield
    except Exception as error:
        raise ValueError(f"{path}: not a readable ROOT file ({error})") from error


def _tree_name(trees: set[str], path: str | Path, name: str | None) -> str:
    if name is None and len(trees) == 1:
        return min(trees)
    if name in trees:
        return name
    wanted = "one tree" if name is None else f"a tree '{name}'"
    raise ValueError(f"{path}: expected {wanted}, found {sorted(trees)}; set `tree` of this source")


def _with_numbers(entries: ak.Array, path: str | Path, source: Root) -> ak.Array:
    """The entries, without event numbers if unsigned ones are too large for the track table."""
    name = source.branches.event
    if name is None or entries[name].ndim != 1 or not len(entries):
        return entries
    largest = ak.max(entries[name])
    if not np.issubdtype(np.asarray(largest).dtype, np.unsignedinteger) or largest < 2**63:
        return entries
    logger.warning(
        "%s: `%s` goes up to %d, more than 2^63 - 1; the entries are numbered from 0 instead",
        path,
        name,
        largest,
    )
    return ak.without_field(entries, name)


def _check_lists(entries: ak.Array, path: str | Path, source: Root) -> None:
    names = source.branches
    for name in (n for n in (names.x, names.y, names.z, names.t, names.charge) if n):
        if name in entries.fields and entries[name].ndim != 2:
            raise ValueError(
                f"{path}: branch '{name}' holds {entries[name].type}, expected one list of "
                "coordinates per entry"
            )
