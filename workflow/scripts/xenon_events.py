"""Read or make one part of a sample, with the reader of its kind, as an event table."""

from pipeline.core.ingestion import BadEvents
from pipeline.core.job import job
from pipeline.core.named import named
from pipeline.core.seeds import generator
from pipeline.xenon.config.detector import Geometry, Liquid
from pipeline.xenon.config.samples import read_sample
from pipeline.xenon.events.ingest import ingest
from pipeline.xenon.events.table import write_events

with job(snakemake):
    part, sample, name = (
        snakemake.params.part,
        snakemake.wildcards.sample,
        snakemake.wildcards.part,
    )
    table, counts = snakemake.output.table, snakemake.output.counts
    block = read_sample(part["block"])
    read = named(block.reader)
    geometry = Geometry.model_validate(part["geometry"])
    rng = generator(part["seed"], "xenon", "events", sample, name)
    if block.kind == "recorded":
        bad = BadEvents(snakemake.input[0], block.on_bad_event)
        batches = read(snakemake.input[0], block, part["detector"], bad, part["index"])
        kept = write_events(table, (batch.events for batch in batches), {"input": bad.file})
        bad.write_counts(counts, kept)
    else:
        if block.kind == "nest":
            # Its input, if any, is a spectrum.
            bad, chosen = BadEvents(f"{sample}/{name}", "stop"), {}
            batches = read(block, geometry, Liquid.model_validate(part["liquid"]), rng)
        else:
            bad = BadEvents(snakemake.input[0], block.on_bad_event)
            chosen = block.model_dump(include={"first_event", "max_events"})
            chosen["wall_cm"] = block.wall_cm
            batches = read(snakemake.input[0], block, geometry, bad, rng)
        ingest(batches, geometry, bad, part["index"], table, counts, **chosen)
