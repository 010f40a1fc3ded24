"""The folder of finished figures, by chain, with a page that shows them."""

import html
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

STYLE = """
body { font-family: system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem;
       color: #222; }
figure { margin: 2.5rem 0; } img { max-width: 100%; } figcaption { margin-top: .5rem; }
.table { overflow-x: auto; } table { border-collapse: collapse; font-size: .8rem; }
td, th { padding: .25rem .6rem; border-bottom: 1px solid #ddd; text-align: right; }
"""


@dataclass(frozen=True)
class GalleryFigure:
    """A finished figure: its name, its files (PNG and PDF, or HTML) and its caption."""

    name: str
    files: Sequence[Path]
    caption: str

    @property
    def stem(self) -> str:
        """The figure's file name in its chain's folder, without its ending."""
        return self.name.replace("/", "_")


@dataclass(frozen=True)
class Section:
    """Figures and tables of one chain on the page."""

    name: str  # folder of its figures
    title: str
    figures: Sequence[GalleryFigure]
    tables: Sequence[pd.DataFrame]


def gather_figures(sections: Sequence[Section], folder: str | Path) -> None:
    """Copy every figure into `folder`/CHAIN and write index.html with captions and the tables.

    The folder is filled under a temporary name and moved into place, so it is never half full.
    """
    folder = Path(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".figures_") as temporary:
        new = Path(temporary) / "new"
        new.mkdir()
        for section in sections:
            (new / section.name).mkdir()
            for figure in section.figures:
                for file in figure.files:
                    shutil.copyfile(file, new / section.name / f"{figure.stem}{file.suffix}")
        (new / "index.html").write_text(_page(sections))
        if folder.exists():
            shutil.rmtree(folder)
        new.rename(folder)


def _page(sections: Sequence[Section]) -> str:
    shown = "\n".join(map(_section, sections))
    return (
        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'><title>Results</title>"
        f"<style>{STYLE}</style></head>\n<body><h1>Results</h1>\n{shown}\n</body></html>\n"
    )


def _section(section: Section) -> str:
    tables = (
        "<div class='table'>"
        + table.to_html(index=False, na_rep="", float_format="{:.4g}".format, border=0)
        + "</div>"
        for table in section.tables
    )
    entries = (_entry(section.name, figure) for figure in section.figures)
    return "\n".join([f"<h2>{html.escape(section.title)}</h2>", *tables, *entries])


def _entry(chain: str, figure: GalleryFigure) -> str:
    caption, place = html.escape(figure.caption), f"{chain}_{figure.stem}"
    files = [f"{chain}/{figure.stem}{file.suffix}" for file in figure.files]
    if len(files) == 1:
        return (
            f'<p id="{place}"><a href="{files[0]}">Interactive: {figure.name}</a><br>{caption}</p>'
        )
    image, pdf = files
    return (
        f'<figure id="{place}"><img src="{image}" alt="{caption}">'
        f'<figcaption>{caption} <a href="{pdf}">PDF</a></figcaption></figure>'
    )
