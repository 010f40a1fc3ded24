"""Gather all figures with their captions."""

from pathlib import Path

from pipeline.plots.gallery import gather_figures
from pipeline.scripting import job

with job(snakemake):
    names, files = snakemake.params.names, [Path(path) for path in snakemake.input.figures]
    pairs = zip(files[0::2], files[1::2], strict=True)
    captions = [Path(path).read_text().strip() for path in snakemake.input.captions]
    gather_figures(
        dict(zip(names, pairs, strict=True)),
        dict(zip(names, captions, strict=True)),
        "",
        snakemake.output.folder,
    )
