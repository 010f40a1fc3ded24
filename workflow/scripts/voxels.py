"""Smear, rotate and bin one track table into a voxel shard."""

from pipeline.config.voxels import Grid, Smearing
from pipeline.provenance import generator
from pipeline.scripting import job
from pipeline.voxels.stage import voxelise

with job(snakemake):
    block, wildcards = snakemake.params.block, snakemake.wildcards
    voxelise(
        snakemake.input.tracks,
        wildcards.source,
        Grid.model_validate(block["grid"]),
        Smearing.model_validate(block["smearing"]),
        generator(block["seed"], "voxels", wildcards.voxels, wildcards.source, wildcards.part),
        snakemake.output.shard,
        snakemake.output.counts,
    )
