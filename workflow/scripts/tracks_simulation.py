"""Simulate one part of a track source."""

from pipeline.core.ingestion import BadEvents
from pipeline.core.job import job
from pipeline.core.seeds import generator
from pipeline.gas.config.sources import Simulation
from pipeline.gas.tracks.ingest import Facts, ingest
from pipeline.gas.tracks.simulator.source import simulated_batches

with job(snakemake):
    part, wildcards = snakemake.params.part, snakemake.wildcards
    block = Simulation.model_validate(part["block"])
    rng = generator(part["seed"], "tracks", wildcards.source, wildcards.part)
    label = f"{wildcards.source}/{wildcards.part}"
    ingest(
        simulated_batches(block, rng),
        Facts(energy_keV=block.energies_keV[0], max_events=block.events_per_energy),
        BadEvents(label, "stop"),
        part["index"],
        snakemake.output.table,
        snakemake.output.counts,
    )
