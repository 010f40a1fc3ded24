"""Smear or measure, rotate and bin one track table into a voxel shard."""

from pipeline.core.job import job
from pipeline.core.seeds import generator
from pipeline.gas.config.voxels import Grid
from pipeline.gas.response.fitted import read_fitted
from pipeline.gas.voxels.stage import voxelise

with job(snakemake):
    block, wildcards = snakemake.params.block, snakemake.wildcards
    voxelise(
        snakemake.input.tracks,
        wildcards.source,
        Grid.model_validate(block["grid"]),
        read_fitted(block, snakemake.input.fitted),
        generator(block["seed"], "voxels", wildcards.voxels, wildcards.source, wildcards.part),
        snakemake.output.shard,
        snakemake.output.counts,
        block.get("rotate", True),
    )
