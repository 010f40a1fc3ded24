"""Train a network to tell simulated from reference tracks, and measure how well it does."""

from pathlib import Path

from pipeline.core.job import job, parallelism
from pipeline.core.tables import write_tables
from pipeline.gas.comparison.samples import Samples
from pipeline.gas.comparison.voxel_classifier import auc_table, classify
from pipeline.gas.config.comparison import VoxelClassifier
from pipeline.gas.config.voxels import Grid

with job(snakemake):
    params, block = snakemake.params, snakemake.params.block
    settings = VoxelClassifier.model_validate({**block["classifier"], **parallelism(snakemake)})
    simulated, reference = (
        [Path(path) for path in snakemake.input[sample]] for sample in ("simulated", "reference")
    )
    grid = Grid.model_validate(block["grid"])
    checkpoint = Path(params.checkpoint)
    samples = Samples(simulated, reference)
    scores, history = classify(samples, grid, settings, block["seed"], checkpoint, params.code)
    write_tables(dict(snakemake.output.items()), {"table": auc_table(scores), "history": history})
