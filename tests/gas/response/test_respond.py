"""The whole response: conservation of charge, order of the steps, equal random numbers."""

import numpy as np
import pytest
from scipy import stats

from pipeline.gas.config.response import Response
from pipeline.gas.config.voxels import Grid
from pipeline.gas.response.respond import respond
from pipeline.gas.tracks.table import Electrons

GRID = Grid(bins=40, voxel_um=500)


def electrons(events=200, each=300, length_um=2e3):
    rng = np.random.default_rng(3)
    positions = rng.normal(0, length_um, (events * each, 3)).astype(np.float32)
    return positions, np.arange(0, events * each + 1, each)


def measured(keys, grid=GRID, seed=1, data=None, vary=False):
    response = Response.model_validate(keys)
    rng = np.random.Generator(np.random.SFC64(seed))
    return respond(Electrons(*(data or electrons())), response, grid, rng, vary=vary)


def events_of(readout, values):
    return np.split(values, readout.offsets[1:-1], axis=0)


def test_a_perfect_readout_keeps_every_electron():
    readout = measured({})
    assert readout.contained.all()
    assert [float(charge.sum()) for charge in events_of(readout, readout.charge)] == [300] * 200
    assert (readout.charge % 1 == 0).all()


def test_cells_are_sorted_and_hit_once():
    readout = measured({"noise_hits": 100})
    assert all((np.diff(cells) > 0).all() for cells in events_of(readout, readout.voxels))


def test_the_mean_of_the_charge_is_at_the_centre():
    readout = measured({"gain": {"relative_rms": 1}, "threshold": {"electrons": 1}})
    place = np.stack(np.unravel_index(readout.voxels, (40, 40, 40)), axis=1) + 0.5
    for cells, charge in zip(
        events_of(readout, place), events_of(readout, readout.charge), strict=True
    ):
        assert (np.abs(np.average(cells, axis=0, weights=charge) - 20) <= 0.5).all()


def test_the_origin_keeps_its_place_in_the_track():
    """All electrons in the origin: it lies in the only cell that is hit."""
    positions, offsets = np.zeros((50, 3), np.float32), np.arange(0, 51, 5)
    readout = measured({}, data=(positions, offsets))
    cell = np.stack(np.unravel_index(readout.voxels, (40, 40, 40)), axis=1)
    assert (np.floor(readout.origin) == cell).all()
    assert len(np.unique(readout.origin % 1)) == 30


def test_the_threshold_acts_on_the_integrated_sum():
    """Two electrons 1 mm apart in one pixel pass a threshold of 1.5 together, not singly."""
    positions, offsets = np.array([[0, 0, -500], [0, 0, 500]], np.float32), np.array([0, 2])
    threshold = {"threshold": {"electrons": 1.5}}
    apart = measured(threshold, data=(positions, offsets))
    assert len(apart.charge) == 0
    assert apart.contained.all()
    together = measured({**threshold, "integrate_mm": 4}, data=(positions, offsets))
    assert together.charge.tolist() == [2]


def test_a_threshold_that_opens_the_window_acts_on_a_single_cell():
    """Two electrons 1 mm apart: neither opens a window; with two in the first cell, all count."""
    keys = {"threshold": {"electrons": 1.5}, "integrate_mm": 4, "integrate_from": "threshold"}
    far, near = np.array([[0, 0, -500], [0, 0, 500]], np.float32), np.array([[0, 0, -500]])
    assert len(measured(keys, data=(far, np.array([0, 2]))).charge) == 0
    three = np.concatenate([near, far]).astype(np.float32)
    assert measured(keys, data=(three, np.array([0, 3]))).charge.tolist() == [3]


def test_a_readout_without_z_lies_in_one_layer():
    readout = measured({"integrate_mm": "all", "noise_hits": 5})
    assert len(np.unique(readout.voxels % 40)) == 1


