"""The folder of finished figures with a page that shows them."""

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
    """A finished figure: its name, its two files and its caption."""

    name: str
    png: Path
    pdf: Path
    caption: str

    @property
    def stem(self) -> str:
        """The figure's file name in the gallery, without its ending."""
        return self.name.replace("/", "_")


def gather_figures(
    figures: Sequence[GalleryFigure], tables: Sequence[pd.DataFrame], folder: str | Path
) -> None:
    """Copy every figure into `folder` and write its index.html with captions and the tables.

    The folder is filled under a temporary name and moved into place, so it is never half full.
    """
    folder = Path(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".figures_") as temporary:
        new = Path(temporary) / "new"
        new.mkdir()
        for figure in figures:
            shutil.copyfile(figure.png, new / f"{figure.stem}.png")
            shutil.copyfile(figure.pdf, new / f"{figure.stem}.pdf")
        (new / "index.html").write_text(_page(figures, tables))
        if folder.exists():
            shutil.rmtree(folder)
        new.rename(folder)


def _page(figures: Sequence[GalleryFigure], tables: Sequence[pd.DataFrame]) -> str:
    shown = "\n".join(
        "<div class='table'>"
        + table.to_html(index=False, na_rep="", float_format="{:.4g}".format, border=0)
        + "</div>"
        for table in tables
    )
    entries = "\n".join(_entry(figure) for figure in figures)
    return (
        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'><title>Results</title>"
        f"<style>{STYLE}</style></head>\n<body><h1>Results</h1>\n"
        f"{shown}\n{entries}\n</body></html>\n"
    )


def _entry(figure: GalleryFigure) -> str:
    caption = html.escape(figure.caption)
    return (
        f'<figure id="{figure.stem}"><img src="{figure.stem}.png" alt="{caption}">'
        f'<figcaption>{caption} <a href="{figure.stem}.pdf">PDF</a></figcaption></figure>'
    )
