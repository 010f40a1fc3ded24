"""Read one file of kind 'parquet' into the track table."""

from pipeline.config.sources import Parquet
from pipeline.ingestion import BadEvents
from pipeline.scripting import job
from pipeline.tracks.ingest import Facts, ingest
from pipeline.tracks.parquet import read_parquet

with job(snakemake):
    part, file = snakemake.params.part, snakemake.input[0]
    block = Parquet.model_validate(part["block"])
    bad = BadEvents(file, block.on_bad_event)
    ingest(
        read_parquet(file, block, bad),
        Facts.of_files(block),
        bad,
        part["index"],
        snakemake.output.table,
        snakemake.output.counts,
    )
