"""Images of events: the record of a detector as three layers of pixels.

Layer 0 is the hit pattern of the top array and layer 1 that of the bottom array, with each PMT in
the pixel at its position. Layer 2 holds the waveforms, row by row from the top: S1 in the upper
half, and S2 in the lower half at its time after S1. The lower half spans the longest drift time.
Each photon is counted once, so the sum over a layer is a number of photons. The format of the
images in the talk is not published.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from pipeline.xenon.config.detector import Detector
from pipeline.xenon.response.arrays import pmt_positions_cm
from pipeline.xenon.response.shards import read_shard
from pipeline.xenon.response.simulation import ResponseBatch

LAYERS = ("top pattern", "bottom pattern", "waveforms")
SHOWN_KEV = 10.0


@dataclass(frozen=True)
class ShownEvent:
    """One event and its image."""

    energy_keV: float
    s1_photons: int
    s2_photons: int
    counts: NDArray[np.float32]  # [3, size, size]


@dataclass(frozen=True)
class ImageEncoder:
    """Encodes events as images; pixels are numbered row by row.

    `top`, `bottom` and `s1` are the pixels of the PMTs and of the samples of the S1 waveform.
    """

    size: int
    top: NDArray[np.int64]
    bottom: NDArray[np.int64]
    s1: NDArray[np.int64]
    s2_sample_us: NDArray[np.float64]  # times of the S2 samples after the drift time
    longest_us: float  # longest time from S1 to the end of S2

    @classmethod
    def of(cls, detector: Detector, size: int) -> Self:
        """Build the image encoder of a detector for images of `size` x `size` pixels.

        The outermost PMT along x or y lies in the middle of an outermost pixel.
        """
        arrays, waveforms = detector.arrays, detector.waveforms
        top, bottom = (
            pmt_positions_cm(array, detector.geometry.radius_cm)
            for array in (arrays.top, arrays.bottom)
        )
        reach_cm = max(np.abs(top).max(), np.abs(bottom).max())
        s2_sample_us = np.arange(waveforms.s2_bins, dtype=np.float64) * (waveforms.bin_ns / 1e3)
        longest_drift_us = detector.geometry.height_cm * 10 / detector.drift.velocity_mm_per_us
        return cls(
            size,
            _pixels(top, reach_cm, size),
            _pixels(bottom, reach_cm, size),
            _folded(waveforms.s1_bins, size * size // 2),
            s2_sample_us - waveforms.s2_before_us,
            longest_drift_us + s2_sample_us[-1],
        )

    def counts(self, batch: ResponseBatch) -> NDArray[np.float32]:
        """Detected photons per pixel, [n, 3, size, size]; y increases with the row."""
        layers = [
            self._layer(batch.top, self.top),
            self._layer(batch.bottom, self.bottom),
            self._layer(batch.s1_waveform, self.s1) + self._s2_in_time(batch),
        ]
        return np.stack(layers, axis=1).reshape(len(batch), len(LAYERS), self.size, self.size)

    def __call__(self, batch: ResponseBatch) -> NDArray[np.float32]:
        """ln(1 + counts) as flat images, [n, 3 * size * size]."""
        return np.log1p(self.counts(batch)).reshape(len(batch), -1)

    def _layer(self, recorded: NDArray[np.uint16], pixel: NDArray[np.int64]) -> NDArray[np.float32]:
        ones, rows = np.ones(len(pixel), np.float32), np.arange(len(pixel))
        onto = csr_array((ones, (rows, pixel)), shape=(len(pixel), self.size**2))
        return np.asarray(recorded.astype(np.float32) @ onto)

    def _s2_in_time(self, batch: ResponseBatch) -> NDArray[np.float32]:
        """S2 at its time after S1; if the event did not trigger, at the start of the lower half."""
        half = self.size**2 // 2
        after_us = np.where(batch.triggered, batch.drift_time_us, 0)[:, None] + self.s2_sample_us
        place = np.clip((after_us / self.longest_us * half).astype(np.int64), 0, half - 1)
        event, sample = np.nonzero(batch.s2_waveform)
        pixel = event * self.size**2 + half + place[event, sample]
        light = np.bincount(
            pixel, batch.s2_waveform[event, sample], minlength=len(batch) * self.size**2
        )
        return light.reshape(len(batch), -1).astype(np.float32)


def _pixels(position_cm: NDArray[np.float64], reach_cm: float, size: int) -> NDArray[np.int64]:
    column, row = np.rint((position_cm / reach_cm + 1) / 2 * (size - 1)).astype(np.int64).T
    return np.asarray(row * size + column)


def _folded(samples: int, pixels: int) -> NDArray[np.int64]:
    """Pixel of each sample; if there are more samples than pixels, neighbours share one."""
    return np.arange(samples) * min(pixels, samples) // samples


def shown_event(shard: str | Path, encoder: ImageEncoder) -> ShownEvent:
    """Select the triggered event nearest to 10 keV in the first row group of a shard.

    Raises:
        ValueError: no event of this row group triggers.
    """
    batch = next(read_shard(shard))
    distance = np.where(batch.triggered, np.abs(batch.events.energy_keV - SHOWN_KEV), np.inf)
    event = int(np.argmin(distance))
    if not np.isfinite(distance[event]):
        raise ValueError(f"{shard}: no event that triggers to show; simulate more")
    return ShownEvent(
        float(batch.events.energy_keV[event]),
        int(batch.s1_photons_detected[event]),
        int(batch.s2_photons_detected[event]),
        encoder.counts(batch)[event],
    )
