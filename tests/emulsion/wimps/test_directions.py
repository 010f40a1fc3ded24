import numpy as np
import pytest
from helpers.made_emulsion import made_response

from pipeline.emulsion.wimps.directions import projected_angle_rad, recoil_directions
from pipeline.emulsion.wimps.response import Response
from pipeline.physics.halo import Halo
from pipeline.physics.wimp_recoils import Wimp, wimp_recoils
from pipeline.statistics.directional.von_mises import mean_cosine


def selected(threshold_keV):
    recoils = wimp_recoils(Wimp(100.0, 1e-45), {"C": 0.1, "O": 0.1}, Halo())
    return recoils.selected(recoils.centre_keV > threshold_keV)


def directions(rng, kappas, threshold_keV=30.0, head_tail=0.5, n=50_000, rows=20_000):
    response = Response.from_table(made_response(rng, kappas, rows))
    return recoil_directions(rng, selected(threshold_keV), response, head_tail, n)


def cosine(found, kind, statistic="axis"):
    return found[kind].mean_cosines[statistic]


def test_isotropic_recoils_stay_isotropic_in_projection(rng):
    angles = projected_angle_rad(rng, rng.uniform(-1, 1, 100_000))
    for multiple in (1, 2, 4):
        assert abs(np.exp(1j * multiple * angles).mean()) < 4 / np.sqrt(100_000)


def test_recoils_along_cygnus_stay_there_and_others_spread(rng):
    along = projected_angle_rad(rng, np.array([1.0, -1.0]))
    assert abs(along) == pytest.approx([0, np.pi])
    across = projected_angle_rad(rng, np.zeros(1000))
    assert abs(across) == pytest.approx(np.pi / 2)
    # tan(phi) = tan(gamma) cos(azimuth)
    angles = projected_angle_rad(rng, np.full(100_000, np.cos(0.5)))
    assert np.tan(angles).std() == pytest.approx(np.tan(0.5) / np.sqrt(2), rel=0.01)


def test_a_perfect_response_measures_true_axes(rng):
    found = directions(rng, {30.0: np.inf})
    measured, true = found["measured axes"].plane, found["true axes"].plane
    assert measured.cosine == pytest.approx(true.cosine)
    assert not measured.has_kappa


def test_blur_multiplies_the_mean_cosine(rng):
    found = directions(rng, {30.0: 1.0})
    (measured, err), (true, _) = (cosine(found, f"{kind} axes") for kind in ("measured", "true"))
    assert measured == pytest.approx(float(mean_cosine(1.0)) * true, abs=4 * err)
    # All kappas are alike: weights change nothing.
    assert cosine(found, "measured axes", "axis_kappa")[0] == pytest.approx(measured)


def test_directions_above_30_keV_are_those_of_the_prototype(rng):
    """100 GeV: <cos 2 phi> near .39, which needs 29 events for 3 sigma; 7 with the sense."""
    found = directions(rng, {30.0: np.inf})
    assert cosine(found, "true axes")[0] == pytest.approx(0.39, abs=0.03)
    assert 9 / 2 / cosine(found, "true axes")[0] ** 2 == pytest.approx(29, abs=4)
    assert 9 / 2 / cosine(found, "true sense")[0] ** 2 == pytest.approx(7, abs=0.5)


@pytest.mark.parametrize("head_tail", [0.75, 1.0])
def test_sense_adds_directions_along_measured_axes(rng, head_tail):
    """A perfect axis with sense: the mean cosine falls by 2 h - 1."""
    found = directions(rng, {30.0: np.inf}, head_tail=head_tail)
    mean, err = cosine(found, "measured sense")
    expected = (2 * head_tail - 1) * cosine(found, "true sense")[0]
    assert mean == pytest.approx(expected, abs=4 * err + 1e-9)
    assert "measured sense" not in directions(rng, {30.0: np.inf})


def test_the_error_knows_how_many_rows_the_response_has(rng):
    """Many recoils from few rows: the spread over responses, not over recoils."""
    means, errors = zip(
        *(
            cosine(directions(rng, {30.0: 0.7}, n=5000, rows=40), "measured axes", "axis_kappa")
            for _ in range(50)
        ),
        strict=True,
    )
    assert np.std(means) / np.mean(errors) == pytest.approx(1, abs=0.35)
    assert np.mean(errors) > 2 * cosine(directions(rng, {30.0: 0.7}), "measured axes")[1]
