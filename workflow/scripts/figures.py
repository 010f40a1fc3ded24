"""Gather all figures of all chains on one page, with captions and the chains' tables."""

from pathlib import Path

from pipeline.core.job import job
from pipeline.core.tables import read_table
from pipeline.figures.gallery import GalleryFigure, Section, gather_figures

with job(snakemake):
    files, tables = (iter(snakemake.input[name]) for name in ("figures", "tables"))
    sections = [
        Section(
            chain["name"],
            chain["title"],
            [
                GalleryFigure(
                    figure["name"],
                    [Path(next(files)) for _ in range(figure["files"])],
                    figure["caption"],
                )
                for figure in chain["figures"]
            ],
            [read_table(next(tables)) for _ in range(chain["tables"])],
        )
        for chain in snakemake.params.chains
    ]
    gather_figures(sections, snakemake.output.folder)
