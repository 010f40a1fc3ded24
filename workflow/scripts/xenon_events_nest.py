"""Generate one part of a sample with NEST."""

from pipeline.core.ingestion import BadEvents
from pipeline.core.job import job
from pipeline.core.seeds import generator
from pipeline.xenon.config.detector import Geometry, Liquid
from pipeline.xenon.config.samples import Nest
from pipeline.xenon.events.ingest import ingest
from pipeline.xenon.events.nest import nest_events

with job(snakemake):
    part = snakemake.params.part
    block = Nest.model_validate(part["block"])
    geometry = Geometry.model_validate(part["geometry"])
    liquid = Liquid.model_validate(part["liquid"])
    sample, name = snakemake.wildcards.sample, snakemake.wildcards.part
    rng = generator(part["seed"], "xenon", "events", sample, name)
    ingest(
        nest_events(block, geometry, liquid, rng),
        geometry,
        BadEvents(f"{sample}/{name}", "stop"),
        part["index"],
        snakemake.output.table,
        snakemake.output.counts,
        max_events=block.events,
    )
