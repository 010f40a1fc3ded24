"""Events as a detector records them, from a user's file: no truth is known, nothing is simulated.

The trigger is that of the simulation, with times of photons that are known to a sample: photons in
coincidence, and an S2 that is large enough.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.core.ingestion import BadEvents, accepted
from pipeline.core.parquet_io import flat
from pipeline.core.user_files import user_parquet
from pipeline.xenon.config.detector import Detector
from pipeline.xenon.config.samples import RecordColumns, RecordedEvents
from pipeline.xenon.events.ingest import EDGE_CM
from pipeline.xenon.events.table import UNKNOWN, UNKNOWN_RECOIL, EventBatch
from pipeline.xenon.response.patterns import optics_constants
from pipeline.xenon.response.scintillation import light_collection
from pipeline.xenon.response.shards import RECORDED, write_shard
from pipeline.xenon.response.simulation import CHUNK_EVENTS, MOST_COUNTS, ResponseBatch


@dataclass(frozen=True)
class Records:
    """Rows of a user's file; lists of a wrong length are all zero, and `lengths` tells theirs."""

    source_event: NDArray[np.int64]  # [n]
    drift_time_us: NDArray[np.float64]  # [n], NaN where empty
    lengths: Mapping[str, NDArray[np.int64]]  # [n] of each of RECORDED
    counts: Mapping[str, NDArray[np.float64]]  # [n, length] of each of RECORDED

    def __len__(self) -> int:
        return len(self.source_event)

    def take(self, index: np.ndarray) -> "Records":
        """The rows `index` (int [m]), in that order."""
        lengths, counts = (
            {name: values[index] for name, values in of.items()}
            for of in (self.lengths, self.counts)
        )
        return Records(self.source_event[index], self.drift_time_us[index], lengths, counts)


def read_recorded(
    path: str | Path,
    block: RecordedEvents,
    detector: Detector | Mapping[str, Any],
    bad: BadEvents,
    part: int,
) -> Iterator[ResponseBatch]:
    """Yield the usable events of a file, with ids as of other sources.

    Raises:
        BadEventError: a row is unusable and the policy is to stop: lists of another length than the
            detector's, numbers of photons that are negative or not whole, a drift time outside the
            detector, an event number or a record that occurs twice.
        ValueError: the file is unreadable, or a column is missing or of another type.
    """
    own = Detector.model_validate(detector)
    lengths = record_lengths(own)
    seen: dict[bytes, int] = {}
    numbers: set[int] = set()

    def usable(rows: Records, bad: BadEvents) -> np.ndarray:
        good = []
        for i in range(len(rows)):
            problem = _problem(rows, i, lengths, own) or _repeated(rows, i, seen, numbers)
            if problem:
                bad.found(int(rows.source_event[i]), problem)
            else:
                good.append(i)
        return np.array(good, np.int64)

    records = _records(path, block.columns, lengths)
    for rows, ids in accepted(records, usable, bad, part, block.first_event, block.max_events):
        yield _response(rows, ids, own)


def write_recorded(
    path: str | Path, file: str | Path, part: Mapping[str, Any], sample: str, name: str
) -> int:
    """Write a part of recorded events as a response shard and return their number.

    `part` is the plain block of the part (`EventPaths.part_block`). See `read_recorded`.
    """
    block = RecordedEvents.model_validate(part["block"])
    detector = Detector.model_validate(part["detector"])
    bad = BadEvents(str(file), block.on_bad_event)
    batches = read_recorded(file, block, detector, bad, part["index"])
    return write_shard(path, batches, {"sample": sample, "part": name, "detector": detector.base})


def record_lengths(detector: Detector) -> dict[str, int]:
    """Lengths of waveforms and patterns of a detector, by the names of RECORDED."""
    waveforms, optics = detector.waveforms, optics_constants(detector)
    patterns = len(optics.top.pmts), len(optics.bottom.pmts)
    return dict(zip(RECORDED, (waveforms.s1_bins, waveforms.s2_bins, *patterns), strict=True))


def _records(
    path: str | Path, names: RecordColumns, lengths: Mapping[str, int]
) -> Iterator[Records]:
    def check(schema: pa.Schema) -> None:
        for key, name in names.plain().items():
            if name is None:
                continue
            kind = schema.field(name).type
            is_list = any(
                of(kind)
                for of in (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)
            )
            if is_list != (key in RECORDED):
                expected = "lists of numbers" if key in RECORDED else "numbers"
                raise ValueError(f"{path}: column '{name}' holds {kind}, expected {expected}")
            number = kind.value_type if is_list else kind
            if not (pa.types.is_integer(number) or pa.types.is_floating(number)):
                raise ValueError(f"{path}: column '{name}' holds {kind}, expected numbers")

    wanted = [name for name in names.plain().values() if name]
    for first, rows in user_parquet(path, wanted, check, CHUNK_EVENTS, "source"):
        event = first + np.arange(len(rows))
        if names.event:
            event = rows[names.event].fill_null(-1).to_numpy(zero_copy_only=False)
        drift = rows[names.drift_time].cast(pa.float64(), safe=False)
        found = {
            name: _lists(rows[getattr(names, name)], length) for name, length in lengths.items()
        }
        yield Records(
            event.astype(np.int64),
            drift.to_numpy(zero_copy_only=False),
            {name: of[0] for name, of in found.items()},
            {name: of[1] for name, of in found.items()},
        )


