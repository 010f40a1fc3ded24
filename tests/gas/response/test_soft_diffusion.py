"""Electrons that share themselves between cells."""

import numpy as np
import torch

from pipeline.gas.config.response import Response
from pipeline.gas.response.cells import Cells, flat_index
from pipeline.gas.response.soft_diffusion import alternatives, shared

BOX = 8


def test_an_electron_moves_to_the_nearest_cell():
    """At 3.7 in cell 3 along x: a step of 0.1 moves a tenth of it to cell 4."""
    home = flat_index(np.array([[3, 2, 2]]), BOX)
    hits = Cells(home, np.ones(1), np.array([0, 1]), BOX)
    place = torch.tensor([[3.7, 2.5, 2.4]], dtype=torch.float64, requires_grad=True)
    cells, rows, left, reached = shared(hits, place, np.zeros(1, np.int64))
    assert cells.index[rows].tolist() == home.tolist()
    assert (left.tolist(), reached.tolist()) == ([0.0] * len(left), [0.0] * len(left))
    (out,) = torch.autograd.grad(left[rows[0]], place, retain_graph=True)
    beside = np.flatnonzero(cells.index == flat_index(np.array([[4, 2, 2]]), BOX)[0])[0]
    (into,) = torch.autograd.grad(reached[beside], place)
    assert out[0, 0] == -1
    assert into[0].tolist() == [1, 0, 0]
    assert out[0, 2] == 1  # at 2.4 it comes back from cell 1


def test_alternatives_have_an_electron_more_or_less():
    hits = Cells(np.array([5, 6, 7]), np.array([0.0, 1.0, 3.0]), np.array([0, 3]), BOX)
    charge = torch.tensor([0.0, 1.0, 3.0], dtype=torch.float64)
    left, reached = (torch.zeros(3, dtype=torch.float64, requires_grad=True) for _ in range(2))
    rng = np.random.default_rng(1)
    which, charges, presence = alternatives(hits, charge, left, reached, Response(), rng)
    assert which.tolist() == [1, 2, 0, 1, 2, 2]
    assert charges.tolist() == [1, 3, 1, 2, 4, 2]
    assert presence.tolist() == [1, 1, 0, 0, 0, 0]
    # An electron less in the cell of three: one of charge 3 gives way to one of charge 2.
    (slope,) = torch.autograd.grad((presence * charges).sum(), left, retain_graph=True)
    assert slope.tolist() == [0, 1, 1]
    (slope,) = torch.autograd.grad((presence * charges).sum(), reached)
    assert slope.tolist() == [1, 1, 1]
