"""Gains of pixels: sums of cells, their slopes, and a map that is known."""

import numpy as np
import pandas as pd
import pytest
import torch
from helpers.made_clouds import clouds

from pipeline.gas.config.response import Response
from pipeline.gas.config.voxels import Grid
from pipeline.gas.response.differentiable import soft_charges
from pipeline.gas.response.gain_map import (
    CONTRAST_CHARGE,
    Gradients,
    fit_gain_map,
    groups,
    pixel_cells,
)
from pipeline.gas.response.pixel_map import read_pixel_map
from pipeline.gas.response.pixels import Pixels, lit
from pipeline.gas.response.respond import drift_electrons, reported

GRID = Grid(bins=30, voxel_um=500)
SHAPE = (4, 3)
RESPONSE = Response.model_validate(
    {
        "diffusion": {"constant_transverse": 300, "constant_longitudinal": 300},
        "gain": {"relative_rms": 0.6},
        "threshold": {"electrons": 1.2},
    }
)


def measured(gains, events, seed, response=RESPONSE):
    """Cells and charges by the simulator."""
    rng = np.random.default_rng(seed)
    return cells_on(Pixels(gains, lit(SHAPE, 1, events, rng)), seed, rng, response)


def cells_on(pixels, seed, rng, response=RESPONSE, first=0):
    """The same of events over these pixels, of which (first, first) has the number 0."""
    events = len(pixels.origin)
    tracks = clouds(events, 60, 600, seed)
    drifted = drift_electrons(tracks.electrons, response, rng)
    hits, _ = reported(drifted, tracks.offsets, rng.random((events, 3)), response, GRID, pixels)
    place = np.column_stack([pixels.under(hits) - first, hits.index % hits.box])
    cells, rows = pixel_cells(hits.each(np.arange(events)), place, SHAPE, events)
    return cells, hits.charge[rows]


def simulated(events=6000, seed=99):
    rng, tracks = np.random.default_rng(seed), clouds(events, 60, 600, seed)
    charges = soft_charges(tracks.electrons, RESPONSE, GRID, rng)
    return Gradients(charges, lit(SHAPE, 1, events, rng), SHAPE)


@pytest.fixture(scope="module")
def simulation():
    return simulated()


def test_sums_of_a_pixel():
    """Pixel (1, 0) has a cell of 4 with one of 2 and one of 1 beside it, and one of 8 above it."""
    place = np.array([[0, 0, 5], [1, 0, 5], [1, 1, 5], [1, 0, 6], [9, 0, 5]])
    cells, rows = pixel_cells(np.zeros(5, np.int64), place, (2, 2), 1)
    assert rows.tolist() == [0, 1, 3, 2]
    charge, ones = torch.tensor([2.0, 4.0, 8.0, 1.0], dtype=torch.float64), torch.ones(4)
    sums = cells.sums(charge, ones.double())
    assert sums[0].tolist() == [2, 0, 12, 1]
    assert float(sums[1, 2]) == pytest.approx(np.log(5) + np.log(9))

    def contrast(charge, near):
        return (charge - near) / (CONTRAST_CHARGE + near)

    beside = 3 / 4
    assert float(sums[2, 2]) == pytest.approx(contrast(4, beside) + contrast(8, 0))
    assert float(sums[3, 2]) == pytest.approx(contrast(4, (beside + 4) / 2) + contrast(8, 1))
    assert cells.by_event(charge, ones).reshape(4, 4) == pytest.approx(sums.numpy())


def test_pixels_of_a_group_share_no_pixel_beside_them():
    found = groups(SHAPE)
    assert sorted(np.concatenate([members for members, _ in found])) == list(range(12))
    for members, (first, second) in found:
        assert len(set(second)) == len(second)
        assert set(first) == set(members)


def test_slopes_are_those_of_finite_differences(simulation):
    """Of one pixel in the middle, for its own sums and for the contrast of one beside it."""
    gain, pixel, beside = np.random.default_rng(1).normal(1, 0.1, 12), 4, 7
    slopes = simulation.slopes(gain)
    step = 0.1 * (np.arange(12) == pixel)
    rise = (simulation.by_event(gain + step).mean(axis=0)) - simulation.by_event(gain - step).mean(
        axis=0
    )
    for row in (pixel, 12 + pixel, 24 + pixel, 36 + pixel, 24 + beside):
        assert slopes[row, pixel] == pytest.approx(rise[row] / 0.2, rel=0.1)
    far = [0, 2, 11]
    assert not slopes[[24 + i for i in far], pixel].any()


def test_a_known_map_is_found_with_pulls_of_unit_width(simulation):
    pulls = []
    for seed in range(6):
        gains = np.random.default_rng(seed).normal(1, 0.1, SHAPE)
        fit = fit_gain_map(*measured(gains, 500, 1000 + seed), simulation)
        pulls.append((fit.gain - gains.ravel()) / fit.errors)
        assert (fit.errors < 0.1).all()
        assert fit.table()["p_value"].iloc[0] > 1e-3
    assert 0.8 < np.std(pulls) < 1.2
    assert abs(np.mean(pulls)) < 4 / np.sqrt(72)


def test_the_map_of_a_response_is_found(simulation, tmp_path):
    """The file lists the margin as well, without gains: events lie over it, and it has gain 1."""
    file, gains = tmp_path / "map.csv", np.random.default_rng(7).normal(1, 0.15, SHAPE)
    x, y = np.divmod(np.arange(6 * 5), 5)
    table = pd.DataFrame({"pixel_x": x, "pixel_y": y, "gain": np.pad(gains, 1).ravel()})
    table.replace({"gain": {0: np.nan}}).to_csv(file, index=False)
    rng = np.random.default_rng(8)
    pixels = read_pixel_map(file).under_events(1500, rng)
    fit = fit_gain_map(*cells_on(pixels, 8, rng, first=1), simulation)
    assert (fit.errors < 0.06).all()
    assert (np.abs(fit.gain - gains.ravel()) < 4 * fit.errors).all()
    assert fit.table()["p_value"].iloc[0] > 1e-3
    # The table of the fit is such a file.
    fit.table().to_csv(file, index=False)
    assert read_pixel_map(file).gain.ravel() == pytest.approx(fit.gain)


def test_a_dead_pixel_has_no_gain(simulation):
    gains = np.ones(SHAPE)
    gains[2, 2] = 0
    table = (
        fit_gain_map(*measured(gains, 800, 3), simulation).table().set_index(["pixel_x", "pixel_y"])
    )
    assert np.isnan(table.loc[(2, 2), "gain"])
    assert table["gain"].isna().sum() == 1
    assert (np.abs(table["gain"] - 1) < 4 * table["gain_err"]).sum() == 11


def test_data_of_another_response_have_a_bad_chi_squared(simulation):
    other = RESPONSE.replaced({"gain.relative_rms": 0.9})
    fit = fit_gain_map(*measured(np.ones(SHAPE), 800, 3, other), simulation)
    assert fit.table()["p_value"].iloc[0] < 1e-3


def test_too_little_is_said(simulation):
    with pytest.raises(ValueError, match="no pixel has 50 hits"):
        fit_gain_map(*measured(np.ones(SHAPE), 10, 3), simulation)
    with pytest.raises(ValueError, match=r"simulated events on the pixels; .* need 192"):
        fit_gain_map(*measured(np.ones(SHAPE), 800, 3), simulated(100))
