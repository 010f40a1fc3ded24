"""Stray hits among those of a track: which they are, and what they change."""

import numpy as np
import pytest

from pipeline.gas.config.response import Response
from pipeline.gas.config.voxels import Grid
from pipeline.gas.response import cells
from pipeline.gas.response.respond import respond
from pipeline.gas.response.track_hits import centred_on_track, track_hits
from pipeline.gas.tracks.table import Electrons

GRID = Grid()


def line(length=60, first=(200, 300, 400)):
    """Hits of a straight track along x, one in each cell."""
    return np.array(first) + np.arange(length)[:, None] * np.array([1, 0, 0])


def centred(*events):
    """Events of (place, charge), centred."""
    place = np.concatenate([p for p, _ in events])
    charge = np.concatenate([np.broadcast_to(q, len(p)) for p, q in events]).astype(float)
    owner = np.repeat(np.arange(len(events)), [len(p) for p, _ in events])
    return centred_on_track(place, charge, owner, len(events), GRID)


def test_stray_hits_do_not_move_the_centre():
    """Inside the grid they stay, outside they are dropped; the track is as without them."""
    alone = centred((line(), 1))
    near, far = [240, 340, 420], [100000, 3, 400]
    found = centred((np.vstack([line(), near, far]), 1))
    assert found.contained.all()
    assert found.shift.tolist() == alone.shift.tolist()
    assert found.dropped.tolist() == [False] * 61 + [True]
    assert set(found.cells.index) - set(alone.cells.index) == {
        int(cells.flat_index((np.array([near]) - found.shift), GRID.bins)[0])
    }
    assert len(found.cells.index) == 61


def test_a_track_beyond_the_grid_is_not_contained():
    """With a stray hit or without; other events are not touched."""
    long = line(130)
    found = centred((np.vstack([long, [9000, 0, 0]]), 1), (line(), 2), (long, 1))
    assert found.contained.tolist() == [False, True, False]
    assert np.diff(found.cells.offsets).tolist() == [0, 60, 0]


def test_an_event_without_far_hits_is_centred_on_all_its_charge():
    """As the simulation without noise, whatever its hits are."""
    near = np.vstack([line(), [240, 340, 420]])
    found = centred((near, np.append(np.ones(60), 2.0)))
    mean = np.average(near, axis=0, weights=np.append(np.ones(60), 2.0)) - found.shift[0] + 0.5
    assert (np.abs(mean - 60) <= 0.5).all()


def test_a_second_track_far_away_is_no_stray_hit():
    both = np.vstack([line(), line(10, first=(500, 300, 400))])
    assert not centred((both, 1)).contained.any()
    assert centred((both[:-8], 1)).contained.all()


def test_groups_are_those_of_a_second_implementation(rng):
    """Cubes of 8 cells, joined one by one."""
    place, owner = rng.integers(0, 150, (300, 3)), np.sort(rng.integers(0, 3, 300))
    charge = rng.exponential(1, 300)
    cube, group = place // 8, np.arange(300)
    for _ in range(300):
        touching = (np.abs(cube[:, None] - cube).max(axis=2) <= 1) & (owner[:, None] == owner)
        joined = np.where(touching, group, 300).min(axis=1)
        if (joined == group).all():
            break
        group = joined
    sums = np.bincount(group, charge)[group]
    largest = np.array([sums[owner == event].max() for event in range(3)])
    expected = sums >= 0.05 * largest[owner]
    assert 0 < expected.sum() < 300
    assert (track_hits(place, charge, owner, GRID) == expected).all()


def test_without_hits_nothing_is_wrong():
    none = np.empty(0, np.int64)
    found = centred_on_track(np.empty((0, 3), np.int64), np.empty(0), none, 2, GRID)
    assert found.contained.all()
    assert len(found.cells) == 2


def tracks(events=300):
    """Clouds about a line of 30 mm in random directions."""
    rng = np.random.default_rng(2)
    direction = rng.normal(size=(events, 1, 3))
    direction /= np.linalg.norm(direction, axis=2, keepdims=True)
    along = rng.uniform(-15e3, 15e3, (events, 300, 1))
    positions = (along * direction + rng.normal(0, 300, (events, 300, 3))).reshape(-1, 3)
    return Electrons(positions.astype(np.float32), np.arange(0, events * 300 + 1, 300))


def test_noise_changes_nothing_of_simulated_tracks():
    """Equal cells, charges and origin but for those of noise, whose number is that per grid."""
    electrons = tracks()
    quiet, noisy = (
        respond(electrons, Response(noise_hits=n), GRID, np.random.Generator(np.random.SFC64(1)))
        for n in (0, 3)
    )
    assert quiet.contained.all()
    assert noisy.contained.mean() > 0.99
    same = (noisy.origin == quiet.origin).all(axis=1)
    # A noise hit at the track counts for its mean, which rarely moves to another cell.
    assert same[noisy.contained].mean() > 0.95
    owner = np.repeat(np.arange(300), np.diff(quiet.offsets))
    other = np.repeat(np.arange(300), np.diff(noisy.offsets))
    more = noisy.offsets[-1] - np.sum(noisy.contained[owner])
    assert more / noisy.contained.sum() == pytest.approx(3, abs=5 * (3 / 300) ** 0.5)
    keys = set(zip(other, noisy.voxels, strict=True))
    kept = (noisy.contained & same)[owner]
    assert set(zip(owner[kept], quiet.voxels[kept], strict=True)) <= keys
