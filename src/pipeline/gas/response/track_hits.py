"""The hits of a track among stray ones, such as noise, and events centred on their track.

An event that the grid contains with all its hits is centred on all its charge. Else stray hits are
looked for. Hits that are near each other form a group: the volume is cut into cubes, and hits are
of one group if their cubes touch. Groups with less than `STRAY_SHARE` of the charge of the largest
group of their event are stray, all others are the track. The event is centred on the charge of its
track. Stray hits outside the grid are dropped, those inside stay; the grid contains the event if it
contains the track. Measured events and simulated noise hits are treated by these same functions.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from pipeline.gas.config.voxels import Grid
from pipeline.gas.response.cells import Cells, centred, flat_index, merged

STRAY_SHARE = 0.05
# So many cubes have the volume of the grid along each edge; a cube has some cells at least.
CUBES_OF_GRID, LEAST_CELLS = 16, 2


@dataclass(frozen=True)
class Centred:
    """Events in a grid, with the mean charge of their track at its centre."""

    cells: Cells  # of the contained events
    shift: np.ndarray  # int64 [n, 3], cells that were subtracted from the places
    contained: np.ndarray  # bool [n], the grid contains the track; true for events without hits
    dropped: np.ndarray  # bool [M], stray hits outside the grid


def centred_on_track(
    place: np.ndarray, charge: np.ndarray, owner: np.ndarray, n: int, grid: Grid
) -> Centred:
    """Move each of n events by whole cells until its track is at the centre of the grid.

    `place` int64 [M, 3] are the cells of the hits, `charge` > 0 [M] their charges, and `owner`
    int64 [M], increasing, their events. The mean of the track's charge is then within half a cell
    of the centre of the grid. Charges in one cell add up.
    """
    track = np.ones(len(owner), bool)
    found = _centred(place, charge, owner, n, grid.bins, track)
    wide = ~found.contained[owner]
    if wide.any():
        track[wide] = track_hits(place[wide], charge[wide], owner[wide], grid)
        found = _centred(place, charge, owner, n, grid.bins, track)
    return found


def track_hits(place: np.ndarray, charge: np.ndarray, owner: np.ndarray, grid: Grid) -> np.ndarray:
    """Mask bool [M] of the hits of tracks; the arguments are those of `centred_on_track`."""
    if not len(owner):
        return np.zeros(0, bool)
    cell_um = np.array(grid.cell_um)
    edge_um = grid.bins * np.cbrt(cell_um.prod()) / CUBES_OF_GRID
    edge = np.maximum(np.round(edge_um / cell_um), LEAST_CELLS).astype(np.int64)
    group = _groups(place // edge, owner)
    sums = np.bincount(group, charge)[group]
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    largest = np.repeat(np.maximum.reduceat(sums, first), np.diff(np.append(first, len(owner))))
    mask: np.ndarray = sums >= STRAY_SHARE * largest
    return mask


def _centred(
    place: np.ndarray,
    charge: np.ndarray,
    owner: np.ndarray,
    n: int,
    bins: int,
    track: np.ndarray,
) -> Centred:
    """See `centred_on_track`; `track` bool [M] are the hits of tracks."""
    first = np.flatnonzero(np.diff(owner[track], prepend=-1))
    lowest = np.zeros((n, 3), np.int64)
    if len(first):
        lowest[owner[track][first]] = np.minimum.reduceat(place[track], first, axis=0)
    place = place - lowest[owner]
    wide = np.bincount(owner[track], (place[track] >= bins).any(axis=1), n) > 0
    chosen = track & ~wide[owner]
    cells = Cells(np.empty(0, np.int64), np.empty(0), np.zeros(n + 1, np.int64), bins)
    cells = merged(cells, flat_index(place[chosen], bins), charge[chosen], owner[chosen])
    cells, shift, fits = centred(cells, bins)
    contained = ~wide & fits
    cells = cells.where(cells.each(contained))
    place = place - shift[owner]
    inside = ((place >= 0) & (place < bins)).all(axis=1)
    if (stray := ~track & inside & contained[owner]).any():
        cells = merged(cells, flat_index(place[stray], bins), charge[stray], owner[stray])
    return Centred(cells, lowest + shift, contained, ~track & ~inside)


def _groups(cube: np.ndarray, owner: np.ndarray) -> np.ndarray:
    """Number int [M] of the group of each hit, from its cube int64 [M, 3]."""
    # Events are two apart, so that their cubes do not touch.
    rows = np.column_stack([2 * owner, cube])
    order = np.lexsort(rows.T)
    new = (np.diff(rows[order], axis=0) != 0).any(axis=1)
    number = np.empty(len(rows), np.int64)
    number[order] = np.concatenate([[0], np.cumsum(new)])
    cubes = rows[order][np.concatenate([[True], new])]
    pairs = cKDTree(cubes).query_pairs(1, p=np.inf, output_type="ndarray")
    touching = coo_array((np.ones(len(pairs)), pairs.T), shape=(len(cubes), len(cubes)))
    groups: np.ndarray = connected_components(touching, directed=False)[1][number]
    return groups
