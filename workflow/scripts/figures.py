"""Gather all figures on one page, with captions and the chains' tables."""

from pathlib import Path

import pandas as pd

from pipeline.core.job import job
from pipeline.figures.gallery import GalleryFigure, gather_figures

with job(snakemake):
    inputs = snakemake.input
    figures = [
        GalleryFigure(name, Path(png), Path(pdf), Path(caption).read_text().strip())
        for name, png, pdf, caption in zip(
            snakemake.params.names, inputs.png, inputs.pdf, inputs.captions, strict=True
        )
    ]
    gather_figures(figures, [pd.read_csv(path) for path in inputs.tables], snakemake.output.folder)
