"""The catalogue of figures: every entry can be drawn, and reading it loads no plotting library."""

from helpers.catalogue import check_catalogue
from helpers.imports import loaded_by

from pipeline.emulsion.figures.catalogue import CAPTIONS, figures
from pipeline.study import check_config


def figures_of(**emulsion):
    return figures(check_config({"emulsion": emulsion}).paths["emulsion"])


def test_figures_can_be_drawn_and_have_captions():
    check_catalogue(figures_of(), CAPTIONS)


def test_what_a_study_lacks_has_no_figure():
    all_names = {figure.name for figure in figures_of()}
    without = {figure.name for figure in figures_of(leaks=None, recoils=None, wimps=None)}
    assert all_names - without == {"transfer", "axes", "efficiency", "needed"}
    shown = {figure.name for figure in figures_of(wimps=None, leaks={"transfer": None})}
    assert all_names - shown == {"transfer", "needed"}


def test_reading_the_catalogue_imports_no_plotting_library():
    assert loaded_by("pipeline.emulsion.figures.catalogue", "matplotlib", "torch", "numba") == []
