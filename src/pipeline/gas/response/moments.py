"""Summaries of measured events: what the readout response changes, without any true direction.

Fourteen numbers of each event: how many voxels and how much charge, how the charge is shared among
the voxels, how voxels and charge are correlated with those one and two voxels away, across and
along the drift, and how many voxels lie alone. The correlations tell transverse from longitudinal
diffusion, the distribution of ln(1 + q) tells gain fluctuations from a threshold, and voxels alone
are mostly noise.
"""

import numba as nb
import numpy as np

SUMMARIES = (
    "ln_voxels",
    "ln_charge",
    "one_electron_share",
    "mean_ln_charge",
    "variance_ln_charge",
    *("charge_across_1", "charge_across_2", "charge_along_1", "charge_along_2"),
    *("voxels_across_1", "voxels_across_2", "voxels_along_1", "voxels_along_2"),
    "ln_lone_voxels",
)

# Voxels with less charge than this count as hit by one electron.
ONE_ELECTRON = 1.5
LAGS = (1, 2)
# A voxel is alone if its block of this many voxels along each edge and all blocks that touch it
# have no other.
BLOCK = 4


def event_summaries(
    voxels: np.ndarray, charge: np.ndarray, offsets: np.ndarray, bins: int
) -> np.ndarray:
    """The `SUMMARIES` of n events, float64 [n, 14].

    `voxels` int [N] are flat indices in a grid of `bins` voxels along each edge, sorted within an
    event; `charge` [N] are their charges in electrons; event i has offsets[i]:offsets[i + 1].
    With q the charges of an event, `one_electron_share` is the share of voxels with q < 1.5,
    `mean_ln_charge` and `variance_ln_charge` are those of ln(1 + q). A correlation of charge is
    the sum of q(x) q(x + lag) over the sum of q^2, one of voxels the number of pairs of hit voxels
    at that lag over the number of voxels; across the drift it is the mean of x and y.
    `ln_lone_voxels` is ln(1 + number of voxels alone).

    Events without voxels are not summarised: all their numbers are NaN.
    """
    return _summaries(voxels, charge, offsets, bins, len(SUMMARIES))


@nb.njit(cache=True, nogil=True)
def _summaries(
    voxels: np.ndarray, charge: np.ndarray, offsets: np.ndarray, bins: int, columns: int
) -> np.ndarray:
    result = np.full((len(offsets) - 1, columns), np.nan)
    # Hit voxels in each block, with a margin of one block on all sides.
    edge = -(-bins // BLOCK) + 2
    blocks = np.zeros(edge**3, np.int64)
    for event in range(len(offsets) - 1):
        cells = voxels[offsets[event] : offsets[event + 1]]
        charges = charge[offsets[event] : offsets[event + 1]]
        n = len(cells)
        if n == 0:
            continue
        total, squares, single, logs, log_squares = 0.0, 0.0, 0, 0.0, 0.0
        for q in charges:
            ln = np.log1p(q)
            total += q
            squares += q * q
            single += q < ONE_ELECTRON
            logs += ln
            log_squares += ln * ln
        row = result[event]
        row[0], row[1], row[2], row[3] = np.log(n), np.log(total), single / n, logs / n
        row[4] = max(log_squares / n - row[3] ** 2, 0.0)
        for i, lag in enumerate(LAGS):
            x_charge, x_pairs = _neighbours(cells, charges, lag * bins * bins, lag, bins, 0)
            y_charge, y_pairs = _neighbours(cells, charges, lag * bins, lag, bins, 1)
            z_charge, z_pairs = _neighbours(cells, charges, lag, lag, bins, 2)
            row[5 + i], row[7 + i] = (x_charge + y_charge) / (2 * squares), z_charge / squares
            row[9 + i], row[11 + i] = (x_pairs + y_pairs) / (2 * n), z_pairs / n
        row[13] = np.log1p(_alone(cells, bins, blocks, edge))
    return result


@nb.njit(cache=True, nogil=True)
def _neighbours(
    cells: np.ndarray, charges: np.ndarray, step: int, lag: int, bins: int, axis: int
) -> tuple[float, int]:
    """Sum of q q' and number of the pairs of voxels `step` apart, `lag` voxels along an axis."""
    products, pairs = 0.0, 0
    j = 0
    for i in range(len(cells)):
        wanted = cells[i] + step
        while j < len(cells) and cells[j] < wanted:
            j += 1
        if j == len(cells):
            break
        if cells[j] == wanted:
            # A step along y or z may lead into the next plane or row of the grid.
            place = cells[i] // bins % bins if axis == 1 else cells[i] % bins
            if axis == 0 or place + lag < bins:
                products += charges[i] * charges[j]
                pairs += 1
    return products, pairs


@nb.njit(cache=True, nogil=True)
def _alone(cells: np.ndarray, bins: int, blocks: np.ndarray, edge: int) -> int:
    """Number of voxels alone; `blocks` int64 [edge^3] is zero before and after."""
    for cell in cells:
        blocks[_block(cell, bins, edge)] += 1
    alone = 0
    for cell in cells:
        home = _block(cell, bins, edge)
        if blocks[home] == 1:
            near = 0
            for x in range(-1, 2):
                for y in range(-1, 2):
                    row = home + (x * edge + y) * edge
                    near += blocks[row - 1] + blocks[row] + blocks[row + 1]
            alone += near == 1
    for cell in cells:
        blocks[_block(cell, bins, edge)] = 0
    return alone


@nb.njit(cache=True, nogil=True)
def _block(cell: int, bins: int, edge: int) -> int:
    """Flat index of the block of a voxel."""
    pixel = cell // bins
    x, y, z = pixel // bins // BLOCK + 1, pixel % bins // BLOCK + 1, cell % bins // BLOCK + 1
    return (x * edge + y) * edge + z
