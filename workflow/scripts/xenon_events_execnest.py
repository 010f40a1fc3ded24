"""Read one file of kind 'execnest' into the event table."""

from pipeline.core.ingestion import BadEvents
from pipeline.core.job import job
from pipeline.core.seeds import generator
from pipeline.xenon.config.detector import Geometry
from pipeline.xenon.config.samples import ExecNest
from pipeline.xenon.events.execnest import read_execnest
from pipeline.xenon.events.ingest import ingest

with job(snakemake):
    part, file = snakemake.params.part, snakemake.input[0]
    block = ExecNest.model_validate(part["block"])
    geometry = Geometry.model_validate(part["geometry"])
    bad = BadEvents(file, block.on_bad_event)
    sample, name = snakemake.wildcards.sample, snakemake.wildcards.part
    rng = generator(part["seed"], "xenon", "events", sample, name)
    ingest(
        read_execnest(file, block, geometry, bad, rng),
        geometry,
        bad,
        part["index"],
        snakemake.output.table,
        snakemake.output.counts,
        block.first_event,
        block.max_events,
    )
