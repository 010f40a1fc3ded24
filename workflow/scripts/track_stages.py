"""One recoil at each stage of the processing."""

from pipeline.config.voxels import Grid, Smearing
from pipeline.files import written_whole
from pipeline.provenance import generator
from pipeline.scripting import job
from pipeline.tracks.table import read_tracks
from pipeline.voxels.stages import track_stages

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
