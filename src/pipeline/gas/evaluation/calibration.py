"""Calibration of a network's kappa, on all test sets together."""

import pandas as pd

from pipeline.core.tables import Inputs, Params
from pipeline.gas.config.evaluation import Evaluation
from pipeline.statistics.directional.calibration import (
    calibrated_share,
    kappa_angle_histogram,
    kappa_calibration,
    kappa_edges,
)
from pipeline.statistics.directional.predictions import read_predictions


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Histogram of kappa and angle, fitted kappa in bins, and the calibrated share."""
    settings = Evaluation.model_validate(params["evaluation"])
    table = pd.concat(map(read_predictions, inputs["predictions"]), ignore_index=True)
    edges = kappa_edges(table, settings.kappa_bins, settings.kappa_quantile)
    share = calibrated_share(table, settings.kappa_bins, settings.kappa_tolerance)
    return {
        "histogram": kappa_angle_histogram(table, edges, settings.angle_bins),
        "calibration": kappa_calibration(table, edges, settings.minimum_events),
        "share": pd.DataFrame([{"network": params["network"], **vars(share)}]),
    }
