"""Hits that are made: voxels of their response, directions, times, and gains of pixels."""

import numpy as np
import pytest
from helpers.made_clouds import clouds
from helpers.made_hits import hits_part
from helpers.made_tracks import along_z

from pipeline.gas.challenge.hits import hits_table
from pipeline.gas.config.simulated_hits import SimulatedHits
from pipeline.gas.config.voxels import Grid
from pipeline.gas.hits.direction_test import expected_directions
from pipeline.gas.hits.parts import read_part
from pipeline.gas.hits.simulated import (
    DAY_S,
    FIRST_S,
    about,
    detected_hits,
    pixel_gains,
    simulated_hits,
    turned_onto,
)
from pipeline.gas.hits.voxels import hit_voxels
from pipeline.gas.response.respond import respond
from pipeline.gas.tracks.table import write_tracks
from pipeline.gas.voxels.binning import random_rotations
from pipeline.physics.solar_neutrinos import recoil_angles

SUN = {
    "site": {"latitude_deg": 42.4, "longitude_deg": 13.5},
    "axes": {"x": [0, 1, 0], "y": [0, 0, 1], "z": [1, 0, 0]},
}
EVENTS, ELECTRONS = 400, 60
CELL_UM = 500


def source(**keys):
    block = {"kind": "simulated_hits", "tracks": "made", "response": {}, **keys}
    return SimulatedHits.model_validate(block)


def unit(rng, n=50):
    vectors = rng.standard_normal((n, 3))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def arrows(rng):
    """Straight lines of 3 cm along z, dense at their start, the origin."""
    positions = np.zeros((EVENTS * ELECTRONS, 3), np.float32)
    positions[:, 2] = 3e4 * rng.uniform(size=len(positions)) ** 3
    return along_z(ELECTRONS * np.arange(EVENTS + 1), positions)


def directions(hits):
    """Principal axis of each event [n, 3], away from its dense end."""
    found = []
    for _, rows in hits.groupby("event"):
        places = rows[["x", "y", "z"]].to_numpy()
        charge = rows["charge"].to_numpy()
        places = places - np.average(places, axis=0, weights=charge)
        axis = np.linalg.svd(places)[2][0]
        found.append(np.sign(charge @ (places @ axis) ** 3) * axis)
    return np.array(found)


def test_a_rotation_turns_one_vector_onto_the_other(rng):
    first, second = unit(rng), unit(rng)
    turns = turned_onto(first, second)
    assert np.einsum("nij,nj->ni", turns, first) == pytest.approx(second)
    assert turns @ turns.transpose(0, 2, 1) == pytest.approx(np.tile(np.eye(3), (50, 1, 1)))


def test_vectors_about_an_axis_have_its_cosine(rng):
    axis, cosine = unit(rng), rng.uniform(-1, 1, 50)
    found = about(axis, cosine, rng)
    assert (found * axis).sum(1) == pytest.approx(cosine)
    assert np.linalg.norm(found, axis=1) == pytest.approx(1)


@pytest.mark.parametrize("share", [1.0, 0.0])
def test_solar_recoils_keep_their_angle_to_the_sun(rng, share):
    run = source(signal={"share": share, **SUN})
    hits = detected_hits(arrows(rng), run, Grid(), rng)
    assert FIRST_S <= hits.time_s.min() < hits.time_s.max() <= FIRST_S + 365 * DAY_S
    away = expected_directions(hits.time_s, run.signal)
    cosine = (directions(hits_table(hits)) * away).sum(1)
    error = cosine.std() / np.sqrt(len(cosine))
    assert abs(cosine.mean() - share * recoil_angles(50).mean_cosine) < 4 * error < 0.15
    assert (hits.charge >= 1).all()
    assert np.isnan(hits.direction).all()


def test_signal_along_an_axis_has_no_spread(rng):
    hits = detected_hits(arrows(rng), source(signal={"share": 1, "axis": [0, 3, -4]}), Grid(), rng)
    assert directions(hits_table(hits)) @ [0, 0.6, -0.8] == pytest.approx(1, abs=0.01)


