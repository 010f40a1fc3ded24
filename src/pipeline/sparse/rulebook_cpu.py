"""Numba builders of the rulebooks on the CPU; `rulebook` says what they mean.

A block ends with the event in which it reaches the wanted number of sites. The pairs of a block
are found event by event and kept by kernel offset, then written down one offset after the other.
"""

import numba
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


@numba.njit(cache=True, nogil=True)
def neighbour_pairs(indices: Ints, kernel: int, sites: int) -> tuple[Ints, Ints, Longs]:
    """The arrays of `rulebook.Pairs` of a submanifold convolution."""
    starts = _block_starts(indices, sites)
    centre = kernel**3 // 2
    # The largest possible number; pages that are never written take no memory.
    sources = np.empty(kernel**3 * len(indices), np.int32)
    targets = np.empty_like(sources)
    bounds = np.zeros((len(starts) - 1, kernel**3 + 1), np.int64)
    total = 0
    for b in range(len(starts) - 1):
        start, stop = starts[b], starts[b + 1]
        # Pairs of the centre and the offsets after it; one element more for discarded writes.
        found = np.empty((2, centre + 1, stop - start + 1), np.int32)
        count = np.zeros(centre + 1, np.int64)
        while start < stop:
            end = _end_of_event(indices, start)
            _neighbours_in_event(indices, start, end, kernel, found, count)
            start = end
        for g in range(kernel**3):
            bounds[b, g] = total
            # Before the centre: mirror images, the same pairs with their ends exchanged.
            first, h = (0, g - centre) if g >= centre else (1, centre - g)
            n = count[h]
            sources[total : total + n] = found[first, h, :n]
            targets[total : total + n] = found[1 - first, h, :n]
            total += n
        bounds[b, -1] = total
    return sources[:total], targets[:total], bounds


@numba.njit(cache=True, nogil=True)
def _block_starts(indices: Ints, sites: int) -> Longs:
    """First row of every block, and the number of rows."""
    starts = np.zeros(len(indices) // sites + 2, np.int64)
    blocks = 0
    while starts[blocks] < len(indices):
        last = min(starts[blocks] + sites, len(indices)) - 1
        blocks += 1
        starts[blocks] = _end_of_event(indices, last)
    return starts[: blocks + 1]


@numba.njit(cache=True, nogil=True)
def _end_of_event(indices: Ints, row: int) -> int:
    """The row after the last of the event that `row` belongs to."""
    end = row + 1
    while end < len(indices) and indices[end, 0] == indices[row, 0]:
        end += 1
    return end


@numba.njit(cache=True, nogil=True)
def _neighbours_in_event(
    indices: Ints, start: int, stop: int, kernel: int, found: NDArray, count: Longs
) -> None:
    """Append the pairs of rows start to stop: found[:, h, :count[h]] are those of centre + h.

    Sites are entered in a table of the event's bounding box; its margin of half a kernel after
    each row and plane is the margin before the next too.
    """
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
        offset = h + kernel**3 // 2
        i, j, k = offset // kernel**2, offset // kernel % kernel, offset % kernel
        shift = ((i - radius) * height + j - radius) * width + k - radius
        sources, targets, at = found[0, h], found[1, h], count[h]
        for n in range(len(cell)):
            source = table[cell[n] + shift]
            # Always written, kept by advancing `at`: no branch for the processor to predict.
            sources[at] = source
            targets[at] = start + n
            at += source >= 0
        count[h] = at


@numba.njit(cache=True, nogil=True)
def window_pairs(
    indices: Ints, kernel: int, stride: int, out_shape: Longs, sites: int
) -> tuple[Ints, tuple[Ints, Ints, Longs]]:
    """Outputs int32 [n_outputs, 4] in raster order, and the arrays of their `rulebook.Pairs`."""
    starts = _block_starts(indices, sites)
    most = (-(-kernel // stride)) ** 3 * len(indices)
    sources = np.empty(most, np.int32)
    targets = np.empty(most, np.int32)
    outputs = np.empty((most, 4), np.int32)
    bounds = np.zeros((len(starts) - 1, kernel**3 + 1), np.int64)
    n_outputs = total = 0
    for b in range(len(starts) - 1):
        start, stop = starts[b], starts[b + 1]
        found = np.empty((2, kernel**3, stop - start), np.int32)
        count = np.zeros(kernel**3, np.int64)
        while start < stop:
            end = _end_of_event(indices, start)
            n_outputs = _windows_of_event(
                indices, start, end, kernel, stride, out_shape, outputs, n_outputs, found, count
            )
            start = end
        for g in range(kernel**3):
            bounds[b, g] = total
            n = count[g]
            sources[total : total + n] = found[0, g, :n]
            targets[total : total + n] = found[1, g, :n]
            total += n
        bounds[b, -1] = total
    return outputs[:n_outputs], (sources[:total], targets[:total], bounds)


@numba.njit(cache=True, nogil=True)
def _windows_of_event(
    indices: Ints,
    start: int,
    stop: int,
    kernel: int,
    stride: int,
    out_shape: Longs,
    outputs: Ints,
    n_outputs: int,
    found: NDArray,
    count: Longs,
) -> int:
    """Append outputs and pairs of rows start to stop; returns the number of outputs so far.

    Mark the windows in a table of those about the event, number them in raster order, look up.
    """
    box = indices[start:stop, 1:]
    low = np.empty(3, np.int64)
    size = np.empty(3, np.int64)
    for axis in range(3):
        low[axis] = max((box[:, axis].min() - kernel + stride) // stride, 0)
        high = min(box[:, axis].max() // stride, out_shape[axis] - 1)
        size[axis] = max(high - low[axis] + 1, 0)
    table = np.full((size[0], size[1], size[2]), -1, np.int32)
    # The windows low <= o < high along each axis that see a site.
    first = np.empty((stop - start, 3), np.int64)
    last = np.empty((stop - start, 3), np.int64)
    for n in range(stop - start):
        for axis in range(3):
            at = box[n, axis] // stride - low[axis]
            reach = (kernel - box[n, axis] % stride + stride - 1) // stride
            first[n, axis] = max(at - reach + 1, 0)
            last[n, axis] = min(at + 1, size[axis])
        for a in range(first[n, 0], last[n, 0]):
            for b in range(first[n, 1], last[n, 1]):
                for c in range(first[n, 2], last[n, 2]):
                    table[a, b, c] = 0
    for a in range(size[0]):
        for b in range(size[1]):
            for c in range(size[2]):
                if table[a, b, c] >= 0:
                    outputs[n_outputs, 0] = indices[start, 0]
                    outputs[n_outputs, 1] = low[0] + a
                    outputs[n_outputs, 2] = low[1] + b
                    outputs[n_outputs, 3] = low[2] + c
                    table[a, b, c] = n_outputs
                    n_outputs += 1
    for n in range(stop - start):
        i, j, k = (
            box[n, 0] - stride * low[0],
            box[n, 1] - stride * low[1],
            box[n, 2] - stride * low[2],
        )
        for a in range(first[n, 0], last[n, 0]):
            for b in range(first[n, 1], last[n, 1]):
                for c in range(first[n, 2], last[n, 2]):
                    g = ((i - stride * a) * kernel + j - stride * b) * kernel + k - stride * c
                    found[0, g, count[g]] = start + n
                    found[1, g, count[g]] = table[a, b, c]
                    count[g] += 1
    return n_outputs
