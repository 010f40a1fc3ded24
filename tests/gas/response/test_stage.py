"""The fit of a response as a step of the workflow, from files."""

import numpy as np
import pytest
from helpers.made_tracks import along_z

from pipeline.gas.config.detector import DetectorFit
from pipeline.gas.config.response import Response
from pipeline.gas.config.voxels import Grid
from pipeline.gas.response.stage import from_files
from pipeline.gas.tracks.table import write_tracks
from pipeline.gas.voxels.shards import write_shard
from pipeline.gas.voxels.views import make_views

GRID = Grid(bins=60)
NAME = "diffusion.constant_transverse"
EVENTS, ELECTRONS = 250, 60


def clouds(seed):
    positions = np.random.default_rng(seed).normal(0, 800, (EVENTS * ELECTRONS, 3))
    return along_z(np.arange(EVENTS + 1) * ELECTRONS, positions)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    """Charges measured with a sigma of 700 um, and tracks to simulate."""
    folder = tmp_path_factory.mktemp("fit")
    response = Response().replaced({NAME: 700.0})
    seen, _ = make_views(clouds(1), "made", GRID, response, np.random.default_rng(3))
    write_shard(folder / "shard.parquet", [seen], GRID.bins, GRID.voxel_um, "axis")
    write_tracks(folder / "tracks.parquet", [clouds(2)], {})
    return {name: [str(folder / f"{name}.parquet")] for name in ("shard", "tracks")}


def fitted(inputs, **keys):
    settings = DetectorFit(
        data="run7",
        simulated=["made"],
        response=Response().replaced({NAME: 500.0}),
        parameters={NAME: (200.0, 1500.0)},
        **keys,
    )
    files = {"shards": inputs["shard"], "tracks": inputs["tracks"]}
    return from_files(files, {"seed": 1, "grid": GRID.plain(), "fit": settings.plain()})


def test_tables_of_a_fit(inputs):
    tables = fitted(inputs)
    (row,) = tables["parameters"].itertuples()
    assert abs(row.value - 700) < 4 * row.value_err
    assert row.value_err < 20
    assert tables["correlation"].empty
    assert (tables["moments"]["pull_after"].abs() < 4).all()


def test_a_stated_energy_is_that_of_the_data(inputs):
    with pytest.raises(ValueError, match="the data have 40 keV and the simulated tracks 50 keV"):
        fitted(inputs, energy_keV=40.0)
