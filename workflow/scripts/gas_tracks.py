"""Read or make one part of a track source, with the reader of its kind, as a track table."""

from pipeline.core.ingestion import BadEvents
from pipeline.core.job import job
from pipeline.core.named import named
from pipeline.core.seeds import generator
from pipeline.gas.config.sources import read_source
from pipeline.gas.tracks.ingest import ingest

with job(snakemake):
    part, wildcards = snakemake.params.part, snakemake.wildcards
    block = read_source(part["block"])
    read = named(block.reader)
    if snakemake.input:
        bad = BadEvents(snakemake.input[0], block.on_bad_event)
        batches = read(snakemake.input[0], block, bad)
    else:
        bad = BadEvents(f"{wildcards.source}/{wildcards.part}", "stop")
        rng = generator(part["seed"], "tracks", wildcards.source, wildcards.part)
        batches = read(block, rng)
    ingest(
        batches,
        block.defaults(),
        bad,
        part["index"],
        snakemake.output.table,
        snakemake.output.counts,
        snakemake.output.summary,
    )
