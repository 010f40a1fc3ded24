"""The catalogue of figures: every entry can be drawn, and reading it loads no plotting library."""

import subprocess
import sys

import pytest

from pipeline.core.named import named
from pipeline.study import check_config
from pipeline.xenon.figures.catalogue import CAPTIONS, figures


def figures_of(**xenon):
    return figures(check_config({"xenon": xenon}).paths["xenon"])


@pytest.fixture
def catalogue():
    """Figures of a study with both parts."""
    return figures_of(images={})


def test_every_figure_can_be_drawn_from_files(catalogue):
    for figure in catalogue:
        assert callable(named(f"{figure.module}.from_files")), figure.name
        assert figure.inputs, figure.name
        assert all(figure.inputs.values()), figure.name


def test_every_caption_is_used_and_ends_in_a_full_stop(catalogue):
    assert {figure.name for figure in catalogue} == CAPTIONS.keys()
    for figure in catalogue:
        assert figure.caption.endswith("."), figure.name


def test_names_are_distinct(catalogue):
    names = [figure.name for figure in catalogue]
    assert len(set(names)) == len(names)


def test_what_a_study_lacks_has_no_figure():
    assert figures_of(anomaly=None) == []
    assert {figure.name for figure in figures_of(anomaly=None, images={})} == {
        "images",
        "image_losses",
        "image_exposures",
    }
    without_grid = {figure.name for figure in figures_of(search={"map": {"masses_GeV": [50]}})}
    assert "significance" in without_grid
    assert "map" not in without_grid


def test_reading_the_catalogue_imports_no_plotting_library(tmp_path):
    script = (
        "import sys; import pipeline.xenon.figures.catalogue; "
        "print([m for m in ('matplotlib', 'torch') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.strip() == "[]"
