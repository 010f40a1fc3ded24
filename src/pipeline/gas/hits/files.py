"""Readers of measured events: ROOT, Parquet and HDF5 files."""

from collections.abc import Iterator
from pathlib import Path

import awkward as ak
import h5py
import numpy as np
import pyarrow as pa
import uproot

from pipeline.core.ingestion import BadEvents
from pipeline.core.user_files import user_parquet
from pipeline.gas.config.hits import Hits
from pipeline.gas.hits.columns import (
    DIRECTION,
    OF_EVENT,
    checked,
    column_names,
    missing_columns,
    whole_numbers,
    wrong_type,
)
from pipeline.gas.hits.table import HitBatch
from pipeline.gas.tracks.raw import BATCH_EVENTS, LENGTH_UM

HDF5 = (".h5", ".hdf5", ".hdf")
READ_HITS = 2**16  # entries of a file with one for each hit that become a batch of events


def read_hits(path: str | Path, source: Hits, bad: BadEvents) -> Iterator[HitBatch]:
    """Yield the events of a file in batches.

    Memory: a batch; of a file with one entry for each hit the numbers of all events too.

    Raises:
        BadEventError: an event is not usable and the policy is to stop.
        ValueError: the file is unreadable, or differs from the config.
    """
    first = 0
    pieces = checked(_entries(Path(path), source), path, source)
    for entries in _events(pieces, path, source):
        yield _batch(entries, first, path, source, bad)
        first += len(entries)


def _entries(path: Path, source: Hits) -> Iterator[ak.Array]:
    """The entries of a file in pieces."""
    if path.suffix in HDF5:
        yield from _hdf5(path, source)
    elif path.suffix == ".root":
        yield from _root(path, source)
    else:
        yield from _parquet(path, source)


def _parquet(path: Path, source: Hits) -> Iterator[ak.Array]:
    names = column_names(source)

    def check(schema: pa.Schema) -> None:
        for key, name in names.items():
            kind = schema.field(name).type
            while hasattr(kind, "value_type") and not pa.types.is_dictionary(kind):
                kind = kind.value_type
            if not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
                raise wrong_type(path, key, name, str(schema.field(name).type), "numbers")

    columns = [*dict.fromkeys(names.values())]
    for _, rows in user_parquet(path, columns, check, BATCH_EVENTS, "source"):
        yield ak.from_arrow(rows)


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


def _hdf5(path: Path, source: Hits) -> Iterator[ak.Array]:
    """Datasets with one entry for each hit, or of lists; `group/name` is one in a group."""
    try:
        with h5py.File(path) as file:
            yield from _datasets(file, path, column_names(source))
    except OSError as error:
        raise ValueError(f"{path}: not a readable HDF5 file ({error})") from error


