"""Read what a Degrad run left into the track table."""

from pipeline.core.ingestion import BadEvents
from pipeline.core.job import job
from pipeline.gas.config.sources import DegradRun
from pipeline.gas.tracks.degrad import read_degrad
from pipeline.gas.tracks.ingest import Facts, ingest

with job(snakemake):
    part, file = snakemake.params.part, snakemake.input[0]
    block = DegradRun.model_validate(part["block"])
    bad = BadEvents(file, block.on_bad_event)
    ingest(
        read_degrad(file, bad),
        Facts(energy_keV=block.energy_keV, max_events=block.events_per_job),
        bad,
        part["index"],
        snakemake.output.table,
        snakemake.output.counts,
    )
