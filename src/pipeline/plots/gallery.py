"""The folder of finished figures with a page that shows them."""

import html
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

STYLE = """
body { font-family: system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem;
       color: #222; }
figure { margin: 2.5rem 0; } img { max-width: 100%; } figcaption { margin-top: .5rem; }
table { border-collapse: collapse; font-size: .85rem; } td, th { padding: .25rem .6rem;
border-bottom: 1px solid #ddd; text-align: right; }
"""


def gather_figures(
    figures: Mapping[str, tuple[Path, Path]],
    captions: Mapping[str, str],
    summary_html: str,
    folder: str | Path,
) -> None:
    """Copy every figure's PNG and PDF into `folder` and write its index.html.

    The folder is filled under a temporary name and moved into place, so it is never half full.
    """
    folder = Path(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".figures_") as temporary:
        new = Path(temporary) / "new"
        new.mkdir()
        for files in figures.values():
            for file in files:
                shutil.copyfile(file, new / file.name)
        (new / "index.html").write_text(_page(figures, captions, summary_html))
        if folder.exists():
            shutil.rmtree(folder)
        new.rename(folder)


def _page(
    figures: Mapping[str, tuple[Path, Path]], captions: Mapping[str, str], summary_html: str
) -> str:
    entries = "\n".join(
        f'<figure id="{name}"><img src="{png.name}" alt="{html.escape(captions[name])}">'
        f'<figcaption>{html.escape(captions[name])} <a href="{pdf.name}">PDF</a></figcaption></figure>'
        for name, (png, pdf) in figures.items()
    )
    return (
        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'><title>Results</title>"
        f"<style>{STYLE}</style></head>\n<body><h1>Results</h1>\n{summary_html}\n{entries}\n"
        "</body></html>\n"
    )
