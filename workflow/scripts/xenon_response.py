"""The detector's response to one part of a sample."""

from pipeline.core.job import job
from pipeline.xenon.config.detector import Detector
from pipeline.xenon.response.stage import write_response

with job(snakemake):
    block = snakemake.params.block
    write_response(
        snakemake.output.shard,
        snakemake.input.events,
        Detector.model_validate(block["detector"]),
        block["seed"],
        snakemake.wildcards.sample,
        snakemake.wildcards.part,
    )
