"""Tabulate the expected backgrounds, and say what they are."""

import logging

import pandas as pd

from pipeline.config.xenon.rates import Rates
from pipeline.files import written_whole
from pipeline.scripting import job
from pipeline.xenon.rates import background_table
from pipeline.xenon.trigger import efficiencies

with job(snakemake), written_whole(snakemake.output.table) as temporary:
    rates = Rates.model_validate(snakemake.params.block)
    table = background_table(rates, efficiencies(pd.read_csv(snakemake.input.trigger)))
    table.to_csv(temporary, index=False)
    logging.getLogger("pipeline").info(
        "background in the region of interest\n%s",
        table.to_string(index=False, float_format="{:.3g}".format),
    )
