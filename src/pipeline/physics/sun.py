"""The Sun in the sky of a site."""

import numpy as np
from astropy.coordinates import AltAz, EarthLocation, get_sun
from astropy.time import Time
from astropy.utils import iers
from numpy.typing import NDArray

Array = NDArray[np.float64]


def sun_direction(time_s: Array, latitude_deg: float, longitude_deg: float) -> Array:
    """Unit vectors (east, north, up) towards the Sun [n, 3], without refraction.

    `time_s` [n] are seconds since 1970, UTC; longitudes are positive in the east. The Earth's
    rotation comes from the tables that are installed with astropy. Beyond them it is known to a
    second, or 0.004 degrees, which is enough for directions of recoils.
    """
    with (
        iers.conf.set_temp("auto_download", False),
        iers.conf.set_temp("auto_max_age", None),
        iers.conf.set_temp("iers_degraded_accuracy", "ignore"),
    ):
        time = Time(np.asarray(time_s, np.float64), format="unix")
        site = EarthLocation(lat=latitude_deg, lon=longitude_deg)
        sun = get_sun(time).transform_to(AltAz(obstime=time, location=site))
    across = np.cos(sun.alt.rad)
    parts = [across * np.sin(sun.az.rad), across * np.cos(sun.az.rad), np.sin(sun.alt.rad)]
    return np.stack(parts, axis=-1)
