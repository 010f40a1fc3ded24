"""Gains of 200 pixels from a calibration run with hidden gains: gradients beside other ways.

The run has 10 keV electrons, evenly over the pixels, and is made by the simulator itself. The least
error is that of the Fisher information in the charges of single cells, given those beside them;
its densities are histograms of the simulation. One thread, half a minute.
Usage: python benchmarks/gain_map.py [--events N] [--tracks N] [--views N], the events of the run,
simulated tracks and uses of each of them.
"""

import itertools
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import torch
from machine import describe_machine
from options import parsed

from pipeline.gas.config.gain_map import GainMap as Settings
from pipeline.gas.config.response import Response
from pipeline.gas.config.sources import SourceDefaults
from pipeline.gas.config.voxels import Grid
from pipeline.gas.hits.gain_map import simulated_run
from pipeline.gas.response.gain_map import (
    SIDES,
    SUMS,
    Gradients,
    PixelCells,
    fit_gain_map,
    groups,
    pixel_cells,
)
from pipeline.gas.response.pixels import Pixels, lit
from pipeline.gas.response.respond import drift_electrons, reported
from pipeline.gas.tracks.ingest import complete
from pipeline.gas.tracks.raw import RawBatch
from pipeline.gas.tracks.simulator.gas import Gas
from pipeline.gas.tracks.simulator.transport import simulate_tracks
from pipeline.gas.tracks.table import TrackBatch
from pipeline.gas.voxels.binning import random_rotations

GAS = Gas((("He", 0.7), ("CO2", 0.3)), 293.15, 760.0)
ENERGY_KEV = 10
SHAPE, MARGIN = (20, 10), 3
SPREAD = 0.1
GRID = Grid(bins=60, voxel_um=500)
RESPONSE = Response.model_validate(
    {
        "diffusion": {"constant_transverse": 300, "constant_longitudinal": 240},
        "gain": {"relative_rms": 0.7},
        "threshold": {"electrons": 1.2},
    }
)
STEP = 0.1  # of finite differences, as in the fit of the response
BINS_BESIDE, BINS = 8, 30


class Differences(Gradients):
    """The same simulation with slopes by finite differences, a group of pixels at a time."""

    def slopes(self, gain: np.ndarray) -> np.ndarray:
        """See `Simulated.slopes`."""
        result = np.zeros((SUMS, len(gain), len(gain)))
        # A pixel in two places of a group's pairs: which one moves, and which sum answers.
        for members, (first, second) in groups(self.cells.shape):
            step = np.zeros(len(gain))
            step[members] = STEP
            rise = self.by_event(gain + step).mean(axis=0) - self.by_event(gain - step).mean(axis=0)
            result[:, second, first] = rise.reshape(SUMS, -1)[:, second] / (2 * STEP)
        return result.reshape(-1, len(gain))


def main() -> None:
    """Print one table: error and CPU time of each way."""
    arguments = parsed(__doc__, events=5000, tracks=15000, views=4)
    torch.set_num_threads(1)
    print(describe_machine())
    rng = np.random.default_rng(1)
    gains = rng.normal(1, SPREAD, SHAPE)
    settings = Settings(
        data="run",
        simulated=["calibration"],
        response=RESPONSE,
        pixels=SHAPE,
        margin=MARGIN,
        views=arguments.views,
    )
    data = _tracks(arguments.events, 2)
    cells, charge = _measured(data, gains, rng)
    start = time.process_time()
    tracks = _tracks(arguments.tracks, 3)
    print(f"{arguments.tracks} tracks: {time.process_time() - start:.0f} s")
    start = time.process_time()
    simulated = simulated_run([tracks], settings, GRID, np.random.default_rng(4))
    preparation = time.process_time() - start
    least = least_error(simulated, cells)

    rows = []

    def row(name: str, found: Callable[[], tuple[np.ndarray, float]]) -> None:
        start = time.process_time()
        gain, chi2 = found()
        seconds = preparation + time.process_time() - start
        error = float(np.sqrt(np.mean((gain - gains.ravel()) ** 2)))
        rows.append((name, error, error / least, chi2, seconds))

    def fitted(simulation: Gradients) -> tuple[np.ndarray, float]:
        fit = fit_gain_map(cells, charge, simulation)
        print(f"quoted {np.sqrt(np.mean(fit.errors**2)):.4f}, events {fit.events}")
        return fit.gain, fit.chi2

    row("mean charge of each pixel", lambda: (_mean_charge(cells, charge, simulated), np.nan))
    row("moments, finite differences, five groups", lambda: fitted(_as_differences(simulated)))
    row("moments, gradients", lambda: fitted(simulated))
    table = pd.DataFrame(rows, columns=["way", "rms error", "over least", "chi2 of 600", "CPU s"])
    print(table.to_string(index=False, float_format="{:.4g}".format))
    print(f"least error {least:.4f}")
    start = time.process_time()
    simulated_run([tracks], settings, GRID, np.random.default_rng(4)).by_event(np.ones(gains.size))
    once = time.process_time() - start
    print(f"one simulation {once:.1f} s: {2 * gains.size} of them for the slopes of a step, if")
    print(f"each pixel moves alone and nothing is kept, {2 * gains.size * once:.0f} s")


