"""Track observables against closed forms."""

import numpy as np
import pandas as pd
import pytest

from pipeline.gas.tracks.observables import track_observables


def _one(positions_um: np.ndarray) -> pd.Series:
    positions_um = np.asarray(positions_um, dtype=np.float32)
    return track_observables(np.array([0, len(positions_um)]), positions_um).iloc[0]


def test_straight_line() -> None:
    z = np.linspace(0, 12_000, 2401)
    found = _one(np.stack([0 * z, 0 * z, z], axis=1))
    assert found["electrons"] == 2401
    for name in ("max_radius_mm", "z_range_mm", "length_mm"):
        assert found[name] == pytest.approx(12.0)
    assert found["mean_radius_mm"] == pytest.approx(6.0)
    assert found["mean_z_mm"] == pytest.approx(6.0)
    assert found["std_major_mm"] == pytest.approx(12 / np.sqrt(12), rel=1e-3)
    assert found["std_middle_mm"] == pytest.approx(0.0, abs=1e-3)
    assert found["skewness"] == pytest.approx(0.0, abs=1e-4)
    assert found["electrons_within_2mm"] == 400
    assert found["electrons_within_5mm"] == 1000
    assert found["electrons_within_10mm"] == 2000
    assert found["mean_cosine_within_2mm"] == pytest.approx(1.0)
    assert found["rms_transverse_mm_within_5mm"] == pytest.approx(0.0)
    assert found["cells"] == 25


def test_cone_has_its_angle() -> None:
    r, phi = np.meshgrid(np.linspace(1, 4900, 200), np.linspace(0, 2 * np.pi, 36, endpoint=False))
    positions = np.stack([0.6 * r * np.cos(phi), 0.6 * r * np.sin(phi), 0.8 * r], axis=-1)
    found = _one(positions.reshape(-1, 3))
    assert found["mean_cosine_within_2mm"] == pytest.approx(0.8, rel=1e-5)
    assert found["mean_cosine_within_5mm"] == pytest.approx(0.8, rel=1e-5)
    assert found["rms_transverse_mm_within_5mm"] == pytest.approx(
        0.6 * np.sqrt(np.mean(r**2)) / 1e3, rel=1e-5
    )


def test_skewness_is_that_of_the_density_away_from_the_start() -> None:
    # Charge dense at the far end, as where an electron stops: density proportional to the distance,
    # whose skewness is -2 sqrt(2)/5, whatever the direction of the track.
    distance = 10_000 * np.sqrt((np.arange(20_000) + 0.5) / 20_000)
    for direction in ([0.0, 0.6, 0.8], [0.0, 0.6, -0.8]):
        found = _one(np.outer(distance, direction))
        assert found["skewness"] == pytest.approx(-2 * np.sqrt(2) / 5, abs=2e-3)


def test_principal_widths_do_not_depend_on_the_azimuth() -> None:
    positions = np.random.default_rng(1).normal(0, [3000, 1000, 300], (5000, 3))
    turn = np.array([[0.6, -0.8, 0], [0.8, 0.6, 0], [0, 0, 1]])
    first, second = _one(positions), _one(positions @ turn.T)
    for name in ("std_major_mm", "std_middle_mm", "std_minor_mm", "length_mm", "max_radius_mm"):
        assert second[name] == pytest.approx(first[name], rel=1e-4)
    expected = np.sqrt(np.linalg.eigvalsh(np.cov(positions.T, bias=True)))[::-1] / 1e3
    names = ["std_major_mm", "std_middle_mm", "std_minor_mm"]
    np.testing.assert_allclose(first[names].to_numpy(dtype=float), expected, rtol=1e-4)


def test_far_electrons_are_left_out() -> None:
    near = np.random.default_rng(2).normal(0, 3000, (100, 3))
    far = np.array([[0, 0, 61_000], [2e7, 0, 0]])
    pd.testing.assert_series_equal(_one(np.concatenate([near, far])), _one(near))


def test_tracks_are_separate() -> None:
    rng = np.random.default_rng(3)
    tracks = [rng.normal(0, 2000, (n, 3)).astype(np.float32) for n in (50, 1, 300)]
    together = track_observables(np.array([0, 50, 51, 351]), np.concatenate(tracks))
    alone = [track_observables(np.array([0, len(track)]), track) for track in tracks]
    pd.testing.assert_frame_equal(together, pd.concat(alone, ignore_index=True))


def test_tracks_without_electrons_have_counts_but_no_moments() -> None:
    positions = np.array([[0, 0, 70_000], [0, 0, 100]], dtype=np.float32)
    found = track_observables(np.array([0, 0, 1, 2]), positions)
    assert found["electrons"].tolist() == [0, 0, 1]
    assert found["cells"].tolist() == [0, 0, 1]
    shapes = found.drop(columns=[c for c in found if c.startswith("electrons")] + ["cells"])
    assert shapes.iloc[:2].isna().all(axis=None)
    assert found["skewness"].isna().all()
    assert found["std_major_mm"].iloc[2] == 0.0


@pytest.mark.parametrize("offsets", [[0, 2], [1, 3], [0, 3, 2, 3]])
def test_offsets_must_delimit_the_positions(offsets: list[int]) -> None:
    with pytest.raises(ValueError, match="offsets must rise from 0"):
        track_observables(np.array(offsets), np.zeros((3, 3), np.float32))
