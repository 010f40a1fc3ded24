"""One recoil at each stage of the processing, for figures."""

from copy import deepcopy

import numpy as np
import pandas as pd

from pipeline.core.seeds import generator
from pipeline.core.tables import Inputs, Params
from pipeline.gas.config.response import Response
from pipeline.gas.config.voxels import Grid, Smearing
from pipeline.gas.response.fitted import read_fitted
from pipeline.gas.response.respond import drift_electrons
from pipeline.gas.tracks.table import TrackBatch, read_tracks
from pipeline.gas.voxels.binning import draw_motion, random_rotations, rotate_and_smear
from pipeline.gas.voxels.shards import VoxelBatch, voxel_centres
from pipeline.gas.voxels.views import make_views

RAW, SMEARED, VOXELS = "ionisation electrons", "rotated, smeared, centred", "voxels"
DRIFTED = "rotated, drifted, centred"


def track_stages(
    tracks: TrackBatch, grid: Grid, readout: Smearing | Response, rng: np.random.Generator
) -> pd.DataFrame:
    """The first track of the batch that the grid contains, at every stage of `make_views`.

    Returns:
        One row per ionisation electron (stages `RAW`, and `SMEARED` or `DRIFTED`) or occupied
        voxel (`VOXELS`, position of its centre). Columns: stage, x_mm, y_mm, z_mm, count (of
        electrons, or the measured charge) and, equal in all rows of a stage, the true start_x_mm,
        start_y_mm, start_z_mm and direction_x, _y, _z, event_id, energy_keV, sigma_um and
        voxel_mm. Positions are relative to the origin of the source in `RAW`, and to the grid's
        centre in the other stages.

    Raises:
        ValueError: the grid contains none of the tracks.
    """
    for event in range(len(tracks)):
        track = tracks.take(np.array([event]))
        before = deepcopy(rng)
        batch, _ = make_views(track, "", grid, readout, rng)
        if len(batch):
            voxels = _voxels(batch, grid)
            if isinstance(readout, Response):
                moved = _drifted(track, readout, before, voxels)
            else:
                moved = _smeared(track, readout, before)
            return pd.concat(
                [_raw(track), moved, voxels],
                ignore_index=True,
            ).assign(
                event_id=batch.event_id[0],
                energy_keV=batch.energy_keV[0],
                sigma_um=batch.sigma_um[0],
                voxel_mm=np.mean(grid.cell_um) * 1e-3,
            )
    raise ValueError(
        f"none of {len(tracks)} tracks fits into the grid of {grid.width_text}; "
        "provide more tracks or enlarge `grid`"
    )


def _raw(track: TrackBatch) -> pd.DataFrame:
    return _stage(RAW, track.positions_um * 1e-3, 1, track.start_um[0] * 1e-3, track.direction[0])


def _smeared(track: TrackBatch, smearing: Smearing, rng: np.random.Generator) -> pd.DataFrame:
    """The smeared electrons that `bin_tracks` bins if given the same random numbers."""
    sigma_um, rotation = draw_motion(1, smearing, rng)
    moved = np.empty(track.positions_um.shape)
    centre = rotate_and_smear(track.positions_um, rotation[0], sigma_um[0], rng, moved)
    start = rotation[0] @ track.start_um[0] - centre
    return _stage(
        SMEARED, (moved - centre) * 1e-3, 1, start * 1e-3, rotation[0] @ track.direction[0]
    )


def _drifted(
    track: TrackBatch, response: Response, rng: np.random.Generator, voxels: pd.DataFrame
) -> pd.DataFrame:
    """The electrons at the readout that `make_views` counts if given the same random numbers."""
    rotation = random_rotations(1, rng)
    drifted = drift_electrons(track.electrons, response, rng, rotation, vary=True)
    start_mm = voxels[[f"start_{a}_mm" for a in "xyz"]].to_numpy()[0]
    # Of the mean of the electrons before diffusion, from the grid's centre.
    mean_mm = start_mm - (rotation[0] @ track.start_um[0] - drifted.centre_um[0]) * 1e-3
    moved_mm = drifted.moved_um[drifted.arrived] * 1e-3 + mean_mm
    return _stage(DRIFTED, moved_mm, 1, start_mm, rotation[0] @ track.direction[0])


def _voxels(batch: VoxelBatch, grid: Grid) -> pd.DataFrame:
    voxel_mm = np.array(grid.cell_um) * 1e-3
    half = 0.5 * grid.bins
    centres = (voxel_centres(batch.voxels, grid.bins) - half) * voxel_mm
    start = (batch.start[0] - half) * voxel_mm
    return _stage(VOXELS, centres, batch.counts, start, batch.direction[0])


def _stage(
    name: str,
    positions_mm: np.ndarray,
    count: int | np.ndarray,
    start_mm: np.ndarray,
    direction: np.ndarray,
) -> pd.DataFrame:
    columns: dict[str, object] = {"stage": name}
    columns |= {f"{a}_mm": positions_mm[:, i].astype(np.float64) for i, a in enumerate("xyz")}
    columns |= {"count": count}
    columns |= {f"start_{a}_mm": float(start_mm[i]) for i, a in enumerate("xyz")}
    columns |= {f"direction_{a}": float(direction[i]) for i, a in enumerate("xyz")}
    table = pd.DataFrame(columns)
    charge = table["count"].to_numpy().dtype.kind == "f"
    return table.astype({"count": np.float64 if charge else np.int64})


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """One recoil of the first tracks of a source at each stage of the processing."""
    stages = track_stages(
        next(batch for path in inputs["tracks"] for batch in read_tracks(path)),
        Grid.model_validate(params["grid"]),
        read_fitted(params, inputs["fitted"]),
        generator(params["seed"], "stages", params["source"]),
    )
    return {"table": stages}
