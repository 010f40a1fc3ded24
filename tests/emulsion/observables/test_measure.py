"""Observables of clusters with known shifts and shapes."""

import numpy as np
import pytest

from pipeline.emulsion.observables.measure import measure

PIXEL_NM = (27.47, 27.42)
SAME = (27.0, 27.0)


def spots(centres, height=100.0, sigma=(3.0, 3.0), angle_deg=0.0, pedestal=14):
    """A cluster of Gaussian spots at centres [8, 2] (x, y in px), as uint8 [1, 8, 40, 40]."""
    y, x = np.mgrid[:40, :40].astype(float)
    angle = np.radians(angle_deg)
    images = []
    for (cx, cy), top in zip(centres, np.broadcast_to(height, 8), strict=True):
        along = (x - cx) * np.cos(angle) + (y - cy) * np.sin(angle)
        across = (y - cy) * np.cos(angle) - (x - cx) * np.sin(angle)
        light = top * np.exp(-((along / sigma[0]) ** 2 + (across / sigma[1]) ** 2) / 2)
        images.append(np.rint(pedestal + light))
    return np.array(images, np.uint8)[None]


def test_the_shift_and_its_angle_are_those_of_the_spots():
    centres = np.full((8, 2), 19.5)
    centres[3] += (2.0, 1.0)
    found = measure(spots(centres), PIXEL_NM)
    apart = np.array([2 * 27.47, 27.42])
    assert found.shift_nm[0] == pytest.approx(np.hypot(*apart), rel=0.02)
    assert found.shift_angle_deg[0] == pytest.approx(np.degrees(np.arctan2(27.42, 54.94)), abs=1)
    # There and back.
    assert found.path_over_shift[0] == pytest.approx(2, rel=0.02)
    assert found.newsdm[0]


def test_a_wandering_spot_has_a_long_path():
    centres = np.full((8, 2), 19.5)
    centres[::2, 0] += 2
    found = measure(spots(centres), SAME)
    assert found.shift_nm[0] == pytest.approx(54, rel=0.02)
    assert found.path_over_shift[0] == pytest.approx(8, rel=0.02)
    assert not found.newsdm[0]


def part(*sigma):
    """The threshold over the height of a Gaussian; the peak is a mean of 3x3 pixels."""
    squares = np.array([-1, 0, 1]) ** 2
    return 0.35 * np.prod([np.exp(-squares / (2 * s * s)).mean() for s in sigma])


@pytest.mark.parametrize("angle_deg", [0.0, 30.0, 120.0])
def test_the_axes_of_the_mean_image(angle_deg):
    found = measure(spots(np.full((8, 2), 20.0), 200, (4.0, 2.5), angle_deg), SAME)
    difference = (found.axis_angle_deg[0] - angle_deg + 90) % 180 - 90
    assert difference == pytest.approx(0, abs=3)
    # Cut off at the fraction f of its height, a Gaussian keeps its axis ratio; its variance falls
    # by the factor 1 - L f/(1 - f) with L = -ln f.
    f = part(4.0, 2.5)
    variance = 1 + f * np.log(f) / (1 - f)
    assert found.axis_ratio[0] == pytest.approx(1.6, rel=0.05)
    assert found.minor_sigma_nm[0] == pytest.approx(2.5 * 27 * np.sqrt(variance), rel=0.04)
    assert found.area_px[0] == pytest.approx(-2 * np.pi * 4 * 2.5 * np.log(f), rel=0.08)


def test_peak_modulation_and_brightness():
    heights = [100, 80, 60, 50, 50, 60, 80, 100]
    found = measure(spots(np.full((8, 2), 20.0), heights), SAME)
    f = part(3.0, 3.0)
    assert found.peak_counts[0] == pytest.approx(np.mean(heights) * f / 0.35, rel=0.01)
    assert found.modulation[0] == pytest.approx(0.5, abs=0.01)
    expected = np.mean(heights) * 2 * np.pi * 9 * (1 - f)
    assert found.brightness_counts[0] == pytest.approx(expected, rel=0.03)


def test_pixels_need_three_counts():
    # 35 % of 5 counts is less than 3 counts, so only the top of the spot counts.
    found = measure(spots(np.full((8, 2), 20.0), 5.0), SAME)
    assert found.area_px[0] == np.sum(np.rint(spots(np.full((8, 2), 20.0), 5.0)[0, 0]) - 14 > 3)


def test_light_far_from_the_peak_does_not_count():
    centres = np.full((8, 2), 20.0)
    near = measure(spots(centres), SAME)
    images = spots(centres)
    images[..., 2:6, 2:6] = 90
    far = measure(images, SAME)
    assert far.area_px[0] == near.area_px[0]
    assert far.axis_ratio[0] == pytest.approx(near.axis_ratio[0])


def test_missing_images_do_not_count():
    centres = np.full((8, 2), 19.5)
    centres[5] += (2.0, 0.0)
    images = spots(centres)
    images[0, [1, 5]] = 0
    found = measure(images, SAME)
    assert found.images[0] == 6
    assert found.shift_nm[0] == pytest.approx(0, abs=1e-9)
    assert found.peak_counts[0] == pytest.approx(measure(spots(centres), SAME).peak_counts[0])
    images[0, 1:] = 0
    found = measure(images, SAME)
    assert found.images[0] == 1
    for name in ("shift_nm", "peak_counts", "modulation", "area_px", "axis_ratio"):
        assert np.isnan(getattr(found, name)[0]), name
    assert not found.newsdm[0]
