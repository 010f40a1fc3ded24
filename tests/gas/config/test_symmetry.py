"""In how many orientations the events of a readout look alike."""

import numpy as np
import pytest

from pipeline.gas.config.response import Response
from pipeline.gas.config.symmetry import drift_of, orientations

CUBE = (500.0, 500.0, 500.0)


@pytest.mark.parametrize(
    ("cell_um", "drift", "number"),
    [
        (CUBE, "none", 48),
        (CUBE, "axis", 16),
        (CUBE, "direction", 8),
        ((250.0, 250.0, 100.0), "none", 16),
        ((100.0, 250.0, 250.0), "none", 16),
        ((100.0, 250.0, 250.0), "axis", 8),
        ((250.0, 50.0, 100.0), "none", 8),
        ((250.0, 50.0, 100.0), "direction", 4),
    ],
)
def test_number_of_orientations(cell_um, drift, number):
    found = orientations(cell_um, drift)
    assert len(set(found)) == number
    assert found[0] == ((0, 1, 2), (1, 1, 1))


@pytest.mark.parametrize(("drift", "axes"), [("none", 3), ("axis", 3), ("direction", 2)])
def test_errors_along_an_axis_average_out_in_the_first_orientations(drift, axes):
    """Pairs of opposites: no axis has more of one sign; the first four pairs swap axes."""
    matrices = [
        np.diag(signs) @ np.eye(3)[list(order)] for order, signs in orientations(CUBE, drift)
    ]
    for one, other in zip(matrices[::2], matrices[1::2], strict=True):
        assert np.array_equal(one[:axes], -other[:axes])
    first = orientations(CUBE, drift)[:8]
    assert len({signs for _, signs in first}) == (8 if drift != "direction" else 4)
    assert len({order for order, _ in first}) == (4 if drift == "none" else 2)


@pytest.mark.parametrize(
    ("keys", "drift"),
    [
        ({}, "none"),
        ({"gain": {"relative_rms": 1}, "threshold": {"electrons": 1.5}, "noise_hits": 3}, "none"),
        ({"diffusion": {"constant_transverse": 300, "constant_longitudinal": 300}}, "none"),
        ({"diffusion": {"constant_transverse": 300, "constant_longitudinal": 240}}, "axis"),
        ({"vary": {"diffusion.constant_transverse": [200, 300]}}, "axis"),
        ({"fitted": ["diffusion.constant_longitudinal"]}, "axis"),
        ({"gain": {"spread_um": 120}}, "none"),
        ({"gain": {"spread_um": {"transverse": 120, "longitudinal": 270}}}, "axis"),
        ({"gain": {"pixel_spread": 0.05}}, "axis"),
        ({"gain": {"map": "map.csv"}}, "axis"),
        ({"integrate_mm": "all"}, "axis"),
        ({"integrate_mm": 4}, "direction"),
        ({"diffusion": {"transverse": 129, "longitudinal": 129}}, "direction"),
        ({"attachment_per_cm": 0.05}, "direction"),
        ({"vary": {"attachment_per_cm": [0, 0.1]}}, "direction"),
        ({"fitted": ["attachment_per_cm"]}, "direction"),
    ],
)
def test_what_a_response_shows_of_the_drift(keys, drift):
    assert drift_of(Response.model_validate(keys)) == drift