def _datasets(file: h5py.File, path: Path, names: dict[str, str]) -> Iterator[ak.Array]:
    found: list[str] = []
    file.visititems(lambda name, item: found.append(name) if hasattr(item, "dtype") else None)
    if missing := [name for name in names.values() if name.strip("/") not in found]:
        raise missing_columns(path, missing, found)
    data = {name: file[name] for name in names.values()}
    for key, name in names.items():
        if data[name].ndim != 1:
            shape = f"of an array {data[name].dtype} {data[name].shape}"
            raise wrong_type(path, key, name, shape, "one dimension, with one entry for each hit")
    lengths = {name: len(values) for name, values in data.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(
            f"{path}: its datasets have different lengths {lengths}; expected one entry for each "
            "hit in all of them"
        )
    lists = any(values.dtype == object for values in data.values())
    step = BATCH_EVENTS if lists else READ_HITS
    for start in range(0, max(lengths.values()), step):
        piece = {name: values[start : start + step] for name, values in data.items()}
        yield ak.zip(
            {
                k: ak.Array(list(v)) if v.dtype.kind in "OSU" else ak.Array(v)
                for k, v in piece.items()
            },
            depth_limit=1,
        )


def _events(pieces: Iterator[ak.Array], path: str | Path, source: Hits) -> Iterator[ak.Array]:
    """The pieces as they are if they hold lists; of hits, whole events with lists.

    Raises:
        ValueError: entries are hits, without event number or not sorted by it.
    """
    name = source.columns.event
    waiting: list[ak.Array] = []
    seen: set[int] = set()

    def joined(last: bool) -> Iterator[ak.Array]:
        """The events of the waiting hits; the last one waits for its other hits."""
        assert name
        hits = ak.concatenate(waiting)
        event = whole_numbers(hits[name], path, name)
        starts = np.flatnonzero(np.diff(event, prepend=event[0] - 1))
        limits = np.append(starts, len(event)) if last else starts
        waiting[:] = [] if last else [hits[starts[-1] :]]
        if len(limits) < 2:
            return
        numbers = event[limits[:-1]].tolist()
        if len({*numbers}) < len(numbers) or not seen.isdisjoint(numbers):
            raise ValueError(
                f"{path}: the hits of an event do not follow each other; sort by `{name}`"
            )
        seen.update(numbers)
        yield _lists(hits[: limits[-1]], limits, source)

    for entries in pieces:
        if entries[source.columns.x].ndim > 1:
            yield entries
            continue
        if name is None:
            raise ValueError(
                f"{path}: each entry is one hit; set `columns.event` of this source to the name of "
                "the event number"
            )
        if len(entries):
            waiting.append(entries)
        if sum(map(len, waiting)) >= READ_HITS:
            yield from joined(last=False)
    if waiting:
        yield from joined(last=True)


def _lists(hits: ak.Array, limits: np.ndarray, source: Hits) -> ak.Array:
    """Hits as lists of the hits of each event, which lie between the `limits` int [n + 1]."""
    single = [name for key, name in column_names(source).items() if key in OF_EVENT]
    return ak.zip(
        {
            key: hits[key][limits[:-1]]
            if key in single
            else ak.unflatten(hits[key], np.diff(limits))
            for key in hits.fields
        },
        depth_limit=1,
    )


def _batch(
    entries: ak.Array, first: int, path: str | Path, source: Hits, bad: BadEvents
) -> HitBatch:
    names, scale = source.columns, LENGTH_UM[source.length_unit]
    n = len(entries)
    event = np.arange(first, first + n)
    if names.event:
        event = whole_numbers(entries[names.event], path, names.event)
    scale_x, scale_y = source.pad_um or (scale, scale)
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
    direction = np.full((n, 3), np.nan)
    if source.labelled:
        direction = _directions(entries, source)
        for i in np.flatnonzero(good & ~np.isfinite(direction).all(axis=1)):
            bad.found(int(event[i]), "its true direction is missing, or [0, 0, 0]")
        good &= np.isfinite(direction).all(axis=1)
    chosen = entries[np.flatnonzero(good)]
    x, y, z, charge = (_numbers(ak.flatten(chosen[name], axis=1)) for name in lists)
    unknown = np.full(len(chosen), np.nan)
    return HitBatch(
        source_event=event[good],
        offsets=np.concatenate([[0], np.cumsum(lengths[0, good])]),
        positions_um=np.stack([x * scale_x, y * scale_y, z * scale_z], axis=1),
        charge=charge * source.electrons_per_charge,
        time_s=_numbers(chosen[names.time]) if names.time else unknown,
        direction=direction[good].astype(np.float32),
    )


def _directions(entries: ak.Array, source: Hits) -> np.ndarray:
    """Unit vectors float64 [n, 3]; NaN where there is none."""
    if source.direction:
        vectors = np.tile(np.array(source.direction, np.float64), (len(entries), 1))
    else:
        names = column_names(source)
        vectors = np.stack([_numbers(entries[names[key]]) for key in DIRECTION], axis=1)
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: np.ndarray = vectors / np.where(length > 0, length, np.nan)
    return unit


def _numbers(column: ak.Array) -> np.ndarray:
    """Numbers float64; NaN where there is none."""
    return ak.to_numpy(ak.fill_none(ak.values_astype(column, np.float64), np.nan))
