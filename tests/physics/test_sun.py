"""The Sun's place in the sky against published values."""

import numpy as np
import pytest

from pipeline.physics.sun import sun_direction


def test_height_and_azimuth_are_those_of_a_published_example():
    # Reda & Andreas 2004 (Solar Energy 76, 577), appendix A.5: 17 October 2003, 19:30:30 UTC.
    (sun,) = sun_direction(np.array([1066419030.0]), 39.742476, -105.1786)
    assert np.linalg.norm(sun) == pytest.approx(1)
    assert np.degrees(np.arcsin(sun[2])) == pytest.approx(39.872046, abs=0.01)
    assert np.degrees(np.arctan2(sun[0], sun[1])) % 360 == pytest.approx(194.34024, abs=0.01)


def test_declination_is_that_of_an_almanac_example():
    # Meeus, Astronomical Algorithms, example 25.a: 13 October 1992, 0h of dynamical time, which is
    # 59.2 s later than UTC. At the pole the height of the Sun is its declination.
    (sun,) = sun_direction(np.array([718934400 - 59.2]), 90, 0)
    assert np.degrees(np.arcsin(sun[2])) == pytest.approx(-7.78507, abs=0.01)


@pytest.mark.filterwarnings("ignore:Tried to get polar motions")
def test_the_sun_is_known_beyond_the_tables_of_the_earths_rotation():
    # An hour angle comes back after a day, but for the equation of time.
    today, tomorrow = sun_direction(np.array([1.85e9, 1.85e9 + 86400]), 42.4, 13.5)
    np.testing.assert_allclose(today, tomorrow, atol=0.01)
