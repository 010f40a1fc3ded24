"""Train a network to tell simulated from reference tracks, and say how well it does."""

from pathlib import Path

from pipeline.core.files import written_whole
from pipeline.core.job import granted, job
from pipeline.gas.comparison.samples import Samples
from pipeline.gas.comparison.voxel_classifier import auc_table, classify
from pipeline.gas.config.comparison import VoxelClassifier
from pipeline.gas.config.voxels import Grid

with job(snakemake):
    params, block = snakemake.params, snakemake.params.block
    settings = VoxelClassifier.model_validate({**block["classifier"], **granted(snakemake)})
    samples = Samples(
        [Path(path) for path in snakemake.input.simulated],
        [Path(path) for path in snakemake.input.reference],
    )
    grid = Grid.model_validate(block["grid"])
    checkpoint = Path(params.checkpoint)
    scores, history = classify(samples, grid, settings, block["seed"], checkpoint, params.code)
    for table, path in (
        (auc_table(scores), snakemake.output.table),
        (history, snakemake.output.history),
    ):
        with written_whole(path) as temporary:
            table.to_csv(temporary, index=False)
