"""The detector's response to one part of a sample, simulated or recorded."""

from pipeline.core.job import job
from pipeline.xenon.config.detector import Detector
from pipeline.xenon.response.recorded import write_recorded
from pipeline.xenon.response.stage import write_response

with job(snakemake):
    block, own = snakemake.params.block, snakemake.wildcards
    if recorded := block.get("recorded"):
        file = snakemake.input.recorded[0]
        write_recorded(snakemake.output.shard, file, recorded, own.sample, own.part)
    else:
        write_response(
            snakemake.output.shard,
            snakemake.input.events,
            Detector.model_validate(block["detector"]),
            block["seed"],
            own.sample,
            own.part,
            block["candidates"],
        )
