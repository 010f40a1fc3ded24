"""Draw ROC curves and the classifier's accuracy."""

import pandas as pd

from pipeline.plots.style import save
from pipeline.plots.xenon_classifier import draw_classifier
from pipeline.scripting import job

with job(snakemake):
    tables = (pd.read_csv(path) for path in (snakemake.input.roc, snakemake.input.accuracy))
    save(draw_classifier(*tables), snakemake.output)
