"""One recoil at each stage of the processing."""

from pipeline.core.files import written_whole
from pipeline.core.job import job
from pipeline.core.seeds import generator
from pipeline.gas.config.voxels import Grid, Smearing
from pipeline.gas.tracks.table import read_tracks
from pipeline.gas.voxels.stages import track_stages

with job(snakemake):
    block = snakemake.params.block
    stages = track_stages(
        next(read_tracks(snakemake.input.tracks)),
        Grid.model_validate(block["grid"]),
        Smearing.model_validate(block["smearing"]),
        generator(block["seed"], "stages", snakemake.wildcards.source),
    )
    with written_whole(snakemake.output.table) as temporary:
        stages.to_parquet(temporary)
