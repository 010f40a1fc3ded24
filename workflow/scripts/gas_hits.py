"""Bin one file of measured events, or the hits of one track table, into a voxel shard."""

from pipeline.core.job import job
from pipeline.gas.hits.voxels import voxelise_hits

with job(snakemake):
    output = snakemake.output
    voxelise_hits(
        snakemake.input[0],
        snakemake.params.block,
        output.shard,
        output.events,
        output.counts,
    )