def _lists(column: pa.Array, length: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Lengths (n,) of the lists, and those of the right `length` as rows (n, length)."""
    lists = column.cast(pa.list_(pa.float64()), safe=False)
    offsets, values = flat(pa.chunked_array([lists]))
    lengths = np.where(lists.is_null().to_numpy(zero_copy_only=False), 0, np.diff(offsets))
    rows = np.zeros((len(lists), length))
    for i in np.flatnonzero(lengths == length):
        rows[i] = values[offsets[i] : offsets[i + 1]]
    return lengths, rows


def _problem(rows: Records, i: int, lengths: Mapping[str, int], detector: Detector) -> str:
    """What makes row i unusable; empty: nothing."""
    for name, length in lengths.items():
        if rows.lengths[name][i] != length:
            return (
                f"its {name} has {rows.lengths[name][i]} numbers, expected {length}; check the "
                "`detector` of the data"
            )
        counts = rows.counts[name][i]
        wrong = ~((counts >= 0) & (counts <= MOST_COUNTS) & (counts == np.rint(counts)))
        if wrong.any():
            return (
                f"its {name} holds {counts[wrong][0]:g}, expected whole numbers of photons from 0 "
                f"to {MOST_COUNTS}; divide areas by the area of a photon and round them"
            )
    s1 = rows.counts["s1_waveform"][i]
    if s1.any() and not s1[0]:
        return (
            f"the first photon of its s1_waveform is in sample {int(np.argmax(s1 > 0))}, expected "
            "0: the waveform begins with it"
        )
    drift = rows.drift_time_us[i]
    longest = (detector.geometry.height_cm + EDGE_CM) * 10 / detector.drift.velocity_mm_per_us
    if not 0 <= drift <= longest:
        return f"its drift time is {drift:g} us, expected 0 to {longest:.0f} us"
    return ""


def _repeated(rows: Records, i: int, seen: dict[bytes, int], numbers: set[int]) -> str:
    """Whether the number or the record of row i occurred before; what it is, or empty."""
    event = int(rows.source_event[i])
    if event in numbers:
        return "its number occurs twice"
    record = hashlib.blake2b(rows.drift_time_us[i].tobytes(), digest_size=16)
    for name in RECORDED:
        record.update(rows.counts[name][i].astype(np.uint16).tobytes())
    numbers.add(event)
    first = seen.setdefault(record.digest(), event)
    return "" if first == event else f"its drift time, waveforms and patterns are those of {first}"


def _response(rows: Records, ids: NDArray[np.int64], detector: Detector) -> ResponseBatch:
    n = len(rows)
    recorded = {name: counts.astype(np.uint16) for name, counts in rows.counts.items()}
    s1, s2 = (recorded[name].sum(axis=1, dtype=np.int32) for name in ("s1_waveform", "s2_waveform"))
    depth = rows.drift_time_us * detector.drift.velocity_mm_per_us / 10
    depth_cm = np.clip(depth, 0, detector.geometry.height_cm).astype(np.float32)
    nothing = np.full(n, np.nan, np.float32)
    unknown = np.full(n, UNKNOWN, np.int32)
    coincident = _coincident(recorded["s1_waveform"], detector)
    return ResponseBatch(
        events=EventBatch(
            event_id=ids,
            source_event=rows.source_event,
            recoil=np.full(n, UNKNOWN_RECOIL, np.uint8),
            energy_keV=nothing,
            x_cm=nothing,
            y_cm=nothing,
            depth_cm=depth_cm,
            photons=unknown,
            electrons=unknown,
            excitons=unknown,
        ),
        drift_time_us=rows.drift_time_us.astype(np.float32),
        s1_photons_detected=s1,
        electrons_extracted=unknown,
        s2_photons_detected=s2,
        s1_area_PE=nothing,
        s2_area_PE=nothing,
        cs1_photons=(s1 / light_collection(detector, depth_cm)).astype(np.float32),
        triggered=coincident & (s2 >= detector.trigger.min_s2_photons),
        stands_for=np.ones(n, np.float32),
        **recorded,
    )


def _coincident(waveform: NDArray[np.uint16], detector: Detector) -> NDArray[np.bool_]:
    """Whether as many photons as the trigger needs lie within its window, (n,)."""
    samples = int(detector.trigger.window_ns / detector.waveforms.bin_ns) + 1
    before = np.pad(np.cumsum(waveform, axis=1, dtype=np.int64), ((0, 0), (samples, 0)))
    within = before[:, samples:] - before[:, :-samples]
    return np.asarray((within >= detector.trigger.photons).any(axis=1))
