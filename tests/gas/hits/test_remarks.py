"""Remarks on networks that were not trained for the voxels of measured events."""

import numpy as np
import pytest
from helpers.made_networks import make_folder
from helpers.made_predictions import around_z

from pipeline.gas.config.card import read_card
from pipeline.gas.hits.directions import from_files
from pipeline.statistics.directional.predictions import write_predictions


@pytest.fixture
def remarks(tmp_path):
    """(grid, frames) -> the remarks of a network from a folder, and of one of the study."""
    card = read_card(make_folder(tmp_path / "nets" / "UNet"))
    files = [tmp_path / "run7" / f"{name}.parquet" for name in ("UNet", "mine")]
    files[0].parent.mkdir()
    for file in files:
        write_predictions(file, around_z(np.full(50, 0.9)))

    def find(grid, frames):
        params = {"grid": grid, "cards": {"UNet": card.plain()}, "frames": {"UNet": frames}}
        summary = from_files({"predictions": list(map(str, files))}, params)["summary"]
        return list(summary["network_remark"])

    return find


def test_a_network_on_its_own_voxels_has_no_remark(remarks):
    assert remarks({}, 2) == ["", ""]


def test_other_voxels_and_frames_are_told(remarks, caplog):
    grid, frames = (
        "the grid is 120^3 voxels of 55 um, trained on 120^3 voxels of 500 um",
        "predicted in 4 frames, its factor on kappa is for 2",
    )
    assert remarks({"voxel_um": 55}, 4) == [f"{grid}; {frames}", ""]
    assert f"UNet on run7, outside its card: {grid}; {frames}" in caplog.text
