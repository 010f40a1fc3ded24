"""The catalogue of figures: every entry can be drawn, and reading it loads no plotting library."""

import pytest
from helpers.catalogue import check_catalogue
from helpers.image_figures import IMAGE_FIGURES
from helpers.imports import loaded_by

from pipeline.study import check_config
from pipeline.xenon.figures.catalogue import CAPTIONS, figures

SPECTRUM = {"kind": "uniform", "low_keV": 1, "high_keV": 10}
DATA = {"events": {"kind": "nest", "recoil": "er", "spectrum": SPECTRUM, "events": 10}}


def figures_of(**xenon):
    return figures(check_config({"xenon": xenon}).paths["xenon"])


@pytest.fixture
def catalogue():
    """Figures of a study with both parts, networks of a second seed, and data."""
    networks = {"retraining": {"seeds": 1, "betas": [1]}}
    return figures_of(images={}, anomaly=networks, data=DATA | {"blind": False})


def test_figures_can_be_drawn_and_have_captions(catalogue):
    check_catalogue(catalogue, CAPTIONS)


def test_what_a_study_lacks_has_no_figure():
    assert figures_of(anomaly=None) == []
    assert {figure.name for figure in figures_of(anomaly=None, images={})} == {
        "loss_curves",
        *IMAGE_FIGURES,
    }
    without_grid = {figure.name for figure in figures_of(search={"map": {"masses_GeV": [50]}})}
    assert "significance" in without_grid
    assert "map" not in without_grid
    assert "ratios" in without_grid
    assert "network_seeds" not in without_grid


def test_blind_data_have_no_figure():
    assert "observed" not in {figure.name for figure in figures_of(data=DATA)}


def test_every_network_that_is_trained_has_its_loss(catalogue):
    losses = next(figure for figure in catalogue if figure.name == "loss_curves")
    networks = ["classifier", "vae_0.1", "vae_1", "vae_4", "classifier_seed2", "vae_1_seed2"]
    networks += ["image_classifier", "image_four_numbers", "image_cvae"]
    assert list(losses.params["labels"]) == networks
    files = [f"results/xenon/networks/{name}/history.csv" for name in networks]
    assert losses.inputs["histories"] == files


@pytest.mark.parametrize(
    ("masses_GeV", "shown"), [([10, 30, 400], [30, 400]), ([50, 60], [50, 60]), ([50], [50])]
)
def test_stacked_wimps_are_the_nearest_to_the_published(masses_GeV, shown):
    catalogue = figures_of(search={"map": {"masses_GeV": masses_GeV}})
    stacked = next(figure for figure in catalogue if figure.name == "stacked")
    assert [wimp["mass_GeV"] for wimp in stacked.params["wimps"]] == shown


def test_reading_the_catalogue_imports_no_plotting_library():
    assert loaded_by("pipeline.xenon.figures.catalogue", "matplotlib", "torch") == []
