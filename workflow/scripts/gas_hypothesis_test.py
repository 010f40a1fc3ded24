"""Merge all toys into power and needed numbers of events."""

from pipeline.core.job import job
from pipeline.statistics.directional.stage import write_sensitivity

with job(snakemake):
    write_sensitivity(
        snakemake.output.power,
        snakemake.output.needed_events,
        snakemake.input.toys,
        snakemake.params.levels,
        snakemake.params.electrons_per_m3,
    )
