"""Read one file of kind 'parquet' into the track table."""

from pipeline.core.ingestion import BadEvents
from pipeline.core.job import job
from pipeline.gas.config.sources import Parquet
from pipeline.gas.tracks.ingest import Facts, ingest
from pipeline.gas.tracks.parquet import read_parquet

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