def test_number_of_noise_hits_and_their_charge():
    """A track of 50 electrons in one place; noise hits have a cell each, most of them alone."""
    one = (np.zeros((50_000, 3), np.float32), np.arange(0, 50_001, 50))
    readout = measured({"noise_hits": 3, "threshold": {"electrons": 0.8}}, data=one)
    hits = np.diff(readout.offsets)[readout.contained] - 1
    assert readout.contained.mean() > 0.95
    assert hits.mean() == pytest.approx(3, abs=5 * (3 / 1000) ** 0.5)
    assert set(readout.charge) <= {1.0, 2.0, 50.0, 51.0}
    above = measured({"noise_hits": 3, "threshold": {"electrons": 1.8}}, data=one)
    assert set(above.charge) <= {np.float32(1.8), np.float32(3.6), 50.0, np.float32(51.8)}


def test_noise_hits_have_the_avalanches_above_the_threshold():
    """Of an exponential avalanche, the charge above any threshold is exponential too.

    Beside them each event has a track of 1000 electrons in one cell.
    """
    one = (np.zeros((1_000_000, 3), np.float32), np.arange(0, 1_000_001, 1000))
    keys = {"noise_hits": 9, "threshold": {"electrons": 1.2}, "gain": {"relative_rms": 1}}
    readout = measured(keys, data=one)
    noise = readout.charge[readout.charge < 500]
    assert len(noise) == pytest.approx(9 * readout.contained.sum(), abs=400)
    assert readout.contained.mean() > 0.95
    assert stats.kstest(noise - 1.2, "expon").pvalue > 1e-3


def test_share_of_charge_after_attachment():
    readout = measured({"drift_cm": 12, "attachment_per_cm": 0.05})
    share = readout.charge.sum() / 60_000
    # Electrons drift between 11 and 13 cm; the mean of the exponential is 1 + (0.05 * 0.2)^2 / 2.
    assert share == pytest.approx(np.exp(-0.6), abs=4 * (0.25 / 60_000) ** 0.5)


def test_sigma_is_the_diffusion_at_the_drawn_length():
    keys = {"drift_cm": {"low": 4, "high": 9}, "diffusion": {"transverse": 100}}
    sigma_um = measured(keys).sigma_um
    assert (sigma_um >= 200).all()
    assert (sigma_um <= 300).all()
    assert len(np.unique(sigma_um)) == 200


def test_equal_generators_give_equal_readouts_and_others_do_not():
    keys = {"gain": {"relative_rms": 1}, "noise_hits": 2, "diffusion": {"constant_transverse": 300}}
    first, again, other = measured(keys), measured(keys), measured(keys, seed=2)
    assert first.charge.tobytes() == again.charge.tobytes()
    assert first.voxels.tobytes() == again.voxels.tobytes()
    assert first.charge.tobytes() != other.charge.tobytes()


def test_a_later_step_does_not_change_the_numbers_of_an_earlier_one():
    keys = {"gain": {"relative_rms": 0.7}, "diffusion": {"constant_transverse": 300}}
    low, high = (measured({**keys, "threshold": {"electrons": t}}) for t in (0.5, 0.6))
    assert set(high.charge) < set(low.charge)


def test_training_events_draw_what_varies_and_test_events_do_not():
    keys = {"vary": {"threshold.electrons": [0, 1]}, "gain": {"relative_rms": 1}}
    varied = measured(keys, vary=True)
    smallest = [charge.min() for charge in events_of(varied, varied.charge)]
    assert np.quantile(smallest, [0.25, 0.5, 0.75]) == pytest.approx([0.25, 0.5, 0.75], abs=0.1)
    plain = measured({"gain": {"relative_rms": 1}})
    assert measured(keys).charge.tobytes() == plain.charge.tobytes()


def test_events_beyond_the_grid_are_not_contained():
    positions = np.array([[0, 0, 0], [0, 0, 3e4], [0, 0, 0], [0, 0, 1e3]], np.float32)
    readout = measured({}, data=(positions, np.array([0, 2, 4])))
    assert readout.contained.tolist() == [False, True]
    assert readout.offsets.tolist() == [0, 0, 2]


def test_all_reported_charges_are_digitised():
    """A noise hit in a cell that is hit already makes a sum, which is digitised too."""
    digits = {"charge_bits": 3, "charge_step": 0.5}
    readout = measured({"noise_hits": 100, "gain": {"relative_rms": 1}, **digits})
    assert set(readout.charge) == {0.25 + 0.5 * level for level in range(8)}
