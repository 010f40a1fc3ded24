"""From charges of cells to what a readout reports: integration, threshold, digitisation."""

import numba as nb
import numpy as np

from pipeline.gas.response.cells import Cells, central_layer


def integrated(cells: Cells, window: int, least: np.ndarray | None = None) -> Cells:
    """Add up the charge of every pixel over `window` cells along the drift.

    The first cell of a pixel, that of lowest z, opens a window and gets all charge in it. The next
    cell behind the window opens another. With `least` float64 [M], only a cell with this charge or
    more opens a window, and charge outside of windows is lost.
    """
    opens = np.ones(len(cells.index), bool) if least is None else cells.charge >= least
    index, charge, offsets = _integrate(
        cells.index, cells.charge, opens, cells.offsets, cells.box, window
    )
    return Cells(index, charge, offsets, cells.box)


def flattened(cells: Cells) -> Cells:
    """Add up all charge of every pixel in the central layer: a readout without z."""
    box = cells.box
    layer = cells.index // box * box + central_layer(box)
    return integrated(Cells(layer, cells.charge, cells.offsets, box), window=1)


def thresholds(electrons: np.ndarray, rms: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Gaussian thresholds of cells, float64 [M], from their means and rms [M]."""
    if not rms.any():
        return electrons
    result: np.ndarray = electrons + rms * rng.standard_normal(len(electrons))
    return result


def digitised(charge: np.ndarray, bits: int, step: float) -> np.ndarray:
    """Charges as the middles of 2^bits steps of the width `step`; larger ones are in the last.

    >>> digitised(np.array([0.1, 0.5, 99.0]), bits=2, step=0.5).tolist()
    [0.25, 0.75, 1.75]
    """
    level: np.ndarray = np.minimum(np.floor(charge / step), 2**bits - 1)
    return (level + 0.5) * step


@nb.njit(cache=True, nogil=True)
def _integrate(
    cells: np.ndarray,
    charge: np.ndarray,
    opens: np.ndarray,
    offsets: np.ndarray,
    box: int,
    window: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    index, sums = np.empty_like(cells), np.empty_like(charge)
    limits = np.zeros_like(offsets)
    used = 0
    for event in range(len(offsets) - 1):
        first = used
        for i in range(offsets[event], offsets[event + 1]):
            opened = index[used - 1] if used > first else np.int64(-1)
            if opened >= 0 and cells[i] // box == opened // box and cells[i] - opened < window:
                sums[used - 1] += charge[i]
            elif opens[i]:
                index[used], sums[used] = cells[i], charge[i]
                used += 1
        limits[event + 1] = used
    return index[:used].copy(), sums[:used].copy(), limits
