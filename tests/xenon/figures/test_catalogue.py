"""The catalogue of figures: every entry can be drawn, and reading it loads no plotting library."""

import pytest
from helpers.catalogue import check_catalogue
from helpers.imports import loaded_by

from pipeline.study import check_config
from pipeline.xenon.figures.catalogue import CAPTIONS, figures


def figures_of(**xenon):
    return figures(check_config({"xenon": xenon}).paths["xenon"])


@pytest.fixture
def catalogue():
    """Figures of a study with both parts."""
    return figures_of(images={})


def test_figures_can_be_drawn_and_have_captions(catalogue):
    check_catalogue(catalogue, CAPTIONS)


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


def test_reading_the_catalogue_imports_no_plotting_library():
    assert loaded_by("pipeline.xenon.figures.catalogue", "matplotlib", "torch") == []
