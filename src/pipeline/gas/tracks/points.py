"""Batches of tracks from lists of points, as the entries of ROOT and Parquet files hold them."""

import re
from pathlib import Path

import awkward as ak
import numpy as np

from pipeline.core.ingestion import BadEvents
from pipeline.core.parquet_io import take_ragged
from pipeline.gas.config.sources import Parquet, Root
from pipeline.gas.tracks.padding import check_padding
from pipeline.gas.tracks.raw import ENERGY_KEV, LENGTH_UM, TIME_PS, RawBatch

# Names, without case, of what says that points are no single electrons. Only numbers that disagree
# with the lists are an error.
_COUNT = re.compile(r"n(um)?_?(points?|pts?|hits?|el(ectrons?)?|e|x|clusters?)|npe|multiplicity")
_CHARGE = re.compile(r"q|charges?|n?_?el(ectrons?)?|ne|npe|weights?|amp(litude)?s?|adc|e_?dep|de")
UNIT_TOLERANCE = 1e-3  # of the length of a direction
MOST_ELECTRONS = 10_000_000  # of one event


def named_columns(source: Root | Parquet) -> list[str]:
    """The branches or columns that the config names."""
    names = source.names
    given = [names.event, names.x, names.y, names.z, names.t, names.energy]
    given += [names.count, names.charge, *(names.direction or ()), *(names.start or ())]
    return [name for name in given if name]


def telling_columns(source: Root | Parquet, present: list[str]) -> list[str]:
    """Those of the others among `present` that look like a count or a charge of the points."""
    others = set(present) - {*named_columns(source), *source.names.ignored}
    return sorted(name for name in others if _like(_COUNT, name) or _like(_CHARGE, name))


def track_batch(
    entries: ak.Array, first: int, path: str | Path, source: Root | Parquet, bad: BadEvents
) -> RawBatch:
    """The tracks of the entries `first`, `first` + 1, ...; fields are branches or columns.

    Raises:
        BadEventError: an entry is not usable and the policy is to stop.
        ValueError: the lists are padded, or disagree with a count or a charge beside them.
    """
    names = source.names
    event, known = _event_numbers(entries, first, names.event, bad)
    lists = [n for n in (names.x, names.y, names.z, names.t, names.charge) if n in entries.fields]
    lengths = np.stack([_lengths(entries[name]) for name in lists])
    good = known & (lengths == lengths[0]).all(axis=0) & (lengths[0] >= 0)
    for i in np.flatnonzero(known & ~good):
        text = f"its {source.key} have different lengths {lengths[:, i].tolist()}"
        bad.found(int(event[i]), text)
    points = lengths[0]
    if names.count:
        points = _column(entries[names.count])
        fits = (points >= 0) & (points <= lengths[0]) & (points % 1 == 0)
        for i in np.flatnonzero(good & ~fits):
            text = f"its `{names.count}` is {points[i]:g} but its lists hold {lengths[0, i]} points"
            bad.found(int(event[i]), text)
        good &= fits
    index = np.flatnonzero(good)
    chosen, points = entries[index], points[index].astype(np.int64)
    offsets = np.concatenate([[0], np.cumsum(lengths[0, index])])
    rows = np.arange(offsets[-1]) - np.repeat(offsets[:-1], np.diff(offsets))
    rows = rows < np.repeat(points, np.diff(offsets))
    offsets = np.concatenate([[0], np.cumsum(points)])

    def values(name: str, factor: float = 1.0) -> np.ndarray:
        return _flat(chosen[name])[rows] * factor

    scale = LENGTH_UM[source.length_unit]
    positions = np.stack([values(n) for n in (names.x, names.y, names.z)], axis=1)
    remedy = _remedy(source, chosen.fields)
    check_padding(positions, offsets, event[index], path, remedy)
    _check_counts(chosen, points, event[index], path, source)
    _check_charges(chosen, path, source)
    times = None
    if names.t and names.t in lists:
        times = values(names.t, TIME_PS[source.time_unit])

    def vectors(three: tuple[str, str, str] | None, factor: float) -> np.ndarray | None:
        if three is None:
            return None
        return np.stack([_column(chosen[name]) for name in three], axis=1) * factor

    energy = None
    if names.energy:
        energy = _column(chosen[names.energy]) * ENERGY_KEV[source.energy_unit]
    batch = RawBatch(
        source_event=event[index],
        offsets=offsets,
        positions_um=(positions * scale).astype(np.float32),
        times_ps=None if times is None else times.astype(np.float32),
        energy_keV=energy,
        direction=vectors(names.direction, 1.0),
        start_um=vectors(names.start, scale),
    )
    if names.charge:
        batch = _electrons(batch, values(names.charge), names.charge, bad)
    return _with_truth(batch, bad)


def _event_numbers(
    entries: ak.Array, first: int, name: str | None, bad: BadEvents
) -> tuple[np.ndarray, np.ndarray]:
    """Event numbers int64 [n], and a mask of the entries that have one."""
    counted = np.arange(first, first + len(entries))
    if name is None or name not in entries.fields:
        return counted, np.ones(len(entries), dtype=bool)
    given = entries[name]
    if given.ndim == 2:  # one for each electron
        given = ak.firsts(given)
    # Python's integers: a float or int64 cannot hold all that a file may say.
    values = given.to_list()
    good = np.array([_whole(value) for value in values], dtype=bool)
    for i in np.flatnonzero(~good):
        bad.found(
            int(counted[i]),
            f"its `{name}` is {'missing' if values[i] is None else values[i]}, expected a whole "
            f"number below 2^63; here, {counted[i]} counts the events of the file from 0",
        )
    event = counted.copy()
    event[good] = [int(value) for value, fits in zip(values, good, strict=True) if fits]
    return event, good