def least_error(simulated: Gradients, cells: PixelCells) -> float:
    """Rms error of gains by the Fisher information of cells, given the four beside each.

    Cells are taken as independent then. A cell that reports nothing, beside one that does, says
    that its charge is below the threshold.
    """
    gain = torch.ones(SHAPE[0] * SHAPE[1], dtype=torch.float64)
    charge, weight = (x.numpy() for x in simulated.reported(gain))
    own = simulated.cells
    seen = weight > 0
    padded = np.append(charge * weight, 0.0)
    beside = padded[own.sides].mean(axis=1)
    silent = _beside_silent(simulated, seen, charge)
    u, s = np.log(charge[seen]), beside[seen]
    edges = np.quantile(s[s > 0], np.linspace(0, 1, BINS_BESIDE + 1))
    edges = np.concatenate([[-1.0, 0.0], edges[1:-1], [np.inf]])
    information = 0.0
    for low, high in itertools.pairwise(edges):
        inside = u[(s > low) & (s <= high)]
        ends = np.linspace(inside.min(), np.quantile(inside, 0.9995), BINS + 1)
        number, _ = np.histogram(inside, ends)
        width = ends[1] - ends[0]
        slope = np.gradient(number.astype(float)) / width
        # Less what the Poisson noise of the histogram adds to the squares of the slopes.
        information += float((slope**2 / np.maximum(number, 1) - 0.5 / width**2).sum())
        quiet = int(((silent > low) & (silent <= high)).sum()) if low >= 0 else 0
        if quiet:
            information += (number[0] / width) ** 2 / quiet
    events = len(np.unique(own.owner[seen]))
    per_pixel = information / events / len(gain) * len(np.unique(cells.owner))
    return float(1 / np.sqrt(per_pixel))


def _beside_silent(simulated: Gradients, seen: np.ndarray, charge: np.ndarray) -> np.ndarray:
    """Mean charge beside the cells that report nothing, next to one that does."""
    cells, layer = simulated.cells, simulated.charges.index.numpy() % simulated.charges.box
    layers = int(layer.max()) + 1
    wide = SHAPE[1] + 2
    x, y = np.divmod(cells.pixel, SHAPE[1])
    key = ((cells.owner * (SHAPE[0] + 2) + x + 1) * wide + y + 1) * layers + layer
    steps = [(dx * wide + dy) * layers for dx, dy in SIDES]
    key, charge = key[seen], charge[seen]
    near = np.unique(np.concatenate([key + step for step in steps]))
    near = near[~np.isin(near, key)]
    column = near // layers
    x, y = column // wide % (SHAPE[0] + 2), column % wide
    near = near[(x >= 1) & (x <= SHAPE[0]) & (y >= 1) & (y <= SHAPE[1])]
    total = np.zeros(len(near))
    for step in steps:
        at = np.minimum(np.searchsorted(key, near + step), len(key) - 1)
        total += np.where(key[at] == near + step, charge[at], 0.0)
    return total / len(SIDES)


def _tracks(events: int, seed: int) -> TrackBatch:
    offsets, positions, _ = simulate_tracks(GAS, ENERGY_KEV, events, np.random.default_rng(seed))
    raw = RawBatch(np.arange(events), offsets, positions.astype(np.float32))
    return complete(raw, SourceDefaults(ENERGY_KEV), raw.source_event, "made")


def _measured(
    tracks: TrackBatch, gains: np.ndarray, rng: np.random.Generator
) -> tuple[PixelCells, np.ndarray]:
    """The run, by the simulator."""
    n = len(tracks)
    pixels = Pixels(gains, lit(SHAPE, MARGIN, n, rng))
    drifted = drift_electrons(tracks.electrons, RESPONSE, rng, random_rotations(n, rng))
    hits, _ = reported(drifted, tracks.offsets, rng.random((n, 3)), RESPONSE, GRID, pixels)
    place = np.column_stack([pixels.under(hits), hits.index % hits.box])
    cells, rows = pixel_cells(hits.each(np.arange(n)), place, SHAPE, n)
    return cells, hits.charge[rows]


def _mean_charge(cells: PixelCells, charge: np.ndarray, simulated: Gradients) -> np.ndarray:
    """Mean charge of each pixel over that of all simulated pixels at its place, to first order."""
    measured = torch.from_numpy(charge)
    n = cells.shape[0] * cells.shape[1]
    data = cells.by_event(measured, torch.ones_like(measured))[:, :n].mean(axis=0)
    nominal, higher = (
        simulated.by_event(np.full(n, gain))[:, :n].mean(axis=0) for gain in (1.0, 1.1)
    )
    return np.asarray(1 + 0.1 * (data - nominal) / (higher.mean() - nominal.mean()))


def _as_differences(simulated: Gradients) -> Differences:
    same = object.__new__(Differences)
    same.cells, same.charges = simulated.cells, simulated.charges
    return same


if __name__ == "__main__":
    main()
