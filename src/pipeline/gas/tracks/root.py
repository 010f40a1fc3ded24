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
from pipeline.gas.tracks.raw import BATCH_EVENTS, ENERGY_KEV, LENGTH_UM, TIME_PS, RawBatch

logger = logging.getLogger(__name__)


def read_root(path: str | Path, source: Root, bad: BadEvents) -> Iterator[RawBatch]:
    """Yield the entries of the file's tree in batches.

    Raises:
        BadEventError: an entry has coordinates of unequal lengths and the policy is to stop.
        ValueError: the file, its tree or a branch differs from the config.
    """
    with _reading(path):
        file = uproot.open(path)
        trees = {k.split(";")[0] for k in file.keys(filter_classname=["TTree", "ROOT::RNTuple"])}
    with file:
        name = _tree_name(trees, path, source.tree)
        with _reading(path):
            tree = file[name]
        names = source.branches
        wanted = [n for n in (names.event, names.x, names.y, names.z, names.energy) if n]
        missing = [name for name in wanted if name not in tree]
        if missing:
            raise ValueError(
                f"{path}: tree '{tree.name}' has no branch {missing}; it has {tree.keys()}. "
                "Name yours under `branches` of this source"
            )
        if names.t and names.t in tree:
            wanted.append(names.t)
        elif names.t:
            logger.warning("%s: no branch '%s', times are left unknown", path, names.t)
        first = 0
        steps = tree.iterate(wanted, step_size=BATCH_EVENTS, library="ak")
        while True:
            with _reading(path):
                entries = next(steps, None)
            if entries is None:
                return
            yield _batch(entries, first, path, source, bad)
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


def _batch(
    entries: ak.Array, first: int, path: str | Path, source: Root, bad: BadEvents
) -> RawBatch:
    names = source.branches
    for name in (n for n in (names.x, names.y, names.z, names.t) if n in entries.fields):
        if entries[name].ndim != 2:
            raise ValueError(
                f"{path}: branch '{name}' holds {entries[name].type}, expected one list of "
                "coordinates per entry"
            )
    event = np.arange(first, first + len(entries))
    if names.event:
        event = ak.to_numpy(entries[names.event]).astype(np.int64)
    axes = [entries[name] for name in (names.x, names.y, names.z)]
    times = entries[names.t] if names.t in entries.fields else None
    lengths = np.stack(
        [ak.to_numpy(ak.num(a)) for a in [*axes, *([] if times is None else [times])]]
    )
    good = np.flatnonzero((lengths == lengths[0]).all(axis=0))
    for i in np.setdiff1d(np.arange(len(event)), good):
        bad.found(int(event[i]), f"its branches have different lengths {lengths[:, i].tolist()}")

    def flat(branch: ak.Array, factor: float) -> np.ndarray:
        return (ak.to_numpy(ak.flatten(branch[good])).astype(np.float64) * factor).astype(
            np.float32
        )

    energy = None
    if names.energy:
        energy = ak.to_numpy(entries[names.energy])[good] * ENERGY_KEV[source.energy_unit]
    return RawBatch(
        source_event=event[good],
        offsets=np.concatenate([[0], np.cumsum(lengths[0, good])]),
        positions_um=np.stack([flat(a, LENGTH_UM[source.length_unit]) for a in axes], axis=1),
        times_ps=None if times is None else flat(times, TIME_PS[source.time_unit]),
        energy_keV=energy,
    )
