"""Spread of avalanches: charge is conserved, its second moments are those of the Gaussian."""

import numpy as np
import pytest
from scipy import special

from pipeline.gas.config.response import Response
from pipeline.gas.config.voxels import Grid
from pipeline.gas.response import respond as module
from pipeline.gas.response.cells import Cells, flat_index
from pipeline.gas.response.respond import respond
from pipeline.gas.response.spread import parts_of_a_cell, spread
from pipeline.gas.tracks.table import Electrons

CELL_UM = (250.0, 50.0, 252.0)
SPREAD_UM = (118.0, 118.0, 266.0)
GRID = Grid(bins=160, voxel_um=CELL_UM)
KEYS = {"gain": {"spread_um": {"transverse": 118, "longitudinal": 266}}}


def measured(keys, data, grid=GRID):
    rng = np.random.Generator(np.random.SFC64(1))
    return respond(Electrons(*data), Response.model_validate(keys), grid, rng)


def one_electron_each(n):
    return np.zeros((n, 3), np.float32), np.arange(n + 1)


def tracks(n=20, each=40):
    positions = np.random.default_rng(2).normal(0, 500, (n * each, 3)).astype(np.float32)
    return positions, np.arange(0, n * each + 1, each)


def test_an_electron_in_the_middle_of_a_cell_leaves_a_product_of_error_functions():
    """9 % in its own cell, with the constant diffusion of BEAST's gaps."""
    middle = Cells(flat_index(np.array([[10, 10, 10]]), 21), np.ones(1), np.array([0, 1]), 21)
    # An odd number of parts has one in the middle.
    fine = Cells(flat_index(np.array([[52, 52, 52]]), 105), np.ones(1), np.array([0, 1]), 105)
    sigma_um = (118.0, 118.0, 105.0)
    shared = spread(fine, 5, sigma_um, CELL_UM)
    own = shared.charge[shared.index == middle.index].item()
    half = np.array(CELL_UM) / (2 * np.sqrt(2) * np.array(sigma_um))
    assert own == pytest.approx(special.erf(half).prod(), rel=0.02)
    assert own == pytest.approx(0.092, abs=0.002)


def test_shares_are_those_of_sampled_electrons():
    """Electrons evenly in one part of a cell, each moved by its own Gaussian."""
    parts, n, rng = 3, 400_000, np.random.default_rng(3)
    assert parts == parts_of_a_cell(SPREAD_UM, CELL_UM)
    part = np.array([31, 30, 32])
    fine = Cells(flat_index(part[None], 63), np.array([7.0]), np.array([0, 1]), 63)
    shared = spread(fine, parts, SPREAD_UM, CELL_UM)
    places = (part + rng.random((n, 3))) / parts * CELL_UM + rng.normal(0, SPREAD_UM, (n, 3))
    cells = flat_index((places // CELL_UM).astype(int), 21)
    sampled = np.bincount(cells, minlength=21**3)[shared.index] / n
    error = np.sqrt(np.maximum(sampled, 1e-6) / n)
    assert (np.abs(shared.charge / 7 - sampled) < 5 * error + 5e-4).all()
    assert np.abs(shared.charge / 7 - sampled).sum() < 0.06


def test_the_charge_of_every_event_is_conserved():
    plain, wide = (measured(keys, tracks()) for keys in ({}, KEYS))
    assert len(wide.charge) > 20 * len(plain.charge)
    sums = np.add.reduceat(wide.charge.astype(float), wide.offsets[:-1])
    assert sums == pytest.approx(np.full(20, 40.0), rel=1e-5)
    assert wide.contained.all()


@pytest.mark.parametrize(
    ("cell_um", "spread_um"),
    [(CELL_UM, (118, 266)), ((500, 500, 500), (350, 260)), ((500, 500, 500), (40, 0))],
)
def test_second_moments_are_those_of_the_spread_and_of_a_cell(cell_um, spread_um):
    """sigma^2 + edge^2 / 12 about the electron, in the mean over its places in a cell."""
    across, along = spread_um
    keys = {"gain": {"spread_um": {"transverse": across, "longitudinal": along}}}
    n = 2000
    seen = measured(keys, one_electron_each(n), Grid(bins=80, voxel_um=cell_um))
    place = np.stack(np.unravel_index(seen.voxels, (80, 80, 80)), axis=1) + 0.5
    lengths = np.diff(seen.offsets)
    away = (place - np.repeat(seen.origin, lengths, axis=0)) * cell_um
    moments = np.add.reduceat(seen.charge[:, None] * away**2, seen.offsets[:-1])
    expected = np.array([across, across, along]) ** 2 + np.array(cell_um) ** 2 / 12
    error = moments.std(axis=0) / n**0.5
    assert (np.abs(moments.mean(axis=0) - expected) < 4 * error + 2e-3 * expected).all()
    assert (seen.sigma_um == across).all()


def test_the_mean_charge_is_where_the_electron_is():
    seen = measured(KEYS, one_electron_each(500))
    place = np.stack(np.unravel_index(seen.voxels, (160, 160, 160)), axis=1) + 0.5
    means = np.add.reduceat(seen.charge[:, None] * place, seen.offsets[:-1])
    away_um = (means - seen.origin) * CELL_UM
    assert (np.abs(away_um.mean(axis=0)) < 4 * away_um.std(axis=0) / 500**0.5).all()


def test_a_camera_does_not_see_the_spread_along_the_drift():
    flat, wide = (
        measured({"gain": {"spread_um": s}, "integrate_mm": "all"}, tracks(), Grid(bins=80))
        for s in ({"transverse": 300}, {"transverse": 300, "longitudinal": 900})
    )
    assert wide.charge.tobytes() == flat.charge.tobytes()


def test_events_are_spread_some_at_a_time_with_the_same_result(monkeypatch):
    keys = {
        "gain": {**KEYS["gain"], "relative_rms": 1, "pixel_spread": 0.1},
        "threshold": {"electrons": 0.1, "rms": 0.02},
        "vary": {"threshold.electrons": [0.1, 0.2]},
    }
    found = []
    for events in (3, 100):
        monkeypatch.setattr(module, "SPREAD_EVENTS", events)
        found.append(measured(keys, tracks()))
    assert found[0].charge.tobytes() == found[1].charge.tobytes()
    assert found[0].voxels.tobytes() == found[1].voxels.tobytes()
