"""Read one file of kind 'root' into the track table."""

from pipeline.config.sources import Root
from pipeline.ingestion import BadEvents
from pipeline.scripting import job
from pipeline.tracks.ingest import Facts, ingest
from pipeline.tracks.root import read_root

with job(snakemake):
    part, file = snakemake.params.part, snakemake.input[0]
    block = Root.model_validate(part["block"])
    bad = BadEvents(file, block.on_bad_event)
    ingest(
        read_root(file, block, bad),
        Facts.of_files(block),
        bad,
        part["index"],
        snakemake.output.table,
        snakemake.output.counts,
    )
