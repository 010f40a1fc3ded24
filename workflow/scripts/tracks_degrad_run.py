"""Read what a Degrad run left into the track table."""

from pipeline.config.sources import DegradRun
from pipeline.ingestion import BadEvents
from pipeline.scripting import job
from pipeline.tracks.degrad import read_degrad
from pipeline.tracks.ingest import Facts, ingest

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
