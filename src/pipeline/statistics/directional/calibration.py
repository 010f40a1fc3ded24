"""Calibration of predicted concentrations: do the angles scatter as kappa says?

The two tables are the checks of Ghrear et al. 2024 (Mach. Learn.: Sci. Technol. 5 035009), figure
6, in bins of equal width; events beyond the last edge enter neither. Errors are those of
independent tracks, of which several events may be views.
"""

import numpy as np
import pandas as pd

from pipeline.statistics.directional.coverage import fitted_factor, track_numbers
from pipeline.statistics.directional.predictions import PREDICTED, angles_rad, cosines
from pipeline.statistics.directional.vmf import expected_angle_rad
from pipeline.statistics.means import mean_of_groups


def kappa_edges(predictions: pd.DataFrame, bins: int, quantile: float) -> np.ndarray:
    """Edges [bins + 1] of equal kappa bins from 0 to a quantile of the predicted kappa.

    Raises:
        ValueError: the method predicts no kappa.
    """
    kappa = predictions["kappa"].to_numpy(dtype=np.float64)
    if not np.isfinite(kappa).any():
        raise ValueError("calibration needs a method that predicts kappa; all of them are NaN")
    highest = np.nanquantile(kappa, quantile)
    # A network without directional information predicts kappa = 0 for every event.
    return np.linspace(0.0, highest if highest > 1e-6 else 1.0, bins + 1)


def kappa_angle_histogram(
    predictions: pd.DataFrame, edges: np.ndarray, angle_bins: int
) -> pd.DataFrame:
    """Events per bin of kappa and of the angle between true and predicted direction.

    Returns:
        Rows of kappa_low, kappa_high, angle_low_deg, angle_high_deg, events.
    """
    angle_edges = np.linspace(0.0, 180.0, angle_bins + 1)
    events, _, _ = np.histogram2d(
        predictions["kappa"].to_numpy(dtype=np.float64),
        np.degrees(angles_rad(predictions)),
        bins=(edges, angle_edges),
    )
    return pd.DataFrame(
        {
            "kappa_low": np.repeat(edges[:-1], angle_bins),
            "kappa_high": np.repeat(edges[1:], angle_bins),
            "angle_low_deg": np.tile(angle_edges[:-1], len(edges) - 1),
            "angle_high_deg": np.tile(angle_edges[1:], len(edges) - 1),
            "events": events.astype(np.int64).ravel(),
        }
    )


def kappa_calibration(
    predictions: pd.DataFrame, edges: np.ndarray, minimum_events: int
) -> pd.DataFrame:
    """Observed and expected angles, and fitted and predicted kappa, per bin of predicted kappa.

    Returns:
        One row per bin: kappa_low, kappa_high, events, kappa_mean (of the predictions),
        expected_angle_deg (mean over the events of the mean angle of their von Mises-Fisher
        distribution), mean_angle_deg with mean_angle_err_deg, kappa_fit with kappa_fit_err (maximum
        likelihood, NaN below `minimum_events`).
    """
    known = predictions.dropna(subset=["kappa", *PREDICTED])
    kappa = known["kappa"].to_numpy(dtype=np.float64)
    frame = pd.DataFrame(
        {
            # The last bin holds its upper edge too, as in numpy's histograms.
            "bin": np.searchsorted(edges[:-1], kappa, side="right") - 1 + (kappa > edges[-1]),
            "kappa": kappa,
            "angle_deg": np.degrees(angles_rad(known)),
            "expected_deg": np.degrees(expected_angle_rad(kappa)),
            "cosine": cosines(known),
            "track": track_numbers(known),
        }
    )
    groups = frame.groupby("bin")
    table = pd.DataFrame({"kappa_low": edges[:-1], "kappa_high": edges[1:]}).join(
        pd.DataFrame(
            {
                "events": groups.size(),
                "kappa_mean": groups["kappa"].mean(),
                "expected_angle_deg": groups["expected_deg"].mean(),
            }
        )
    )
    angles = {
        index: mean_of_groups(group["angle_deg"].to_numpy(), group["track"].to_numpy())
        for index, group in groups
    }
    fits = {
        index: fitted_factor(
            group["cosine"].to_numpy(), np.ones(len(group)), group["track"].to_numpy()
        )
        for index, group in groups
        if len(group) >= minimum_events
    }
    for numbers, columns in (
        (angles, ["mean_angle_deg", "mean_angle_err_deg"]),
        (fits, ["kappa_fit", "kappa_fit_err"]),
    ):
        table = table.join(pd.DataFrame.from_dict(numbers, orient="index", columns=columns))
    return table.fillna({"events": 0}).astype({"events": np.int64})
