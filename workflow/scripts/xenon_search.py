"""Merge all pseudo-experiments into significances and needed exposures."""

import logging

import pandas as pd

from pipeline.core.job import job
from pipeline.statistics.excess.stage import write_search

with job(snakemake):
    output = snakemake.output
    write_search(
        output.significance, output.exposures, snakemake.input.toys, snakemake.params.levels
    )
    logging.getLogger("pipeline").info(
        "exposures that the median experiment needs\n%s",
        pd.read_parquet(output.exposures).to_string(index=False, float_format="{:.3g}".format),
    )
