"""Simulated tracks: reproducibility, conservation, symmetry, scaling and errors."""

import numpy as np
import pytest
from scipy import constants

from pipeline.gas.tracks.observables import track_observables
from pipeline.gas.tracks.simulator.gas import Gas
from pipeline.gas.tracks.simulator.transport import CLOUD_UM, simulate_tracks

MIXTURE = (("He", 0.7), ("CO2", 0.3))
GAS = Gas(MIXTURE, 293.15, 760.0)


def test_layout_and_reproducibility() -> None:
    first = simulate_tracks(GAS, 40, 300, np.random.default_rng(1))
    again = simulate_tracks(GAS, 40, 300, np.random.default_rng(1))
    for a, b in zip(first, again, strict=True):
        np.testing.assert_array_equal(a, b)
    offsets, positions, times = first
    assert (offsets.dtype, positions.dtype, times.dtype) == (np.int64, np.float32, np.float32)
    assert offsets.shape == (301,)
    assert positions.shape == (offsets[-1], 3)
    assert times.shape == (offsets[-1],)


def test_generator_advances() -> None:
    rng = np.random.default_rng(1)
    first, second = (simulate_tracks(GAS, 20, 5, rng)[1] for _ in range(2))
    assert first.shape != second.shape or not np.array_equal(first, second)


def test_no_events() -> None:
    offsets, positions, times = simulate_tracks(GAS, 40, 0, np.random.default_rng(1))
    assert offsets.tolist() == [0]
    assert positions.shape == (0, 3)
    assert times.shape == (0,)


@pytest.mark.parametrize("energy_keV", [10, 60, 100])
def test_energy_is_conserved(energy_keV: float) -> None:
    offsets, _, _ = simulate_tracks(GAS, energy_keV, 300, np.random.default_rng(2))
    electrons = np.diff(offsets)
    assert electrons.max() <= energy_keV * 1e3 / 13.776 + 1
    # W of about 35 eV at all energies; Fano factor of a few tenths, not Poisson's 1.
    assert energy_keV * 1e3 / electrons.mean() == pytest.approx(35.1, rel=0.02)
    assert electrons.var() < 0.6 * electrons.mean()


def test_nothing_outruns_light() -> None:
    _, positions, times = simulate_tracks(GAS, 60, 50, np.random.default_rng(3))
    light_um = constants.c * 1e-6 * times.astype(float)
    assert np.all(np.linalg.norm(positions, axis=1) < light_um + 10 * CLOUD_UM + 30)


def test_axial_symmetry() -> None:
    offsets, positions, _ = simulate_tracks(GAS, 40, 2000, np.random.default_rng(4))
    centroids = np.add.reduceat(positions, offsets[:-1], axis=0) / np.diff(offsets)[:, None]
    error = centroids.std(axis=0) / np.sqrt(len(centroids))
    assert np.all(np.abs(centroids[:, :2].mean(axis=0)) < 4 * error[:2])
    assert centroids[:, 2].mean() > 20 * error[2]


def test_lengths_scale_with_the_inverse_density() -> None:
    thin = Gas(MIXTURE, 293.15, 380.0)
    offsets, positions, times = simulate_tracks(GAS, 30, 20, np.random.default_rng(5))
    thin_offsets, thin_positions, thin_times = simulate_tracks(
        thin, 30, 20, np.random.default_rng(5)
    )
    np.testing.assert_array_equal(thin_offsets, offsets)
    # Rates keep their proportions, so the same collisions happen; only CLOUD_UM does not scale.
    np.testing.assert_allclose(thin_positions, 2 * positions, rtol=1e-5, atol=6 * CLOUD_UM)
    np.testing.assert_allclose(thin_times, 2 * times, rtol=1e-5)


def test_kinematic_deflection_gives_straighter_tracks() -> None:
    depth = {}
    for deflection in ("degrad", "kinematic"):
        offsets, positions, _ = simulate_tracks(GAS, 40, 300, np.random.default_rng(6), deflection)
        depth[deflection] = track_observables(offsets, positions)["mean_z_mm"]
    error = np.hypot(depth["kinematic"].sem(), depth["degrad"].sem())
    assert depth["kinematic"].mean() > depth["degrad"].mean() + 5 * error


def test_pure_components_work() -> None:
    for name in ("He", "CO2"):
        gas = Gas(((name, 1.0),), 293.15, 760.0)
        offsets, positions, _ = simulate_tracks(gas, 10, 20, np.random.default_rng(7))
        assert np.isfinite(positions).all()
        assert np.all(np.diff(offsets) > 100)


@pytest.mark.parametrize(
    ("energy_keV", "events", "deflection", "message"),
    [
        (9.9, 1, "degrad", "9.9 keV is outside 10-100 keV"),
        (101, 1, "degrad", "outside"),
        (float("nan"), 1, "degrad", "outside"),
        (40, -1, "degrad", "must not be negative"),
        (40, 1, "moliere", "choose one of degrad, kinematic"),
    ],
)
def test_errors(energy_keV: float, events: int, deflection: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        simulate_tracks(GAS, energy_keV, events, np.random.default_rng(1), deflection)
