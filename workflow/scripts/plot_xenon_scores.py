"""Draw the distributions of the anomaly score."""

import pandas as pd

from pipeline.core.job import job
from pipeline.figures.style import save
from pipeline.statistics.excess.config import Wimp
from pipeline.xenon.figures.scores import draw_scores
from pipeline.xenon.rates.weighted_scores import read_weighted_scores

with job(snakemake):
    block = snakemake.params.block
    scores = {}
    for name, path in zip(block["names"], snakemake.input.scores, strict=True):
        table = pd.read_parquet(path, columns=["triggered", "ts"])
        scores[name] = table.loc[table["triggered"], "ts"].to_numpy()
    figure = draw_scores(
        scores,
        read_weighted_scores(snakemake.input.weighted),
        Wimp.model_validate(block["benchmark"]),
        block["exposure_t_yr"],
    )
    save(figure, snakemake.output)
