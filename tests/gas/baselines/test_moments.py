import numpy as np
import pytest

from pipeline.gas.baselines.moments import edges_cm, positions_cm, principal_axis
from pipeline.gas.voxels.shards import voxel_centres


def _axis(matrix: np.ndarray) -> tuple[np.ndarray, float]:
    upper = [(0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2)]
    *axis, value = principal_axis(*(float(matrix[i, j]) for i, j in upper))
    return np.array(axis), value


@pytest.mark.parametrize("ratio", [0.0, 0.5, 0.99, 1 - 1e-6])
@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e9])
def test_axis_and_value_are_those_of_lapack(ratio: float, scale: float) -> None:
    rng = np.random.default_rng(1)
    for _ in range(20):
        basis, _ = np.linalg.qr(rng.normal(size=(3, 3)))
        matrix = scale * (basis * [1.0, ratio, 0.3 * ratio]) @ basis.T
        values, vectors = np.linalg.eigh(matrix)
        axis, value = _axis(matrix)
        assert value == pytest.approx(values[-1], rel=1e-12)
        # An eigenvector is defined to rounding divided by the gap to the next eigenvalue.
        sine = np.linalg.norm(np.cross(axis, vectors[:, -1]))
        assert sine < 1e-14 / (1.0 - ratio) + 1e-14


def test_a_degenerate_leading_pair_gives_a_unit_vector_of_its_plane() -> None:
    axis, value = _axis(np.diag([2.0, 2.0, 1.0]))
    assert value == pytest.approx(2.0)
    assert np.linalg.norm(axis) == pytest.approx(1.0)
    assert axis[2] == pytest.approx(0.0, abs=1e-12)


def test_coinciding_points_have_no_axis() -> None:
    axis, value = _axis(np.zeros((3, 3)))
    assert np.isnan(axis).all()
    assert np.isnan(value)


def test_positions_are_the_voxel_centres() -> None:
    voxels = np.array([0, 1, 119, 120, 120 * 120 - 1, 120**3 - 1], np.int32)
    expected = voxel_centres(voxels, 120).T * 0.05
    np.testing.assert_allclose(positions_cm(voxels, 120, edges_cm(500.0)), expected, rtol=1e-6)


def test_voxels_may_have_three_different_edges() -> None:
    place = positions_cm(np.array([120**2 + 2 * 120 + 3], np.int32), 120, edges_cm((250, 50, 100)))
    np.testing.assert_allclose(place[:, 0], [1.5 * 0.025, 2.5 * 0.005, 3.5 * 0.01])
