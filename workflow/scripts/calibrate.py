"""Calibration of a network's kappa on all test sets together."""

import pandas as pd

from pipeline.config.evaluation import Evaluation
from pipeline.direction.calibration import kappa_angle_histogram, kappa_calibration, kappa_edges
from pipeline.direction.predictions import read_predictions
from pipeline.files import written_whole
from pipeline.scripting import job

with job(snakemake):
    settings = Evaluation.model_validate(snakemake.params.evaluation)
    table = pd.concat(map(read_predictions, snakemake.input.predictions), ignore_index=True)
    edges = kappa_edges(table, settings.kappa_bins, settings.kappa_quantile)
    with written_whole(snakemake.output.histogram) as temporary:
        kappa_angle_histogram(table, edges, settings.angle_bins).to_csv(temporary, index=False)
    with written_whole(snakemake.output.calibration) as temporary:
        kappa_calibration(table, edges, settings.minimum_events).to_csv(temporary, index=False)
