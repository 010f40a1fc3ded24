"""Calibration of a network's kappa on all test sets together."""

import pandas as pd

from pipeline.core.files import written_whole
from pipeline.core.job import job
from pipeline.gas.config.evaluation import Evaluation
from pipeline.statistics.directional.calibration import (
    calibrated_share,
    kappa_angle_histogram,
    kappa_calibration,
    kappa_edges,
)
from pipeline.statistics.directional.predictions import read_predictions

with job(snakemake):
    settings = Evaluation.model_validate(snakemake.params.evaluation)
    table = pd.concat(map(read_predictions, snakemake.input.predictions), ignore_index=True)
    edges = kappa_edges(table, settings.kappa_bins, settings.kappa_quantile)
    share = calibrated_share(table, settings.kappa_bins, settings.kappa_tolerance)
    tables = {
        "histogram": kappa_angle_histogram(table, edges, settings.angle_bins),
        "calibration": kappa_calibration(table, edges, settings.minimum_events),
        "share": pd.DataFrame([{"network": snakemake.wildcards.network, **vars(share)}]),
    }
    for name, path in snakemake.output.items():
        with written_whole(path) as temporary:
            tables[name].to_csv(temporary, index=False)
