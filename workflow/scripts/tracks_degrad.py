"""Read one file of kind 'degrad' into the track table."""

from pipeline.config.sources import Degrad
from pipeline.ingestion import BadEvents
from pipeline.scripting import job
from pipeline.tracks.degrad import read_degrad
from pipeline.tracks.ingest import Facts, ingest

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
