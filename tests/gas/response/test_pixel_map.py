"""A detector's own pixels: the file of their gains, and events over them."""

import logging

import numpy as np
import pandas as pd
import pytest

from pipeline.gas.config.response import Response
from pipeline.gas.config.voxels import Grid
from pipeline.gas.response.cells import Cells, flat_index
from pipeline.gas.response.pixel_map import read_pixel_map
from pipeline.gas.response.respond import respond
from pipeline.gas.tracks.table import Electrons

GRID = Grid(bins=40, voxel_um=500)
TABLE = pd.DataFrame(
    {"pixel_x": [3, 3, 4, 5], "pixel_y": [0, 1, 1, 0], "gain": [0.8, 1.1, np.nan, 1.3]}
)


@pytest.fixture
def file(tmp_path):
    """A map of four of the six pixels of a rectangle, one of them of unknown gain."""
    path = tmp_path / "map.csv"
    TABLE.to_csv(path, index=False)
    return path


def respond_with(positions, offsets, **gain):
    keys = {"gain": {"relative_rms": 0.5, **gain}, "threshold": {"electrons": 0.7, "rms": 0.1}}
    response = Response.model_validate({**keys, "noise_hits": 4})
    return respond(Electrons(positions, offsets), response, GRID, np.random.default_rng(5))


def test_a_map_is_read_from_csv_and_parquet(file, tmp_path):
    expected = [[0.8, 1.1], [np.nan, np.nan], [1.3, np.nan]]
    TABLE.to_parquet(tmp_path / "map.parquet")
    TABLE.to_csv(tmp_path / "semicolons.csv", index=False, sep=";")
    for path in (file, tmp_path / "map.parquet", tmp_path / "semicolons.csv"):
        found = read_pixel_map(path)
        assert np.array_equal(found.gain, expected, equal_nan=True)
        assert found.listed.tolist() == [[0, 0], [0, 1], [1, 1], [2, 0]]


def test_a_changed_file_is_read_again(file):
    assert read_pixel_map(file) is read_pixel_map(file)
    before = read_pixel_map(file)
    TABLE.assign(gain=2.0).to_csv(file, index=False)
    assert np.nanmax(before.gain) == 1.3
    assert np.nanmin(read_pixel_map(file).gain) == 2


def test_events_lie_evenly_over_the_pixels_of_the_file(file):
    pixels = read_pixel_map(file).under_events(4000, np.random.default_rng(1))
    places, number = np.unique(pixels.origin, axis=0, return_counts=True)
    assert places.tolist() == [[0, 0], [0, 1], [1, 1], [2, 0]]
    assert np.abs(number - 1000).max() < 5 * np.sqrt(1000)


def test_the_gain_is_1_where_it_is_not_known_and_the_share_of_such_charge_is_told(file, caplog):
    known = read_pixel_map(file)
    pixels = known.under_events(1, np.random.default_rng(1))
    # The six pixels of the rectangle, and two beside it.
    place = np.array([[0, 0], [0, 1], [1, 0], [1, 1], [2, 0], [2, 1], [-1, 0], [0, 2]])
    index = flat_index(np.column_stack([place + 4 - pixels.origin, np.zeros(8, int)]), 8)
    cells = Cells(index, np.arange(1.0, 9), np.array([0, 8]), 8)
    assert pixels.gains(cells).tolist() == [0.8, 1.1, 1, 1, 1.3, 1, 1, 1]
    assert known.known_share(cells, pixels) == pytest.approx((1 + 2 + 5) / 36)
    caplog.set_level(logging.INFO)
    for _ in range(2):
        known.log_share(cells, pixels)
    (record,) = caplog.records
    assert "3 gains, mean 1.07, rms 0.21; 78 % of the charge lies beside them" in record.message


def test_a_cell_has_the_charge_of_its_electrons_times_the_gain_of_a_pixel(file):
    """All five electrons of an event are in one cell, which lies evenly over the pixels."""
    n = 4000
    response = Response.model_validate({"gain": {"map": str(file)}})
    electrons = Electrons(np.zeros((5 * n, 3), np.float32), np.arange(n + 1) * 5)
    readout = respond(electrons, response, GRID, np.random.default_rng(2))
    gains, number = np.unique(readout.charge / 5, return_counts=True)
    assert gains == pytest.approx([0.8, 1, 1.1, 1.3])
    assert np.abs(number - n / 4).max() < 5 * np.sqrt(n / 4)


def test_the_charge_of_an_event_lies_over_pixels_beside_each_other(tmp_path):
    """Electrons three pixels apart along x, on a map with a gain for each column of pixels."""
    file, x = tmp_path / "map.csv", np.arange(50)
    table = pd.DataFrame({"pixel_x": x, "pixel_y": 0, "gain": 1.01**x})
    table.to_csv(file, index=False)
    n = 300
    positions = np.tile(np.array([[0, 0, 0], [1500, 0, 0]], np.float32), (n, 1))
    response = Response.model_validate({"gain": {"map": str(file)}})
    electrons = Electrons(positions, np.arange(n + 1) * 2)
    readout = respond(electrons, response, GRID, np.random.default_rng(2))
    first, last = readout.charge.reshape(n, 2).T
    on = (first > 1) & (last > 1)
    assert on.sum() > 0.8 * n
    assert (last / first)[on] == pytest.approx(1.01**3, rel=1e-5)


def test_a_map_of_ones_changes_no_bit(file):
    rng = np.random.default_rng(3)
    positions = rng.normal(0, 2e3, (200 * 300, 3)).astype(np.float32)
    TABLE.assign(gain=1).to_csv(file, index=False)
    offsets = np.arange(0, 200 * 300 + 1, 300)
    without, having = (respond_with(positions, offsets, **g) for g in ({}, {"map": str(file)}))
    for name in ("offsets", "voxels", "charge", "contained", "origin", "sigma_um"):
        assert np.array_equal(getattr(without, name), getattr(having, name))
    TABLE.assign(gain=1.1).to_csv(file, index=False)
    other = respond_with(positions, offsets, map=str(file))
    assert other.charge.sum() > without.charge.sum()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (TABLE.drop(columns="gain"), r"map.csv: .* with the columns pixel_x,pixel_y,gain .*'gain'"),
        (TABLE.assign(gain="high"), r"map.csv: expected a table of numbers"),
        (TABLE.assign(gain=0.0), r"map.csv: the map of gains has gains that are not above 0"),
        (TABLE.assign(gain=np.inf), r"gains that are not above 0"),
        (TABLE.assign(gain=np.nan), r"no gain"),
        (TABLE.iloc[:0], r"no gain"),
        (TABLE.assign(pixel_x=TABLE["pixel_x"] * 500), r"whole numbers of pixels"),
        (TABLE.assign(pixel_y=TABLE["pixel_y"] + 0.5), r"whole numbers of pixels"),
        (TABLE.assign(pixel_y=np.nan), r"whole numbers of pixels"),
        (pd.concat([TABLE, TABLE]), r"two rows of one pixel"),
    ],
)
def test_files_that_are_no_map(file, table, message):
    table.to_csv(file, index=False)
    with pytest.raises(ValueError, match=message):
        read_pixel_map(file)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.csv"):
        read_pixel_map(tmp_path / "none.csv")
