"""PMT arrays: number, distances and positions of PMTs."""

import numpy as np
import pytest
from scipy.spatial.distance import pdist

from pipeline.xenon.config.detector import Detector, Hexagonal, Rings, Rows
from pipeline.xenon.response.arrays import pmt_positions_cm


def array(base, side):
    detector = Detector(base=base)
    return pmt_positions_cm(getattr(detector.arrays, side), detector.geometry.radius_cm)


@pytest.mark.parametrize(
    ("base", "side", "pmts", "pitch_cm"),
    [
        ("darwin", "top", 955, 8.0),
        ("darwin", "bottom", 955, 8.0),
        ("xenon1t", "top", 127, 7.95),
        ("xenon1t", "bottom", 121, 8.0),
    ],
)
def test_shipped_arrays_have_their_pmts_at_their_pitch(base, side, pmts, pitch_cm):
    positions = array(base, side)
    assert positions.shape == (pmts, 2)
    assert pdist(positions).min() == pytest.approx(pitch_cm)
    np.testing.assert_allclose(positions.mean(axis=0), 0, atol=1e-9)
    assert np.hypot(*positions.T).max() <= Detector(base=base).geometry.radius_cm + 1


def test_a_hexagonal_array_has_every_site_inside_and_none_outside():
    inside = pmt_positions_cm(Hexagonal(kind="hexagonal", pitch_cm=1), radius_cm=2)
    radii = np.sort(np.hypot(*inside.T))
    # Shells of the lattice: 1 site, then 6 at 1, 6 at sqrt(3), 6 at 2; those at the wall count.
    np.testing.assert_allclose(radii, [0] + 6 * [1] + 6 * [np.sqrt(3)] + 6 * [2])


def test_rings_start_along_x():
    positions = pmt_positions_cm(Rings(kind="rings", pitch_cm=5, pmts=[1, 4]), radius_cm=1)
    np.testing.assert_allclose(positions, [[0, 0], [5, 0], [0, 5], [-5, 0], [0, -5]], atol=1e-9)


def test_rows_are_centred_one_by_one():
    positions = pmt_positions_cm(Rows(kind="rows", pitch_cm=2, pmts=[1, 2]), radius_cm=1)
    half = np.sqrt(3) / 2
    np.testing.assert_allclose(positions, [[0, -half], [-1, half], [1, half]], atol=1e-9)
