"""The gain map as a step of the workflow, from files."""

import numpy as np
import pandas as pd
import pytest
from helpers.made_clouds import clouds
from helpers.made_hits import hits_part

from pipeline.gas.config.gain_map import GainMap
from pipeline.gas.config.hits import Hits
from pipeline.gas.config.response import Response
from pipeline.gas.config.voxels import Grid
from pipeline.gas.hits.gain_map import from_files, measured_cells
from pipeline.gas.hits.table import HitBatch
from pipeline.gas.response.pixels import Pixels, lit
from pipeline.gas.response.respond import drift_electrons, reported
from pipeline.gas.tracks.table import write_tracks

GRID = Grid(bins=30, voxel_um=500)
SHAPE, CORNER_UM = (3, 3), (-2000.0, 7000.0)
RESPONSE = Response.model_validate(
    {"gain": {"relative_rms": 0.5}, "diffusion": {"constant_transverse": 300}}
)
SETTINGS = GainMap.model_validate(
    {"data": "run7", "simulated": ["made"], "response": RESPONSE, "margin": 1, "views": 3}
    | {"pixels": SHAPE, "corner_um": CORNER_UM}
)


def hits(gains, events=600):
    """A table of hits at the middles of pixels."""
    rng, tracks = np.random.default_rng(1), clouds(events, 40, 500, 1)
    pixels = Pixels(gains, lit(SHAPE, 1, events, rng))
    drifted = drift_electrons(tracks.electrons, RESPONSE, rng)
    cells, _ = reported(drifted, tracks.offsets, rng.random((events, 3)), RESPONSE, GRID, pixels)
    x, y = ((pixels.under(cells) + 0.5) * 500 + CORNER_UM).T
    owner = cells.each(np.arange(events))
    z = cells.index % cells.box * 500.0 + owner
    return pd.DataFrame({"event": owner, "x": x, "y": y, "z": z, "charge": cells.charge})


def test_a_map_from_files(tmp_path):
    gains = 1 + 0.2 * np.array([[1, 0, -1], [0, 1, 0], [-1, 0, 1]])
    files = {name: str(tmp_path / f"{name}.parquet") for name in ("hits", "tracks")}
    hits(gains).to_parquet(files["hits"])
    write_tracks(files["tracks"], [clouds(1000, 40, 500, 2)], {})
    source = {"kind": "hits", "files": [files["hits"]], "columns": {"event": "event"}}
    params = {
        "seed": 1,
        "grid": GRID.plain(),
        "gain_map": SETTINGS.plain(),
        "parts": [hits_part(Hits.model_validate(source), GRID)],
    }
    table = from_files({name: [file] for name, file in files.items()}, params)["table"]
    assert (np.abs(table["gain"] - gains.ravel()) < 4 * table["gain_err"]).all()
    assert (table["gain_err"] < 0.1).all()
    assert table["p_value"].iloc[0] > 1e-3


def test_hits_in_one_cell_add_up_and_those_beside_the_pixels_are_left_out():
    position = np.array([[-1700.0, 7300, 10], [-1600, 7200, 60], [-1700, 7300, 900], [0, 0, 0]])
    unknown = np.full((1, 3), np.nan)
    charge = np.array([1.0, 2, 4, 8])
    batch = HitBatch(np.zeros(1), np.array([0, 4]), position, charge, np.zeros(1), unknown)
    cells, charge = measured_cells([batch], SETTINGS, GRID)
    assert cells.pixel.tolist() == [0, 0]
    assert charge == pytest.approx([3, 4])