def measured_and_simulated(noise_hits):
    """Voxels of hits, and the readout of `respond` with the same random numbers."""
    grid, tracks = Grid(bins=60, voxel_um=(250, 500, 250)), clouds(60, 400, 600, 3)
    block = {
        "diffusion": {"constant_transverse": 300},
        "gain": {"relative_rms": 0.7, "pixel_spread": 0.1},
        "threshold": {"electrons": 1.2},
        "noise_hits": noise_hits,
    }
    run = source(response=block)
    hits = detected_hits(tracks, run, grid, np.random.default_rng(5))
    rng = np.random.default_rng(5)
    rng.random(len(tracks))  # the times
    rotation = random_rotations(len(tracks), rng)
    readout = respond(tracks.electrons, run.response, grid, rng, rotation)
    return hit_voxels(hits, hits.source_event, "run7", grid), readout


def test_hits_are_the_voxels_of_their_response():
    found, readout = measured_and_simulated(noise_hits=0)
    assert found.batch.voxels.tolist() == readout.voxels.tolist()
    assert found.batch.counts == pytest.approx(readout.charge)
    assert found.batch.offsets.tolist() == readout.offsets.tolist()


def test_noise_lies_around_the_grid_too():
    """As in the response; the cubes that tell it from the track may lie elsewhere."""
    found, readout = measured_and_simulated(noise_hits=3)
    assert (found.contained == readout.contained).all()
    assert found.dropped_hits.mean() == pytest.approx(3 * 7, rel=0.1)
    # Noise at the edges of the grid may be in or out.
    sizes = np.diff(readout.offsets[np.append(True, readout.contained)])
    assert found.batch.occupied_voxels == pytest.approx(sizes, abs=3)


def test_events_without_hits_are_not_written(rng):
    """Of one electron each; some avalanches are above the threshold."""
    block = {"gain": {"relative_rms": 1}, "threshold": {"electrons": 1}}
    hits = detected_hits(clouds(200, 1, 0, 1), source(response=block), Grid(), rng)
    assert 40 < len(hits) < 110
    assert (np.diff(hits.offsets) == 1).all()
    assert (np.diff(hits.source_event) > 0).all()


def test_a_pixel_keeps_its_gain_in_all_parts_of_a_run(tmp_path):
    """All electrons of an event are in one place, over a pixel."""
    run, grid = source(pixels=[6, 4], response={"gain": {"pixel_spread": 0.2}}), Grid(bins=10)
    write_tracks(tmp_path / "tracks.parquet", [clouds(1000, 50, 0, 1)], {})
    charges = [{}, {}]
    for index, seen in enumerate(charges):
        good, _ = read_part(tmp_path / "tracks.parquet", hits_part(run, grid, index=index))
        for hits, _ in good:
            pixel = np.floor(hits.positions_um[:, :2] / CELL_UM).astype(int)
            for place, charge in zip(map(tuple, pixel), hits.charge, strict=True):
                assert seen.setdefault(place, charge) == charge
    assert charges[0] == charges[1]
    assert set(charges[0]) == {(x, y) for x in range(6) for y in range(4)}


def test_events_lie_evenly_over_the_pixels_and_differ_between_parts(tmp_path):
    run, grid = source(pixels=[2, 2]), Grid(bins=10)
    write_tracks(tmp_path / "tracks.parquet", [clouds(1000, 3, 0, 1)], {})
    places = []
    for index in (0, 1):
        part = hits_part(run, grid, index=index)
        found = list(simulated_hits(tmp_path / "tracks.parquet", run, part))
        places.append(np.concatenate([hits.positions_um[:, :2] for hits in found]))
    _, number = np.unique(places[0], axis=0, return_counts=True)
    assert number == pytest.approx([250] * 4, abs=60)
    assert (places[0] != places[1]).any()


def test_gains_have_the_mean_and_rms_of_the_response(rng):
    run = source(pixels=[100, 100], response={"gain": {"pixel_spread": 0.2}})
    gains = pixel_gains(run, rng)
    assert gains.shape == (100, 100)
    assert gains.mean() == pytest.approx(1, abs=4 * 0.2 / 100)
    assert gains.std() == pytest.approx(0.2, rel=0.05)
    assert pixel_gains(source(), rng) is None


def test_solar_cosines_are_independent_draws(rng):
    """Their mean fluctuates as that of independent numbers."""
    angles = recoil_angles(50)
    means = [angles.draw(50, rng).mean() for _ in range(400)]
    spread = np.sqrt(angles.weight @ (angles.cosine - angles.mean_cosine) ** 2 / 50)
    assert np.mean(means) == pytest.approx(angles.mean_cosine, abs=4 * spread / 20)
    assert np.std(means) == pytest.approx(spread, rel=4 / np.sqrt(2 * 400))
