"""Make result tables from files, with the function that the rule names."""

from pipeline.core.job import job
from pipeline.core.named import named
from pipeline.core.tables import write_tables

with job(snakemake):
    make = named(snakemake.params.function)
    tables = make(dict(snakemake.input.items()), snakemake.params.settings)
    write_tables(dict(snakemake.output.items()), tables)
