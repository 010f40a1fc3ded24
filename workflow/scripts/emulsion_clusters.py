"""Simulate or read one part of a sample of clusters as a shard."""

from pipeline.core.ingestion import BadEvents
from pipeline.core.job import job
from pipeline.emulsion.clusters.hdf5 import read_hdf5
from pipeline.emulsion.clusters.ingest import ingest
from pipeline.emulsion.clusters.stage import write_simulated
from pipeline.emulsion.config.detector import Detector
from pipeline.emulsion.config.samples import Hdf5, read_sample

with job(snakemake):
    part, wildcards, output = snakemake.params.part, snakemake.wildcards, snakemake.output
    block, index = read_sample(part["block"]), part["index"]
    if isinstance(block, Hdf5):
        bad = BadEvents(snakemake.input[0], block.on_bad_event)
        batches = read_hdf5(snakemake.input[0], block)
        ingest(batches, block, bad, index, output.shard, output.counts)
    else:
        identity = (part["seed"], wildcards.sample, wildcards.part, index)
        detector = Detector.model_validate(part["detector"])
        write_simulated(output.shard, output.counts, block, detector, *identity)
