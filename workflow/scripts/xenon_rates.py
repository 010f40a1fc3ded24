"""Tabulate the expected backgrounds, and say what they are."""

import logging

import pandas as pd

from pipeline.core.files import written_whole
from pipeline.core.job import job
from pipeline.xenon.config.rates import Rates
from pipeline.xenon.rates.backgrounds import background_table
from pipeline.xenon.rates.trigger import efficiencies

with job(snakemake), written_whole(snakemake.output.table) as temporary:
    rates = Rates.model_validate(snakemake.params.block)
    table = background_table(rates, efficiencies(pd.read_csv(snakemake.input.trigger)))
    table.to_csv(temporary, index=False)
    logging.getLogger("pipeline").info(
        "background in the region of interest\n%s",
        table.to_string(index=False, float_format="{:.3g}".format),
    )
