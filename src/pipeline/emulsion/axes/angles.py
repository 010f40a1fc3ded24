"""Angular response of clusters: how well axes in the film follow the initial direction.

`delta` is the measured minus the true angle of axes, which are the same after half a turn: -90 to
90 deg. Without information <cos 2 delta> is 0 and the median of |delta| 45 deg.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from pipeline.emulsion.rejection.intervals import Array, clopper_pearson
from pipeline.statistics.directional.von_mises import fit_axial_kappa

ANGLES = {
    "clusters": "clusters with a measured axis",
    "median_error_deg": "median of the angle between measured and true axis",
    "mean_cos_2": "mean cosine of twice this angle",
    "mean_cos_2_err": "its standard error",
    "kappa_fit": "concentration of twice the angle, maximum likelihood",
    "kappa_fit_err": "its standard error",
}
SENSE = {
    "sense_right": "share of clusters whose sense is within 90 deg of the true direction",
    "sense_right_low": "lower end of its 68 % interval",
    "sense_right_high": "upper end",
}


def axial_difference_deg(measured_deg: ArrayLike, true_deg: ArrayLike) -> Array:
    """Angle from the true to the measured axis, -90 to 90 deg."""
    difference = np.asarray(measured_deg, np.float64) - np.asarray(true_deg, np.float64)
    return (difference + 90) % 180 - 90


def angular_response(delta_deg: ArrayLike) -> dict[str, float]:
    """A row of `ANGLES` from differences of axes [n]; unknown ones (NaN) are left out."""
    delta = np.asarray(delta_deg, np.float64)
    delta = np.radians(delta[np.isfinite(delta)])
    if not len(delta):
        return dict.fromkeys(ANGLES, np.nan) | {"clusters": 0}
    cosine = np.cos(2 * delta)
    kappa, error = fit_axial_kappa(delta)
    return {
        "clusters": len(delta),
        "median_error_deg": float(np.degrees(np.median(np.abs(delta)))),
        "mean_cos_2": float(cosine.mean()),
        "mean_cos_2_err": float(cosine.std() / np.sqrt(len(delta))),
        "kappa_fit": kappa,
        "kappa_fit_err": error,
    }


def sharper_half(delta_deg: Array, kappa: Array) -> Array:
    """The differences of the half of clusters whose predicted kappa is higher."""
    return delta_deg[kappa >= np.median(kappa)] if len(kappa) else delta_deg


def sense_row(measured_deg: ArrayLike, true_deg: ArrayLike) -> dict[str, float]:
    """A row of `SENSE` from angles of directions [n]; unknown ones (NaN) are left out."""
    apart = np.radians(np.asarray(measured_deg, np.float64) - np.asarray(true_deg, np.float64))
    apart = apart[np.isfinite(apart)]
    right = int((np.cos(apart) > 0).sum())
    low, high = clopper_pearson(right, len(apart))
    share = right / len(apart) if len(apart) else np.nan
    return dict(zip(SENSE, (share, float(low), float(high)), strict=True))


def true_angle_deg(clusters: pd.DataFrame) -> Array:
    """Angle of the initial direction in the film [deg, n], -180 to 180."""
    x, y = (clusters[f"direction_{a}"].to_numpy(np.float64) for a in "xy")
    return np.degrees(np.arctan2(y, x))
