"""Read one file of kind 'degrad' into the track table."""

from pipeline.core.ingestion import BadEvents
from pipeline.core.job import job
from pipeline.gas.config.sources import Degrad
from pipeline.gas.tracks.degrad import read_degrad
from pipeline.gas.tracks.ingest import Facts, ingest

with job(snakemake):
    part, file = snakemake.params.part, snakemake.input[0]
    block = Degrad.model_validate(part["block"])
    bad = BadEvents(file, block.on_bad_event)
    ingest(
        read_degrad(file, bad),
        Facts.of_files(block),
        bad,
        part["index"],
        snakemake.output.table,
        snakemake.output.counts,
    )
