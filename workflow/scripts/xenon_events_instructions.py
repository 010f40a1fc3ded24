"""Read one file of kind 'instructions' into the event table."""

from pipeline.core.ingestion import BadEvents
from pipeline.core.job import job
from pipeline.core.seeds import generator
from pipeline.xenon.config.detector import Geometry
from pipeline.xenon.config.samples import Instructions
from pipeline.xenon.events.ingest import ingest
from pipeline.xenon.events.instructions import read_instructions

with job(snakemake):
    part, file = snakemake.params.part, snakemake.input[0]
    block = Instructions.model_validate(part["block"])
    geometry = Geometry.model_validate(part["geometry"])
    bad = BadEvents(file, block.on_bad_event)
    sample, name = snakemake.wildcards.sample, snakemake.wildcards.part
    rng = generator(part["seed"], "xenon", "events", sample, name)
    ingest(
        read_instructions(file, geometry, bad, rng),
        geometry,
        bad,
        part["index"],
        snakemake.output.table,
        snakemake.output.counts,
        block.first_event,
        block.max_events,
    )
