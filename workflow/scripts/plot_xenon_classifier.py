"""Draw ROC curves and the classifier's accuracy."""

import pandas as pd

from pipeline.core.job import job
from pipeline.figures.style import save
from pipeline.xenon.figures.classifier import draw_classifier

with job(snakemake):
    tables = (pd.read_csv(path) for path in (snakemake.input.roc, snakemake.input.accuracy))
    save(draw_classifier(*tables), snakemake.output)
