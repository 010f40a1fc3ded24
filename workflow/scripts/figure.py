"""Draw one figure, with the module that its chain's catalogue names."""

from importlib import import_module

from pipeline.core.files import atomic_write
from pipeline.core.job import job
from pipeline.figures.style import save

with job(snakemake):
    module = import_module(snakemake.params.module)
    figure = module.from_files(dict(snakemake.input.items()), snakemake.params.settings)
    if isinstance(figure, str):
        with atomic_write(snakemake.output.page) as temporary:
            temporary.write_text(figure)
    else:
        save(figure, snakemake.output)
