"""Spread of the avalanches behind the first stage of amplification: cells share their charge.

The electrons of one avalanche diffuse in the gaps behind the first stage, each on its own. Their
charge is shared by error functions, so nothing is drawn; the mean charge of a stage is taken as
that of many electrons. Before the spread the electrons are counted in parts of a cell that are no
longer than the spread, and a part counts at its middle. The variance that its electrons have within
it, length^2 / 12, is taken off that of the spread.
"""

import math
from collections.abc import Sequence

import numpy as np
from scipy import special

from pipeline.gas.response.cells import Cells, flat_index, merged

REACH = 3.5  # sigma; the cell at this distance gets all charge beyond it too
FINEST = 32  # parts of a cell; a spread below a hundredth of the cell is none


def parts_of_a_cell(spread_um: Sequence[float], cell_um: Sequence[float]) -> int:
    """Number of parts along each edge of a cell, for spreads and edges along x, y and z [um]."""
    ratios = (edge / sigma for edge, sigma in zip(cell_um, spread_um, strict=True) if sigma > 0.0)
    return min(math.ceil(max(ratios, default=1.0)), FINEST)


def spread(cells: Cells, parts: int, spread_um: Sequence[float], cell_um: Sequence[float]) -> Cells:
    """Whole cells with the charges of parts of cells, `cells`, spread by Gaussians [um].

    The charge of an event stays the same; what leaves the box stays in the cells at its edge.
    """
    fine, box = cells.box, cells.box // parts
    nothing = cells.where(np.zeros(len(cells.index), bool))
    for axis in (2, 1, 0):
        steps, share = _shares(spread_um[axis], cell_um[axis], parts)
        stride = fine ** (2 - axis)
        place = cells.index // stride % fine
        cell, part = np.divmod(place, parts)
        moved = np.clip(cell + steps[:, None], 0, box - 1)
        index = cells.index + (moved - place) * stride
        owner = np.tile(cells.each(np.arange(len(cells))), len(steps))
        charge = share[:, part] * cells.charge
        cells = merged(nothing, index.ravel(), charge.ravel(), owner)
    places = np.stack(np.unravel_index(cells.index, (fine, fine, fine)), axis=1)
    return Cells(flat_index(places, box), cells.charge, cells.offsets, box)


def _shares(sigma_um: float, edge_um: float, parts: int) -> tuple[np.ndarray, np.ndarray]:
    """Steps int64 [K] to cells along an axis, and their shares float64 [K, parts] of a part."""
    reach, part_um = math.ceil(REACH * sigma_um / edge_um), edge_um / parts
    edges_um = edge_um * np.arange(-reach, reach + 2)[:, None]
    width_um = max(sigma_um**2 - part_um**2 / 12, np.finfo(float).tiny) ** 0.5
    below = special.ndtr((edges_um - part_um * (np.arange(parts) + 0.5)) / width_um)
    below[0], below[-1] = 0.0, 1.0
    return np.arange(-reach, reach + 1), np.diff(below, axis=0)
