"""The gain map as a step of the workflow: from measured hits and simulated tracks."""

import logging

import numpy as np
import pandas as pd

from pipeline.core.seeds import generator
from pipeline.core.tables import Inputs, Params
from pipeline.gas.config.gain_map import GainMap
from pipeline.gas.config.voxels import Grid
from pipeline.gas.hits.parts import read_part
from pipeline.gas.hits.table import HitBatch
from pipeline.gas.response.differentiable import soft_charges
from pipeline.gas.response.fitted import with_fitted
from pipeline.gas.response.gain_map import Gradients, PixelCells, fit_gain_map, pixel_cells
from pipeline.gas.response.pixels import lit
from pipeline.gas.response.units import LARGEST_RATIO
from pipeline.gas.tracks.table import Electrons, TrackBatch, read_tracks
from pipeline.gas.voxels.binning import random_rotations

logger = logging.getLogger(__name__)


def measured_cells(
    batches: list[HitBatch], settings: GainMap, grid: Grid
) -> tuple[PixelCells, np.ndarray]:
    """Cells on the pixels with charge, and their charges float64 [M]; charges in a cell add up."""
    lengths = np.concatenate([np.diff(batch.offsets) for batch in batches])
    owner = np.repeat(np.arange(len(lengths)), lengths)
    position = np.concatenate([batch.positions_um for batch in batches])
    charge = np.concatenate([batch.charge for batch in batches])
    # The lowest hit of an event is in the middle of a layer, as in `hit_voxels`.
    first = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    lowest = np.minimum.reduceat(position[:, 2], first)[owner] - grid.cell_um[2] / 2
    zero = np.column_stack([np.broadcast_to(settings.corner_um, (len(owner), 2)), lowest])
    place = np.floor((position - zero) / grid.cell_um)
    hit = charge > 0
    rows = np.column_stack([owner, place.astype(np.int64)])[hit]
    rows, which = np.unique(rows, axis=0, return_inverse=True)
    sums = np.bincount(which.ravel(), charge[hit], len(rows))
    cells, kept = pixel_cells(rows[:, 0], rows[:, 1:], settings.pixels, len(lengths))
    return cells, sums[kept]


def simulated_run(
    tracks: list[TrackBatch], settings: GainMap, grid: Grid, rng: np.random.Generator
) -> Gradients:
    """The run as the response has it: the tracks in random directions, at places on the pixels."""
    lengths = np.concatenate([np.diff(batch.offsets) for batch in tracks])
    positions_um = np.concatenate([batch.positions_um for batch in tracks])
    offsets = np.concatenate([[0], np.cumsum(np.tile(lengths, settings.views))])
    n = len(offsets) - 1
    rotation = random_rotations(n, rng)
    origin = lit(settings.pixels, settings.margin, n, rng)
    electrons = Electrons(np.tile(positions_um, (settings.views, 1)), offsets)
    charges = soft_charges(electrons, settings.response, grid, rng, rotation)
    return Gradients(charges, origin, settings.pixels)


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Gains of the pixels from the events of the files `hits`.

    Memory: some 400 bytes for each electron of the simulated tracks and each of their views.
    """
    settings, grid = GainMap.model_validate(params["gain_map"]), Grid.model_validate(params["grid"])
    response = with_fitted(settings.response, inputs.get("fitted", []))
    settings = settings.model_copy(update={"response": response})
    batches = [
        batch
        for path, part in zip(inputs["hits"], params["parts"], strict=True)
        for batch, _ in read_part(path, part)[0]
    ]
    cells, charge = measured_cells(batches, settings, grid)
    tracks = [batch for path in inputs["tracks"] for batch in read_tracks(path)]
    if len(energies := np.unique(np.concatenate([batch.energy_keV for batch in tracks]))) > 1:
        raise ValueError(
            f"gain_map.simulated: these tracks have energies of {energies.tolist()} keV; expected "
            "those of the one energy of the data"
        )
    simulated = simulated_run(tracks, settings, grid, generator(params["seed"], "gain map"))
    fit = fit_gain_map(cells, charge, simulated)
    middle = float(np.nanmedian(fit.gain))
    if not 1 / LARGEST_RATIO <= middle <= LARGEST_RATIO:
        raise ValueError(
            f"gain_map: the median gain is {middle:.3g}, relative to the response; check "
            "`electrons_per_charge` and `columns.charge` of the measured source, and whether the "
            "energies are the same"
        )
    logger.info(
        "gains of %d pixels, rms %.3g, median error %.2g",
        *(len(fit.covariance), np.nanstd(fit.gain), np.nanmedian(fit.errors)),
    )
    return {"table": fit.table()}
