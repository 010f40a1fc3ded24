"""The page of all figures, with the figures of every chain beside it."""

import pandas as pd
import pytest
from helpers.browser import colours, needs_chromium, opened
from matplotlib.image import imsave

from pipeline.figures.gallery import GalleryFigure, Section, gather_figures
from pipeline.figures.spec import FigureSpec


@pytest.fixture
def sections(tmp_path):
    """Two chains with a figure of the same name each; one has a table."""

    def figure(chain, name, caption):
        stem = tmp_path / chain / "plots" / name
        stem.parent.mkdir(parents=True, exist_ok=True)
        files = stem.with_suffix(".png"), stem.with_suffix(".pdf")
        for file in files:
            file.write_text(f"{chain} {file.name}")
        return GalleryFigure(name, files, caption)

    table = pd.DataFrame({"method": ["HCN <new>"], "value": [0.123456]})
    return [
        Section("gas", "Gas & more", [figure("gas", "scan/40keV", 'Angles "a" < b.')], [table]),
        Section("xenon", "Liquid xenon", [figure("xenon", "scan/40keV", "Scores.")], []),
    ]


def test_page_shows_every_figure_with_its_caption_and_the_tables(sections, tmp_path):
    folder = tmp_path / "new" / "figures"
    gather_figures(sections, folder)
    for chain in ("gas", "xenon"):
        for kind in ("png", "pdf"):
            copied = folder / chain / f"scan_40keV.{kind}"
            assert copied.read_text() == f"{chain} 40keV.{kind}"
    page = (folder / "index.html").read_text()
    assert '<img src="gas/scan_40keV.png"' in page
    assert '<a href="xenon/scan_40keV.pdf">' in page
    assert "<h2>Gas &amp; more</h2>" in page
    assert page.index("Gas &amp; more") < page.index("Liquid xenon")
    assert "Angles &quot;a&quot; &lt; b." in page
    assert "HCN &lt;new&gt;" in page
    assert "0.1235" in page


def test_interactive_figure_is_a_link(tmp_path):
    page = tmp_path / "events.html"
    page.write_text("<html>")
    section = Section("gas", "Gas", [GalleryFigure("events", [page], "Some events.")], [])
    gather_figures([section], tmp_path / "figures")
    assert (tmp_path / "figures" / "gas" / "events.html").read_text() == "<html>"
    shown = (tmp_path / "figures" / "index.html").read_text()
    assert '<a href="gas/events.html">' in shown
    assert "<img" not in shown


def test_older_figures_are_removed(sections, tmp_path):
    folder = tmp_path / "figures"
    gather_figures(sections, folder)
    gather_figures(sections[1:], folder)
    assert sorted(path.name for path in folder.iterdir()) == ["index.html", "xenon"]


def test_missing_figure_leaves_the_older_page(sections, tmp_path):
    folder = tmp_path / "figures"
    gather_figures(sections, folder)
    before = (folder / "index.html").read_text()
    sections[0].figures[0].files[0].unlink()
    with pytest.raises(FileNotFoundError):
        gather_figures(sections, folder)
    assert (folder / "index.html").read_text() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["figures", "gas", "xenon"]


def test_labels_of_a_figure_name_its_test_set():
    def labels(name):
        return FigureSpec(name, "module", {}, "Caption.").labels()

    assert labels("cut_scan/40keV_443um") == {"figure": "cut scan", "test set": "40keV_443um"}
    assert labels("track_stages") == {"figure": "track stages"}


@needs_chromium
@pytest.mark.slow
def test_a_browser_shows_the_figures_without_an_error(sections, tmp_path, rng):
    for section in sections:
        for figure in section.figures:
            imsave(figure.files[0], rng.random((400, 600, 3)))
    folder = tmp_path / "figures"
    gather_figures(sections, folder)
    picture, errors = opened(folder / "index.html", tmp_path)
    assert errors == []
    assert colours(picture) > 10_000

    for image in folder.glob("*/*.png"):
        image.unlink()
    picture, errors = opened(folder / "index.html", tmp_path)
    assert any("ERR_FILE_NOT_FOUND" in line for line in errors)
    assert colours(picture) < 1000
