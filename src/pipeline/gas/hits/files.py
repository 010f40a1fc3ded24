"""Readers of measured events: ROOT, Parquet and HDF5 files."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import awkward as ak
import h5py
import numpy as np
import uproot

from pipeline.core.ingestion import BadEvents
from pipeline.core.user_files import user_parquet
from pipeline.gas.config.hits import Hits
from pipeline.gas.hits.table import HitBatch
from pipeline.gas.tracks.raw import BATCH_EVENTS, LENGTH_UM

HDF5 = (".h5", ".hdf5", ".hdf")


def read_hits(path: str | Path, source: Hits, bad: BadEvents) -> Iterator[HitBatch]:
    """Yield the events of a file in batches; a file with one entry for each hit in one batch.

    Raises:
        BadEventError: an event is not usable and the policy is to stop.
        ValueError: the file is unreadable, or differs from the config.
    """
    columns = source.columns
    optional = (columns.event, columns.z, columns.drift_time, columns.time)
    names = [columns.x, columns.y, columns.charge, *filter(None, optional)]
    first = 0
    for entries in _entries(Path(path), source, names):
        missing = [name for name in names if name not in entries.fields]
        if missing:
            raise ValueError(
                f"{path}: no column {missing}; it has {entries.fields}. Name yours under "
                "`columns` of this source"
            )
        if entries[columns.x].ndim == 1:
            entries = _by_event(entries, path, source)
        yield _batch(entries, first, source, bad)
        first += len(entries)


def _entries(path: Path, source: Hits, names: Sequence[str]) -> Iterator[ak.Array]:
    """The entries of a file; all in one piece if each is one hit."""
    if path.suffix in HDF5:
        yield _hdf5(path)
    elif path.suffix == ".root":
        yield from _joined(_root(path, source), source)
    else:
        batches = user_parquet(path, names, lambda _: None, BATCH_EVENTS, "source")
        yield from _joined((ak.from_arrow(rows) for _, rows in batches), source)


def _joined(batches: Iterator[ak.Array], source: Hits) -> Iterator[ak.Array]:
    """The batches as they are if they hold lists; otherwise all of them joined."""
    flat = []
    for entries in batches:
        if source.columns.x in entries.fields and entries[source.columns.x].ndim == 1:
            flat.append(entries)
        else:
            yield entries
    if flat:
        yield ak.concatenate(flat)


def _root(path: Path, source: Hits) -> Iterator[ak.Array]:
    try:
        with uproot.open(path) as file:
            kinds = ["TTree", "ROOT::RNTuple"]
            trees = sorted({key.split(";")[0] for key in file.keys(filter_classname=kinds)})
            name = source.tree or (trees[0] if len(trees) == 1 else None)
            if name in trees:
                yield from file[name].iterate(step_size=BATCH_EVENTS, library="ak")
                return
    except Exception as error:
        raise ValueError(f"{path}: not a readable ROOT file ({error})") from error
    raise ValueError(
        f"{path}: expected {f'a tree {source.tree!r}' if source.tree else 'one tree'}, found "
        f"{trees}; set `tree` of this source"
    )


def _hdf5(path: Path) -> ak.Array:
    """All one-dimensional datasets at the top of the file, which must have the same length."""
    try:
        with h5py.File(path) as file:
            data = {
                k: v[()] for k, v in file.items() if isinstance(v, h5py.Dataset) and v.ndim == 1
            }
    except OSError as error:
        raise ValueError(f"{path}: not a readable HDF5 file ({error})") from error
    lengths = {name: len(values) for name, values in data.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(
            f"{path}: its datasets have different lengths {lengths}; expected one entry for each "
            "hit in all of them"
        )
    lists = {k: ak.Array(list(v)) if v.dtype == object else ak.Array(v) for k, v in data.items()}
    return ak.zip(lists, depth_limit=1)


def _by_event(entries: ak.Array, path: str | Path, source: Hits) -> ak.Array:
    """Entries that are hits as lists of the hits of each event."""
    name = source.columns.event
    if name is None:
        raise ValueError(
            f"{path}: each entry is one hit; set `columns.event` of this source to the name of "
            "the event number"
        )
    event = ak.to_numpy(ak.fill_none(entries[name], -1))
    first = np.flatnonzero(np.diff(event, prepend=event[:1] - 1)) if len(event) else event
    if len(np.unique(event[first])) < len(first):
        raise ValueError(f"{path}: the hits of an event do not follow each other; sort by `{name}`")
    counts = np.diff(np.append(first, len(event)))
    single = (name, source.columns.time)
    return ak.zip(
        {
            key: entries[key][first] if key in single else ak.unflatten(entries[key], counts)
            for key in entries.fields
        },
        depth_limit=1,
    )


def _batch(entries: ak.Array, first: int, source: Hits, bad: BadEvents) -> HitBatch:
    names, scale = source.columns, LENGTH_UM[source.length_unit]
    n = len(entries)
    event = np.arange(first, first + n)
    if names.event:
        event = ak.to_numpy(ak.fill_none(entries[names.event], -1)).astype(np.int64)
    along, scale_z = names.z, scale
    if source.drift_velocity_um_per_ns:
        along, scale_z = names.drift_time, source.drift_velocity_um_per_ns
    lists = (names.x, names.y, str(along), names.charge)
    lengths = np.stack(
        [ak.to_numpy(ak.fill_none(ak.num(entries[name], axis=1), -1)) for name in lists]
    )
    good = (lengths == lengths[0]).all(axis=0) & (lengths[0] >= 0)
    for i in np.flatnonzero(~good):
        bad.found(int(event[i]), f"its lists have different lengths {lengths[:, i].tolist()}")
    chosen = entries[np.flatnonzero(good)]
    x, y, z, charge = (_numbers(ak.flatten(chosen[name], axis=1)) for name in lists)
    unknown = np.full(len(chosen), np.nan)
    return HitBatch(
        source_event=event[good],
        offsets=np.concatenate([[0], np.cumsum(lengths[0, good])]),
        positions_um=np.stack([x * scale, y * scale, z * scale_z], axis=1),
        charge=charge * source.electrons_per_charge,
        time_s=_numbers(chosen[names.time]) if names.time else unknown,
    )


def _numbers(column: ak.Array) -> np.ndarray:
    """Numbers float64; NaN where there is none."""
    return ak.to_numpy(ak.fill_none(ak.values_astype(column, np.float64), np.nan))
