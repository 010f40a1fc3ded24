"""Read one file of measured events and bin them into a voxel shard."""

from pipeline.core.job import job
from pipeline.gas.config.hits import Hits
from pipeline.gas.config.voxels import Grid
from pipeline.gas.hits.voxels import voxelise_hits

with job(snakemake):
    block = snakemake.params.block
    voxelise_hits(
        snakemake.input[0],
        snakemake.wildcards.hits,
        Hits.model_validate(block["block"]),
        block["index"],
        Grid.model_validate(block["grid"]),
        snakemake.output.shard,
        snakemake.output.events,
        snakemake.output.counts,
    )
