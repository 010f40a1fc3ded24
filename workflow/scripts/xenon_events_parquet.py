"""Read one file of kind 'parquet' into the event table."""

from pipeline.core.ingestion import BadEvents
from pipeline.core.job import job
from pipeline.xenon.config.detector import Geometry
from pipeline.xenon.config.samples import ParquetEvents
from pipeline.xenon.events.ingest import ingest
from pipeline.xenon.events.parquet import read_parquet

with job(snakemake):
    part, file = snakemake.params.part, snakemake.input[0]
    block = ParquetEvents.model_validate(part["block"])
    geometry = Geometry.model_validate(part["geometry"])
    bad = BadEvents(file, block.on_bad_event)
    ingest(
        read_parquet(file, block, bad),
        geometry,
        bad,
        part["index"],
        snakemake.output.table,
        snakemake.output.counts,
        block.first_event,
        block.max_events,
    )
