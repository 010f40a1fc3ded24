"""Merge all toys into power and needed numbers of events."""

from pipeline.inference.stage import write_sensitivity
from pipeline.scripting import job

with job(snakemake):
    write_sensitivity(
        snakemake.output.power,
        snakemake.output.needed_events,
        snakemake.input.toys,
        snakemake.params.levels,
    )
