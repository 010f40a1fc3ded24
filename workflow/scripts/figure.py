"""Draw one figure, with the module that its chain's catalogue names."""

from importlib import import_module

from pipeline.core.job import job
from pipeline.figures.style import save

with job(snakemake):
    module = import_module(snakemake.params.module)
    figure = module.from_files(dict(snakemake.input.items()), snakemake.params.settings)
    save(figure, snakemake.output)
