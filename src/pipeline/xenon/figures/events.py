"""An electronic and a nuclear recoil as the networks see them; arXiv 2410.00755, Fig. 1."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Self

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from numpy.typing import NDArray

from pipeline.core.tables import Inputs, Params
from pipeline.figures.style import PAGE_INCH
from pipeline.xenon.config.detector import Detector, Waveforms
from pipeline.xenon.events.table import RECOILS
from pipeline.xenon.figures.recoils import COLOUR
from pipeline.xenon.response.arrays import pmt_positions_cm
from pipeline.xenon.response.shards import read_shard
from pipeline.xenon.response.simulation import ResponseBatch

_S1_PHOTONS = 30  # of the nuclear recoil; the electronic one has the nearest number
_NAMES = {"ER": "electronic recoil", "NR": "nuclear recoil"}


@dataclass(frozen=True)
class Recorded:
    """Record of one event: photons in each sample of the waveforms and in each PMT (S2 only)."""

    recoil: str
    energy_keV: float
    drift_time_us: float
    s1: NDArray[np.uint16]
    s2: NDArray[np.uint16]
    top: NDArray[np.uint16]
    bottom: NDArray[np.uint16]

    @classmethod
    def of(cls, batch: ResponseBatch, event: int) -> Self:
        """The event at position `event` of a batch."""
        return cls(
            RECOILS[batch.events.recoil[event]],
            float(batch.events.energy_keV[event]),
            float(batch.drift_time_us[event]),
            batch.s1_waveform[event],
            batch.s2_waveform[event],
            batch.top[event],
            batch.bottom[event],
        )


def similar_events(er: Sequence[str | Path], nr: Sequence[str | Path]) -> list[Recorded]:
    """An electronic and a nuclear recoil of similar S1, from response shards.

    Each comes from the first row group with an event that triggers.

    Raises:
        ValueError: no event of a sample triggers.
    """
    nuclear = _nearest(nr, _S1_PHOTONS)
    return [_nearest(er, int(nuclear.s1.sum())), nuclear]


def _nearest(shards: Sequence[str | Path], s1_photons: int) -> Recorded:
    for batch in chain.from_iterable(map(read_shard, shards)):
        if batch.triggered.any():
            distance = np.abs(batch.s1_photons_detected - s1_photons).astype(float)
            distance[~batch.triggered] = np.inf
            return Recorded.of(batch, int(np.argmin(distance)))
    raise ValueError(f"{', '.join(map(str, shards))}: no event triggers; simulate more")


def draw_events(events: Sequence[Recorded], detector: Detector) -> Figure:
    """A row for each event: its waveforms, and its hit patterns of S2 in one colour scale."""
    figure = Figure(figsize=(PAGE_INCH, 2.1 * len(events)))
    axes = figure.subplots(len(events), 4, squeeze=False, width_ratios=[1, 1.5, 1.3, 1.3])
    most = max(pattern.max() for event in events for pattern in (event.top, event.bottom))
    norm = LogNorm(1, max(int(most), 2))
    radius_cm = detector.geometry.radius_cm
    places_cm = [
        pmt_positions_cm(array, radius_cm)
        for array in (detector.arrays.top, detector.arrays.bottom)
    ]
    for event, (s1, s2, *patterns) in zip(events, axes, strict=True):
        _draw_waveforms(s1, s2, event, detector.waveforms)
        for axis, name, place_cm, photons in zip(
            patterns, ("top", "bottom"), places_cm, (event.top, event.bottom), strict=True
        ):
            mesh = _draw_pattern(axis, place_cm, photons, norm)
            axis.set_title(f"S2, {name}: {photons.sum()}", fontsize=8)
        patterns[0].set_ylabel("y [cm]")
    figure.colorbar(mesh, ax=axes[:, 2:], label="photons in a PMT", shrink=0.7)
    return figure


def _draw_waveforms(s1: Axes, s2: Axes, event: Recorded, waveforms: Waveforms) -> None:
    sample_us, colour = waveforms.bin_ns / 1e3, COLOUR[event.recoil]
    s1_ns = np.arange(len(event.s1) + 1) * waveforms.bin_ns
    start_us = event.drift_time_us - waveforms.s2_before_us
    s2_us = start_us + np.arange(len(event.s2) + 1) * sample_us
    for axis, name, edges, photons, unit in (
        (s1, "S1", s1_ns, event.s1, "ns"),
        (s2, "S2", s2_us, event.s2, r"$\mu$s"),
    ):
        axis.stairs(photons, edges, color=colour, linewidth=0.8)
        axis.set(xlim=(edges[0], edges[-1]), ylim=(0, None), xlabel=f"time after S1 [{unit}]")
        axis.set_title(f"{name}: {photons.sum()} photons", fontsize=8)
        axis.locator_params(axis="x", nbins=3)
        axis.tick_params(labelsize=7)
        axis.locator_params(axis="y", integer=True)
    name = f"{_NAMES[event.recoil]}, {event.energy_keV:.1f} keV"
    s1.set_ylabel(f"{name}\nphotons in {waveforms.bin_ns:g} ns", fontsize=8)


def _draw_pattern(
    axis: Axes, position_cm: NDArray[np.float64], photons: NDArray[np.uint16], norm: LogNorm
) -> PathCollection:
    """PMTs at their places; those without a photon are light grey. Returns the others."""
    # Equal places to the last digit: a difference of 1e-15 cm would be 0 or -0 in the file.
    position_cm, hit = position_cm.round(6), photons > 0
    x_cm, y_cm = position_cm.T
    axis.scatter(x_cm[~hit], y_cm[~hit], s=4, color="0.9", linewidths=0)
    look: dict[str, Any] = {"norm": norm, "cmap": "viridis", "linewidths": 0}
    mesh = axis.scatter(x_cm[hit], y_cm[hit], s=4, c=photons[hit], **look)
    axis.set(aspect="equal", xlabel="x [cm]")
    axis.grid(visible=False)
    axis.tick_params(labelsize=7)
    return mesh


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    detector = Detector.model_validate(params["detector"])
    return draw_events(similar_events(inputs["er"], inputs["nr"]), detector)
