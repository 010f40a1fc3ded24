"""Cells of a readout that are hit, and electrons counted in them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numba as nb
import numpy as np

from pipeline.gas.voxels.binning import radix_sorted


@dataclass(frozen=True)
class Cells:
    """Cells of n events in a box of `box` cells along each edge; event i has offsets[i]:[i + 1].

    They are sorted by flat index within an event, so those of one pixel, a column along the drift,
    follow each other.
    """

    index: np.ndarray  # int64 [M], (ix * box + iy) * box + iz
    charge: np.ndarray  # float64 [M]
    offsets: np.ndarray  # int64 [n + 1], starts at 0
    box: int

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def each(self, values: np.ndarray) -> np.ndarray:
        """Values [n] of the events for each cell, [M]."""
        return np.repeat(values, np.diff(self.offsets))

    def with_charge(self, charge: np.ndarray) -> "Cells":
        """The same cells with other charges [M]."""
        return replace(self, charge=charge)

    def where(self, mask: np.ndarray) -> "Cells":
        """The cells of a mask bool [M]."""
        kept = np.concatenate([[0], np.cumsum(mask)])
        return Cells(self.index[mask], self.charge[mask], kept[self.offsets], self.box)

    def events(self, first: int, last: int) -> "Cells":
        """The cells of the events first:last."""
        offsets = self.offsets[first : last + 1]
        rows = slice(offsets[0], offsets[-1])
        return Cells(self.index[rows], self.charge[rows], offsets - offsets[0], self.box)


def flat_index(place: np.ndarray, box: int) -> np.ndarray:
    """Flat index int64 [M] of cells at the places int64 [M, 3]."""
    index: np.ndarray = (place[:, 0] * box + place[:, 1]) * box + place[:, 2]
    return index


def central_layer(box: int) -> int:
    """Index along the drift of the layer that holds the charge of a readout without z."""
    return (box - 1) // 2


def counted(
    positions_um: np.ndarray,
    arrived: np.ndarray,
    offsets: np.ndarray,
    phase: np.ndarray,
    cell_um: np.ndarray,
    box: int,
) -> tuple[Cells, np.ndarray]:
    """Count the electrons [N, 3] of n events that arrive, a mask bool [N], in their cells.

    The position 0 of an event lies in the cell box // 2 along each axis, at the place `phase`
    float64 [n, 3] in units of the cell, which has the edges `cell_um` [3].

    Returns the cells, and a mask bool [n] of the events with all electrons inside the box. The
    others have no cells.
    """
    index, electrons, limits, inside = _count(
        positions_um, arrived, offsets, phase + box // 2, 1.0 / cell_um, box
    )
    return Cells(index, electrons, limits, box), inside


def centred(cells: Cells, bins: int) -> tuple[Cells, np.ndarray, np.ndarray]:
    """Move each event by whole cells, so that its mean of charge is at the centre of a grid.

    The mean is then within half a cell of the centre of the grid of `bins` cells along each edge.

    Returns the cells in the grid, the shifts int64 [n, 3] that were subtracted, and a mask bool [n]
    of the events whose cells are all inside the grid. The cells of others have no meaning.
    """
    index, shift, fits = _centre(cells.index, cells.charge, cells.offsets, cells.box, bins)
    return Cells(index, cells.charge, cells.offsets, bins), shift, fits


def joined(cells: Sequence[Cells]) -> Cells:
    """The events of several tables of cells in the same box, one after the other."""
    sizes = np.concatenate([np.diff(part.offsets) for part in cells])
    return Cells(
        np.concatenate([part.index for part in cells]),
        np.concatenate([part.charge for part in cells]),
        np.concatenate([[0], np.cumsum(sizes)]),
        cells[0].box,
    )


def merged(cells: Cells, index: np.ndarray, charge: np.ndarray, owner: np.ndarray) -> Cells:
    """The cells with more charges [K] in the cells `index` of the events `owner`, int64 [K].

    A cell that is hit already gets the sum.
    """
    owners = np.concatenate([cells.each(np.arange(len(cells))), owner])
    both = np.concatenate([cells.index, index])
    # A stable sort is fast where the charges come in sorted runs.
    order = np.argsort(owners * cells.box**3 + both, kind="stable")
    owners, both = owners[order], both[order]
    first = np.flatnonzero(np.diff(owners, prepend=-1) | np.diff(both, prepend=-1))
    sums = np.add.reduceat(np.concatenate([cells.charge, charge])[order], first)
    limits = np.searchsorted(owners[first], np.arange(len(cells) + 1))
    return Cells(both[first], sums, limits, cells.box)


@nb.njit(cache=True, nogil=True)
def _count(
    positions: np.ndarray,
    arrived: np.ndarray,
    offsets: np.ndarray,
    middle: np.ndarray,
    per_um: np.ndarray,
    box: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    n = len(offsets) - 1
    longest = 0
    for event in range(n):
        longest = max(longest, offsets[event + 1] - offsets[event])
    flat, spare = np.empty(longest, np.int64), np.empty(longest, np.int64)
    index, electrons = np.empty(offsets[-1], np.int64), np.empty(offsets[-1])
    limits, inside = np.zeros(n + 1, np.int64), np.ones(n, np.bool_)
    used = 0
    for event in range(n):
        number = 0
        for i in range(offsets[event], offsets[event + 1]):
            if not arrived[i]:
                continue
            cell = np.int64(0)
            for axis in range(3):
                place = positions[i, axis] * per_um[axis] + middle[event, axis]
                # Also false for NaN.
                inside[event] &= 0.0 <= place < box
                cell = cell * box + np.int64(place)
            if not inside[event]:
                break
            flat[number] = cell
            number += 1
        if inside[event]:
            ordered = radix_sorted(flat[:number], spare[:number], box**3)
            for i in range(number):
                if i == 0 or ordered[i] != ordered[i - 1]:
                    index[used], electrons[used] = ordered[i], 0.0
                    used += 1
                electrons[used - 1] += 1.0
        limits[event + 1] = used
    return index[:used].copy(), electrons[:used].copy(), limits, inside


@nb.njit(cache=True, nogil=True)
def _centre(
    index: np.ndarray, charge: np.ndarray, offsets: np.ndarray, box: int, bins: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    n = len(offsets) - 1
    moved = np.empty_like(index)
    shift, fits = np.zeros((n, 3), np.int64), np.ones(n, np.bool_)
    for event in range(n):
        x, y, z, total = 0.0, 0.0, 0.0, 0.0
        for i in range(offsets[event], offsets[event + 1]):
            q, pixel = charge[i], index[i] // box
            x += q * (pixel // box)
            y += q * (pixel % box)
            z += q * (index[i] % box)
            total += q
        if total > 0.0:
            # + 0.5: the middle of a cell, and rounding to the nearest.
            shift[event, 0] = np.floor(x / total + 1.0 - 0.5 * bins)
            shift[event, 1] = np.floor(y / total + 1.0 - 0.5 * bins)
            shift[event, 2] = np.floor(z / total + 1.0 - 0.5 * bins)
        for i in range(offsets[event], offsets[event + 1]):
            pixel = index[i] // box
            ix = pixel // box - shift[event, 0]
            iy = pixel % box - shift[event, 1]
            iz = index[i] % box - shift[event, 2]
            fits[event] &= 0 <= ix < bins and 0 <= iy < bins and 0 <= iz < bins
            moved[i] = (ix * bins + iy) * bins + iz
    return moved, shift, fits
