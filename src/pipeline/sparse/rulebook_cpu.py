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
def match_pairs(keys: Keys, shifts: Keys, kernel: int, block: int) -> tuple[Ints, Ints, Keys]:
    """Pairs (first, second) with keys[second] = keys[first] + a shift, and their bounds.

    `keys` ascending; `shifts` the half of the kernel after its centre. `bounds` int64
    [blocks, half + 1] as in `rulebook.NeighbourPairs`.
    """
    blocks = (len(keys) + block - 1) // block
    half = len(shifts)
    bounds = np.zeros((blocks, half + 1), np.int64)
    nothing = np.empty(0, np.int32)
    cursor = np.zeros((blocks, half), np.int64)
    _merge(keys, shifts, kernel, block, cursor, nothing, nothing)
    start = 0
    for b in range(blocks):
        bounds[b, 0] = start
        for h in range(half):
            start += cursor[b, h]
            bounds[b, h + 1] = start
            cursor[b, h] = bounds[b, h]
    first = np.empty(start, np.int32)
    second = np.empty(start, np.int32)
    _merge(keys, shifts, kernel, block, cursor, first, second)
    return first, second, bounds


@numba.njit(cache=True, nogil=True)
def _merge(
    keys: Keys, shifts: Keys, kernel: int, block: int, cursor: Keys, first: Ints, second: Ints
) -> None:
    """Advance `cursor` [blocks, half] over every pair, noting the pairs unless `first` is empty.

    Shifts come in runs of consecutive keys (one kernel row), and the keys ascend: for each run a
    single pointer walks through the keys once.
    """
    write = len(first) > 0
    run = 0
    while run < len(shifts):
        # The first run is the rest of the centre's row, the others are whole kernel rows.
        length = kernel // 2 if run == 0 else kernel
        low, high = shifts[run], shifts[run + length - 1]
        pointer = 0
        for a in range(len(keys)):
            while pointer < len(keys) and keys[pointer] < keys[a] + low:
                pointer += 1
            q = pointer
            while q < len(keys) and keys[q] <= keys[a] + high:
                h = run + keys[q] - keys[a] - low
                if write:
                    first[cursor[a // block, h]] = a
                    second[cursor[a // block, h]] = q
                cursor[a // block, h] += 1
                q += 1
        run += length


@numba.njit(cache=True, nogil=True)
def fill_columns(
    keys: Keys, shifts: Keys, kernel: int, start: int, values: NDArray, columns: NDArray
) -> None:
    """columns[n, o] = the value at the site at offset o from site start + n, where there is one.

    `columns` [n, k^3] comes in zeroed. Walks like `_merge`, over all rows of the kernel.
    """
    for run in range(0, len(shifts), kernel):
        low, high = shifts[run], shifts[run + kernel - 1]
        pointer = np.searchsorted(keys, keys[start] + low)
        for n in range(len(columns)):
            key = keys[start + n]
            while pointer < len(keys) and keys[pointer] < key + low:
                pointer += 1
            q = pointer
            while q < len(keys) and keys[q] <= key + high:
                columns[n, run + keys[q] - key - low] = values[q]
                q += 1


def window_targets(
    indices: Tensor, row_start: Tensor, kernel: int, stride: int, out_shape: Shape
) -> tuple[Tensor, Tensor]:
    """The CPU version of `rulebook.window_targets`."""
    windows = ((kernel - indices[:, 1:].long() % stride + stride - 1) // stride).prod(1)
    outputs, targets = _window_targets(
        indices.numpy(), row_start.numpy(), windows.numpy(), kernel, stride, np.array(out_shape)
    )
    return torch.from_numpy(outputs), torch.from_numpy(targets)


@numba.njit(cache=True, nogil=True)
def _window_targets(
    indices: Ints, row_start: Keys, windows: Keys, kernel: int, stride: int, out_shape: Keys
) -> tuple[Ints, Ints]:
    """Event by event: mark the windows in a table of the event's bounding box, number, look up."""
    targets = np.empty(windows.sum(), np.int32)
    outputs = np.empty((2 * len(indices), 4), np.int32)
    n_outputs = 0
    start = 0
    while start < len(indices):
        stop = start
        while stop < len(indices) and indices[stop, 0] == indices[start, 0]:
            stop += 1
        low = np.empty(3, np.int64)
        size = np.empty(3, np.int64)
        for axis in range(3):
            box = indices[start:stop, axis + 1]
            low[axis] = max((box.min() - kernel + stride) // stride, 0)
            size[axis] = max(min(box.max() // stride, out_shape[axis] - 1) - low[axis] + 1, 0)
        output_of_cell = np.full(size.prod(), -1, np.int32)

        for site in range(start, stop):
            target = row_start[site]
            _, i, j, k = indices[site]
            for a in range(i % stride, kernel, stride):
                u = (i - a) // stride - low[0]
                for b in range(j % stride, kernel, stride):
                    v = (j - b) // stride - low[1]
                    for c in range(k % stride, kernel, stride):
                        w = (k - c) // stride - low[2]
                        if 0 <= u < size[0] and 0 <= v < size[1] and 0 <= w < size[2]:
                            cell = (u * size[1] + v) * size[2] + w
                            output_of_cell[cell] = 0
                            targets[target] = cell
                        else:
                            targets[target] = -1
                        target += 1

        for cell in range(len(output_of_cell)):
            if output_of_cell[cell] == 0:
                if n_outputs == len(outputs):
                    outputs = np.concatenate((outputs, np.empty_like(outputs)))
                outputs[n_outputs, 0] = indices[start, 0]
                outputs[n_outputs, 1] = low[0] + cell // (size[1] * size[2])
                outputs[n_outputs, 2] = low[1] + cell // size[2] % size[1]
                outputs[n_outputs, 3] = low[2] + cell % size[2]
                output_of_cell[cell] = n_outputs
                n_outputs += 1

        for site in range(start, stop):
            for target in range(row_start[site], row_start[site] + windows[site]):
                if targets[target] >= 0:
                    targets[target] = output_of_cell[targets[target]]
        start = stop
    for target in range(len(targets)):
        if targets[target] < 0:
            targets[target] = n_outputs
    return outputs[:n_outputs].copy(), targets
