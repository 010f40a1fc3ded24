"""Numba builders of the rulebooks on the CPU; `rulebook` says what they mean."""

import numba
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pipeline.sparse.tensor import Shape

Ints = NDArray[np.int32]
Keys = NDArray[np.int64]


@numba.njit(cache=True, nogil=True)
def neighbour_pairs(indices: Ints, kernel: int, block: int) -> tuple[Ints, Ints, Keys]:
    """The arrays of `rulebook.NeighbourPairs`.

    A block ends with the event in which it reaches `block` sites.
    """
    half = kernel**3 // 2
    sources = np.empty(16 * len(indices), np.int32)
    targets = np.empty(16 * len(indices), np.int32)
    bounds = np.zeros((len(indices) // block + 1, 2 * half + 1), np.int64)
    blocks = total = start = 0
    while start < len(indices):
        stop = min(start + block, len(indices))
        while stop < len(indices) and indices[stop, 0] == indices[stop - 1, 0]:
            stop += 1
        # found[:, h, :count[h]] are the pairs of half offset h; one place more to write in vain.
        found = np.empty((2, half, stop - start + 1), np.int32)
        count = np.zeros(half, np.int64)
        while start < stop:
            start = _pairs_of_event(indices, start, kernel, found, count)
        needed = total + 2 * count.sum()
        if needed > len(sources):
            sources = np.concatenate((sources[:total], np.empty(2 * needed - total, np.int32)))
            targets = np.concatenate((targets[:total], np.empty(2 * needed - total, np.int32)))
        bounds[blocks, 0] = total
        for h in range(half):
            n = count[h]
            sources[total : total + n] = found[0, h, :n]
            targets[total : total + n] = found[1, h, :n]
            sources[total + n : total + 2 * n] = found[1, h, :n]
            targets[total + n : total + 2 * n] = found[0, h, :n]
            bounds[blocks, 2 * h + 1] = total + n
            total += 2 * n
            bounds[blocks, 2 * h + 2] = total
        blocks += 1
    return sources[:total].copy(), targets[:total].copy(), bounds[:blocks]


@numba.njit(cache=True, nogil=True)
def _pairs_of_event(indices: Ints, start: int, kernel: int, found: NDArray, count: Keys) -> int:
    """Append the pairs of the event that begins at row `start`; returns the row after the event.

    Sites are entered in a table of the event's bounding box; its margin of half a kernel after
    each row and plane is the margin before the next too.
    """
    stop = start
    while stop < len(indices) and indices[stop, 0] == indices[start, 0]:
        stop += 1
    radius = kernel // 2
    box = indices[start:stop, 1:]
    low = np.array([box[:, 0].min(), box[:, 1].min(), box[:, 2].min()])
    depth = box[:, 0].max() - low[0] + 1 + radius
    height = box[:, 1].max() - low[1] + 1 + radius
    width = box[:, 2].max() - low[2] + 1 + radius
    table = np.full(depth * height * width, -1, np.int32)
    cell = np.empty(stop - start, np.int64)
    for n in range(stop - start):
        i, j, k = box[n, 0] - low[0], box[n, 1] - low[1], box[n, 2] - low[2]
        cell[n] = (i * height + j) * width + k
        table[cell[n]] = start + n
    for h in range(len(count)):
        offset = h + kernel**3 // 2 + 1
        i, j, k = offset // kernel**2, offset // kernel % kernel, offset % kernel
        shift = ((i - radius) * height + j - radius) * width + k - radius
        sources, targets, at = found[0, h], found[1, h], count[h]
        for n in range(len(cell)):
            source = table[cell[n] + shift]
            # Written always and kept by moving on: no branch for the processor to guess.
            sources[at] = source
            targets[at] = start + n
            at += source >= 0
        count[h] = at
    return stop


def window_targets(
    indices: Tensor, row_start: Tensor, windows: Tensor, kernel: int, stride: int, out_shape: Shape
) -> tuple[Tensor, Tensor]:
    """The CPU version of `rulebook.window_targets`."""
    outputs, targets = _window_targets(
        indices.numpy(), row_start.numpy(), windows.numpy(), kernel, stride, np.array(out_shape)
    )
    return torch.from_numpy(outputs), torch.from_numpy(targets)


@numba.njit(cache=True, nogil=True)
def _window_targets(
    indices: Ints, row_start: Keys, windows: Keys, kernel: int, stride: int, out_shape: Keys
) -> tuple[Ints, Ints]:
    """Event by event: mark the windows in a table, number them in raster order, look them up."""
    targets = np.empty(windows.sum(), np.int32)
    outputs = np.empty((2 * len(indices) + 1, 4), np.int32)
    n_outputs = start = 0
    while start < len(indices):
        stop = start
        while stop < len(indices) and indices[stop, 0] == indices[start, 0]:
            stop += 1
        event = slice(start, stop)
        low, table = _mark_windows(
            indices[event, 1:], row_start[event], kernel, stride, out_shape, targets
        )
        depth, height, width = table.shape
        for a in range(depth):
            for b in range(height):
                for c in range(width):
                    if table[a, b, c] >= 0:
                        if n_outputs == len(outputs):
                            outputs = np.concatenate((outputs, np.empty_like(outputs)))
                        outputs[n_outputs, 0] = indices[start, 0]
                        outputs[n_outputs, 1] = low[0] + a
                        outputs[n_outputs, 2] = low[1] + b
                        outputs[n_outputs, 3] = low[2] + c
                        table[a, b, c] = n_outputs
                        n_outputs += 1
        output_of_cell = table.reshape(-1)
        for site in range(start, stop):
            for at in range(row_start[site], row_start[site] + windows[site]):
                if targets[at] >= 0:
                    targets[at] = output_of_cell[targets[at]]
        start = stop
    for at in range(len(targets)):
        if targets[at] < 0:
            targets[at] = n_outputs
    return outputs[:n_outputs].copy(), targets


@numba.njit(cache=True, nogil=True)
def _mark_windows(
    sites: Ints, row_start: Keys, kernel: int, stride: int, out_shape: Keys, targets: Ints
) -> tuple[Keys, Ints]:
    """Table [depth, height, width] of the windows about one event's sites, 0 if active, else -1.

    Returns its lowest window and the table; `targets` becomes the cell in it, -1 off the grid.
    """
    low = np.empty(3, np.int64)
    size = np.empty(3, np.int64)
    for axis in range(3):
        low[axis] = max((sites[:, axis].min() - kernel + stride) // stride, 0)
        high = min(sites[:, axis].max() // stride, out_shape[axis] - 1)
        size[axis] = max(high - low[axis] + 1, 0)
    table = np.full((size[0], size[1], size[2]), -1, np.int32)
    # How many windows along one axis see a coordinate, by the coordinate modulo the stride.
    reach = (kernel - np.arange(stride) + stride - 1) // stride
    for n in range(len(sites)):
        i, j, k = sites[n]
        u, v, w = i // stride - low[0], j // stride - low[1], k // stride - low[2]
        at = row_start[n]
        for a in range(u, u - reach[i % stride], -1):
            for b in range(v, v - reach[j % stride], -1):
                for c in range(w, w - reach[k % stride], -1):
                    if 0 <= a < size[0] and 0 <= b < size[1] and 0 <= c < size[2]:
                        table[a, b, c] = 0
                        targets[at] = (a * size[1] + b) * size[2] + c
                    else:
                        targets[at] = -1
                    at += 1
    return low, table
