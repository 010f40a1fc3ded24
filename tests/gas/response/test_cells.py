"""Counting of electrons in cells, centring and merging."""

import numpy as np
import pytest

from pipeline.gas.response.cells import Cells, centred, counted, flat_index, joined, merged

BOX = 16
UM = np.array([500.0, 50.0, 250.0])


def count(positions, lengths, arrived=None, phase=(0.5, 0.5, 0.5)):
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    mask = np.ones(len(positions), bool) if arrived is None else np.array(arrived)
    phases = np.tile(phase, (len(lengths), 1))
    return counted(np.asarray(positions, float), mask, offsets, phases, UM, BOX)


def test_cells_may_have_three_different_edges():
    cells, inside = count([[0, 0, 0], [500, 0, 0], [500, 10, 0], [0, -50, 500]], [4])
    expected = [[8, 7, 10], [8, 8, 8], [9, 8, 8]]
    assert cells.index.tolist() == flat_index(np.array(expected), BOX).tolist()
    assert cells.charge.tolist() == [1, 1, 2]
    assert inside.all()


def test_lost_electrons_do_not_count():
    cells, inside = count(np.zeros((3, 3)), [2, 1], arrived=[True, False, False])
    assert cells.charge.tolist() == [1]
    assert cells.offsets.tolist() == [0, 1, 1]
    assert inside.all()


@pytest.mark.parametrize("far", [1e5, np.nan])
def test_an_electron_outside_the_box_leaves_its_event_without_cells(far):
    cells, inside = count([[0, 0, 0], [0, 0, far], [0, 0, 0]], [2, 1])
    assert inside.tolist() == [False, True]
    assert cells.offsets.tolist() == [0, 0, 1]


def made(places, charge, box=20):
    index = flat_index(np.array(places), box)
    return Cells(index, np.array(charge, float), np.array([0, len(index)]), box)


@pytest.mark.parametrize("bins", [10, 11])
def test_the_mean_of_the_charge_comes_to_the_centre_of_the_grid(bins):
    rng = np.random.default_rng(1)
    places = np.unique(rng.integers(7, 13, (20, 3)), axis=0)
    cells = made(places, rng.uniform(1, 9, len(places)))
    moved, shift, fits = centred(cells, bins)
    mean = np.average(places - shift[0] + 0.5, axis=0, weights=cells.charge)
    assert (np.abs(mean - bins / 2) <= 0.5).all()
    assert moved.index.tolist() == flat_index(places - shift[0], bins).tolist()
    assert fits.all()


def test_an_event_wider_than_the_grid_does_not_fit():
    assert not centred(made([[0, 9, 9], [11, 9, 9]], [1, 1]), 10)[2].any()
    assert centred(made([[0, 9, 9], [9, 9, 9]], [1, 1]), 10)[2].all()


def test_merged_charges_add_up_in_their_events():
    cells = Cells(np.array([3, 9, 5]), np.array([1.0, 2.0, 4.0]), np.array([0, 2, 2, 3]), BOX)
    both = merged(cells, np.array([9, 1, 7, 7]), np.ones(4), np.array([0, 2, 1, 1]))
    assert both.index.tolist() == [3, 9, 7, 1, 5]
    assert both.charge.tolist() == [1, 3, 2, 1, 4]
    assert both.offsets.tolist() == [0, 2, 3, 5]


def test_events_apart_and_joined_are_the_same():
    places = np.random.default_rng(1).permutation(20**3)[:30]
    cells = Cells(np.sort(places), np.arange(30.0), np.array([0, 4, 4, 15, 30]), 20)
    again = joined([cells.events(0, 1), cells.events(1, 3), cells.events(3, 4)])
    assert cells.events(1, 3).offsets.tolist() == [0, 0, 11]
    assert again.offsets.tolist() == cells.offsets.tolist()
    assert again.index.tolist() == cells.index.tolist()
    assert again.charge.tolist() == cells.charge.tolist()
