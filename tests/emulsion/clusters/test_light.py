"""Light of a segment and its image in the microscope."""

import numpy as np
import pytest

from pipeline.emulsion.clusters.filaments import Segments
from pipeline.emulsion.clusters.light import brightness, expose
from pipeline.emulsion.config.detector import Camera, Light, Optics

CAMERA = Camera(pixels=64)
STILL = {"jitter_nm": 0.0}


def segment(direction, amplitude=1.0):
    direction = np.atleast_2d(np.asarray(direction, float))
    n = len(direction)
    return Segments(np.arange(n + 1), np.zeros((n, 3)), direction, np.full(n, amplitude))


def test_a_segment_along_the_normal_does_not_polarise():
    light = Light()
    np.testing.assert_allclose(
        brightness(segment([0, 0, 1], 2.0), light)[0], 2 * np.array(light.gains)
    )


@pytest.mark.parametrize("plane", [0, 3, 6])
def test_a_segment_in_the_film_is_brightest_along_the_analyser(plane):
    light = Light(gains=[1.0] * 8)
    angle = np.radians(22.5 * plane)
    bright = brightness(segment([np.cos(angle), np.sin(angle), 0]), light)[0]
    assert bright[plane] == pytest.approx(1)
    assert bright[(plane + 4) % 8] == pytest.approx(0.1)
    assert bright[(plane + 2) % 8] == pytest.approx(1 - 0.9 + 0.9 * 0.5)


def test_an_inclined_segment_is_less_polarised():
    light = Light(gains=[1.0] * 8)
    bright = brightness(segment([0.6, 0, 0.8]), light)[0]
    assert bright[0] == pytest.approx(1)
    assert bright[4] == pytest.approx(1 - 0.9 * 0.36)


@pytest.mark.parametrize("focus_nm", [0.0, 200.0])
def test_the_light_of_an_image_does_not_depend_on_the_focus(focus_nm, rng):
    optics = Optics(focus_nm=focus_nm, **STILL)
    light = Light(gains=[1.0] * 8)
    images, focus = expose(segment([[0, 0, 1]] * 50), light, optics, CAMERA, rng)
    assert np.abs(focus).max() <= focus_nm
    assert focus.std() == pytest.approx(focus_nm / np.sqrt(3), rel=0.3)
    expected = 2 * np.pi * 73 * 84 / (27.47 * 27.42)
    np.testing.assert_allclose(images.sum(axis=(2, 3)), expected, rtol=2e-3)


def test_the_spread_turns_with_the_analyser_and_grows_out_of_focus(rng):
    optics = Optics(focus_nm=200.0, **STILL)
    images, focus = expose(segment([[0, 0, 1]] * 5), Light(), optics, CAMERA, rng)
    y, x = np.mgrid[:64, :64] * np.array([27.42, 27.47])[:, None, None]
    for cluster in range(5):
        for plane in (0, 1, 5):
            weight = images[cluster, plane] / images[cluster, plane].sum()
            cx, cy = (weight * x).sum(), (weight * y).sum()
            assert abs(cx - 31.5 * 27.47) < 14
            angle = np.radians(101.25 + 22.5 * plane)
            for turn, sigma in ((0, 84), (np.pi / 2, 73)):
                along = (x - cx) * np.cos(angle + turn) + (y - cy) * np.sin(angle + turn)
                wide = np.sqrt(1 + (focus[cluster] / 200) ** 2)
                assert np.sqrt((weight * along**2).sum()) == pytest.approx(sigma * wide, rel=4e-3)


def test_segments_keep_their_distance_and_the_mean_is_at_the_centre(rng):
    far = Segments(
        np.array([0, 2]),
        np.array([[0, 0, 500.0], [400.0, 0, 500.0]]),
        np.array([[0, 0, 1.0], [0, 0, 1.0]]),
        np.array([3.0, 1.0]),
    )
    optics = Optics(focus_nm=0.0, across_nm=30, along_nm=30, **STILL)
    images, _ = expose(far, Light(), optics, CAMERA, rng)
    columns = images[0, 0].sum(axis=0)
    x = np.arange(64) * 27.47
    left, right = (x < 31.5 * 27.47 + 100), (x >= 31.5 * 27.47 + 100)
    mean = [(columns[side] * x[side]).sum() / columns[side].sum() for side in (left, right)]
    assert mean[1] - mean[0] == pytest.approx(400, abs=1)
    assert (columns * x).sum() / columns.sum() == pytest.approx(31.5 * 27.47, abs=17)
    assert columns[left].sum() / columns[right].sum() == pytest.approx(3, rel=0.05)


def test_images_are_shifted_against_each_other(rng):
    optics = Optics(focus_nm=0.0, jitter_nm=30.0)
    images, _ = expose(segment([[0, 0, 1]] * 100), Light(), optics, CAMERA, rng)
    x = np.arange(64) * 27.47
    columns = images.sum(axis=2)
    mean = (columns * x).sum(axis=2) / columns.sum(axis=2)
    assert (mean - mean.mean(axis=1)[:, None]).std() == pytest.approx(30 * np.sqrt(7 / 8), rel=0.07)
