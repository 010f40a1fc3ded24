"""Tracks as a reader returns them, before the source's defaults are added."""

from dataclasses import dataclass, replace

import numpy as np

from pipeline.core.parquet_io import take_ragged

LENGTH_UM = {"um": 1.0, "mm": 1e3, "cm": 1e4, "m": 1e6}
TIME_PS = {"ps": 1.0, "ns": 1e3, "us": 1e6}
ENERGY_KEV = {"eV": 1e-3, "keV": 1.0, "MeV": 1e3}

BATCH_EVENTS = 256


@dataclass(frozen=True)
class RawBatch:
    """A batch of n tracks with N electrons in total; None if the input lacks a quantity."""

    source_event: np.ndarray  # int64 [n]
    offsets: np.ndarray  # int64 [n + 1], starts at 0
    positions_um: np.ndarray  # float32 [N, 3]
    times_ps: np.ndarray | None = None  # float32 [N]
    flags: np.ndarray | None = None  # uint8 [N]
    energy_keV: np.ndarray | None = None  # float32 [n]
    direction: np.ndarray | None = None  # float64 [n, 3], unit vectors
    start_um: np.ndarray | None = None  # float64 [n, 3]

    def __len__(self) -> int:
        return len(self.source_event)

    def take(self, index: np.ndarray) -> "RawBatch":
        """Select the events `index` (int [m]), in that order."""
        offsets, rows = take_ragged(self.offsets, index)

        def chosen(values: np.ndarray | None, which: np.ndarray) -> np.ndarray | None:
            return None if values is None else values[which]

        return RawBatch(
            source_event=self.source_event[index],
            offsets=offsets,
            positions_um=self.positions_um[rows],
            times_ps=chosen(self.times_ps, rows),
            flags=chosen(self.flags, rows),
            energy_keV=chosen(self.energy_keV, index),
            direction=chosen(self.direction, index),
            start_um=chosen(self.start_um, index),
        )

    def repeated(self, copies: np.ndarray, offsets: np.ndarray) -> "RawBatch":
        """The batch with each electron `copies` (int64 [N]) times, which gives `offsets`."""

        def each(values: np.ndarray | None) -> np.ndarray | None:
            return None if values is None else np.repeat(values, copies, axis=0)

        return replace(
            self,
            offsets=offsets,
            positions_um=np.repeat(self.positions_um, copies, axis=0),
            times_ps=each(self.times_ps),
            flags=each(self.flags),
        )