def _whole(value: int | float | None) -> bool:
    return value is not None and value % 1 == 0 and -(2**63) <= value < 2**63


def _column(column: ak.Array) -> np.ndarray:
    """One number for each event, float64; NaN where there is none."""
    return ak.to_numpy(ak.fill_none(ak.values_astype(column, np.float64), np.nan))


def _lengths(column: ak.Array) -> np.ndarray:
    """Lengths of lists, int64; -1 where there is no list."""
    return ak.to_numpy(ak.fill_none(ak.num(column, axis=1), -1)).astype(np.int64)


def _flat(column: ak.Array) -> np.ndarray:
    """The values of all lists, float64; NaN where there is none."""
    values = ak.values_astype(ak.flatten(column, axis=1), np.float64)
    return ak.to_numpy(ak.fill_none(values, np.nan))


def _like(pattern: re.Pattern[str], name: str) -> bool:
    return pattern.fullmatch(re.split(r"[./]", name)[-1].lower()) is not None


def _remedy(source: Root | Parquet, fields: list[str]) -> str:
    counts = [name for name in fields if _like(_COUNT, name)]
    seen = f" (here perhaps '{counts[0]}')" if counts else ""
    return (
        f"Name the {source.noun} that holds the number of points of each event{seen} as "
        f"`{source.key}.count` of this source, or write the points of the track only"
    )


def _check_counts(
    entries: ak.Array,
    points: np.ndarray,
    event: np.ndarray,
    path: str | Path,
    source: Root | Parquet,
) -> None:
    names = source.names
    for name in entries.fields:
        if name == names.count or not _like(_COUNT, name) or entries[name].ndim != 1:
            continue
        for i in np.flatnonzero(_column(entries[name]) != points)[:1]:
            raise ValueError(
                f"{path}, event {event[i]}: `{name}` is {entries[name][i]} but the lists hold "
                f"{points[i]} points. If `{name}` counts the points, set `{source.key}.count: "
                f"{name}` of this source and only these are read; if it is something else, set "
                f"`{source.key}.ignored: [{name}]`"
            )


def _check_charges(entries: ak.Array, path: str | Path, source: Root | Parquet) -> None:
    names = source.names
    taken = (names.x, names.y, names.z, names.t, names.charge)
    for name in entries.fields:
        if name in taken or not _like(_CHARGE, name) or entries[name].ndim != 2:
            continue
        charge = _flat(entries[name])
        if len(charge) and not (charge == 1).all():
            raise ValueError(
                f"{path}: the points have a {source.noun} '{name}' with values from "
                f"{np.nanmin(charge):g} to {np.nanmax(charge):g}, so they look like clusters of "
                f"electrons. If it is the number of electrons at each point, set `{source.key}"
                f".charge: {name}` of this source; if every point is one electron, set "
                f"`{source.key}.ignored: [{name}]`"
            )


def _electrons(batch: RawBatch, charge: np.ndarray, name: str, bad: BadEvents) -> RawBatch:
    """The batch with each point as often as its charge, float64 [N], says."""
    event = np.repeat(np.arange(len(batch)), np.diff(batch.offsets))
    whole = (charge >= 0) & (np.abs(charge - np.round(charge)) < 1e-6)
    wrong = np.bincount(event, ~whole, len(batch)) > 0
    totals = np.bincount(event, np.where(whole, charge, 0), len(batch))
    for i in np.flatnonzero(wrong):
        value = charge[(event == i) & ~whole][0]
        text = f"its `{name}` is {value:g} at a point, expected a whole number of electrons"
        bad.found(int(batch.source_event[i]), text)
    for i in np.flatnonzero(~wrong & (totals > MOST_ELECTRONS)):
        text = f"its `{name}` adds up to {totals[i]:g} electrons, more than {MOST_ELECTRONS:,}"
        bad.found(int(batch.source_event[i]), text)
    good = np.flatnonzero(~wrong & (totals <= MOST_ELECTRONS))
    _, rows = take_ragged(batch.offsets, good)
    copies = np.round(charge[rows]).astype(np.int64)
    batch = batch.take(good)
    owner = np.repeat(np.arange(len(batch)), np.diff(batch.offsets))
    electrons = np.bincount(owner, copies, len(batch)).astype(np.int64)
    return batch.repeated(copies, np.concatenate([[0], np.cumsum(electrons)]))


def _with_truth(batch: RawBatch, bad: BadEvents) -> RawBatch:
    """The events whose own direction is a unit vector and whose own start is finite."""
    good = np.ones(len(batch), dtype=bool)
    if batch.direction is not None:
        length = np.linalg.norm(batch.direction, axis=1)
        good &= np.abs(length - 1) < UNIT_TOLERANCE
        for i in np.flatnonzero(~good):
            text = f"its direction has the length {length[i]:g}, expected 1"
            bad.found(int(batch.source_event[i]), text)
    if batch.start_um is not None:
        finite = np.isfinite(batch.start_um).all(axis=1)
        for i in np.flatnonzero(good & ~finite):
            bad.found(int(batch.source_event[i]), "its start is not finite")
        good &= finite
    return batch.take(np.flatnonzero(good)) if not good.all() else batch
