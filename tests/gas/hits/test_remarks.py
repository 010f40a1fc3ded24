"""Remarks on networks that were not trained for the voxels of measured events."""

import numpy as np
import pytest
from helpers.made_networks import CONDITIONS, make_folder
from helpers.made_predictions import around_z

from pipeline.gas.config.card import read_card
from pipeline.gas.config.voxels import Grid
from pipeline.gas.evaluation.conditions import of_measured
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


@pytest.mark.parametrize("column", ["electrons", "occupied_voxels"])
@pytest.mark.parametrize("factor", [10, 0.1])
def test_a_wrong_unit_is_told_where_nothing_is_simulated(tmp_path, column, factor):
    """Charge in counts of an ADC, or a wrong length: out of the range of the card."""
    ranges = {
        "electrons": {"low": 1100, "high": 1500},
        "voxels": {"low": 250, "high": 900},
    }
    card = read_card(make_folder(tmp_path / "UNet", conditions={**CONDITIONS, **ranges}))
    events = around_z(np.full(50, 0.9)).assign(
        energy_keV=np.nan, electrons=1300.0, occupied_voxels=500
    )
    assert of_measured(card, Grid(), 2, events) == ""
    wrong = events.assign(**{column: factor * events[column]})
    remark = of_measured(card, Grid(), 2, wrong)
    what = {"electrons": "electrons", "occupied_voxels": "voxels"}[column]
    assert remark.startswith(f"100 % of the events have a number of {what} outside of")
    assert remark.endswith(
        "check `electrons_per_charge` and `length_unit` of the source, and the energy"
    )
