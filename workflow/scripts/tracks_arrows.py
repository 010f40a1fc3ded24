"""Make one part of a source of arrows."""

from pipeline.core.ingestion import BadEvents
from pipeline.core.job import job
from pipeline.core.seeds import generator
from pipeline.gas.config.sources import Arrows
from pipeline.gas.tracks.arrows import make_arrows
from pipeline.gas.tracks.ingest import Facts, ingest

with job(snakemake):
    part, wildcards = snakemake.params.part, snakemake.wildcards
    block = Arrows.model_validate(part["block"])
    rng = generator(part["seed"], "tracks", wildcards.source, wildcards.part)
    label = f"{wildcards.source}/{wildcards.part}"
    ingest(
        make_arrows(block, rng),
        # An arrow has no energy; the table wants one.
        Facts(energy_keV=1.0, max_events=block.events),
        BadEvents(label, "stop"),
        part["index"],
        snakemake.output.table,
        snakemake.output.counts,
    )
