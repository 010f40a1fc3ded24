"""The catalogue of figures: every entry can be drawn, and reading it loads no plotting library."""

import pytest
from helpers.catalogue import check_catalogue
from helpers.imports import loaded_by
from helpers.made_networks import make_folder

from pipeline.gas.figures.catalogue import CAPTIONS, figures
from pipeline.study import check_config, read_config


@pytest.fixture(autouse=True)
def _files(tmp_path, monkeypatch):
    """The files of the sources that read some."""
    monkeypatch.chdir(tmp_path)
    for name in ("DEGRAD.OUT", "run7.root"):
        (tmp_path / name).touch()


@pytest.fixture
def catalogue(plain):
    """Figures of a study with everything that brings a figure of its own."""
    gas = plain["gas"]
    gas["sources"]["arrows"] = {"kind": "arrows", "events": 1}
    gas["test_sets"]["arrows"] = {"sources": ["arrows"], "smearing_um": 0}
    gas["sources"]["low"] = {"kind": "simulation", "energies_keV": [30], "events_per_energy": 5}
    gas["test_sets"]["30keV"] = {"sources": ["low"], "smearing_um": 200}
    gas["networks"]["HCN"] = {"architecture": "hcn"}
    gas["hypothesis_test"] = {"test_sets": ["50keV"]}
    gas["track_comparison"] = {"simulated": ["made"], "reference": ["read"]}
    gas["sources"]["run7"] = {"kind": "hits", "files": ["run7.root"]}
    gas["observed"] = {"run7": {"sources": ["run7"]}}
    gas["detector_fit"] = {
        "data": "50keV",
        "simulated": ["made"],
        "response": {"gain": {"relative_rms": 0.5}},
        "parameters": {"gain.relative_rms": [0.1, 1]},
    }
    gas["sources"]["calibration"] = {
        "kind": "simulation",
        "energies_keV": [50],
        "events_per_energy": 5,
    }
    gas["gain_map"] = {
        "data": "run7",
        "simulated": ["calibration"],
        "response": {"gain": {"relative_rms": 0.5}},
        "pixels": [4, 4],
    }
    gas["domain_gap"] = {"data": "50keV", "simulated": "arrows", "network": "HCN"}
    gas["networks"]["UNet"] = {
        "architecture": "unet",
        "widths": [4, 6, 8],
        "start_of_track": True,
    }
    gas["attention"] = {"network": "UNet", "nominal": "50keV", "sets": ["30keV", "run7"]}
    gas["test_sets"]["like"] = {"sources": ["low"], "response": "fitted"}
    gas["response_sensitivity"] = {"test_set": "like"}
    return figures(check_config(plain).paths["gas"])


def test_figures_can_be_drawn_and_have_captions(catalogue):
    check_catalogue(catalogue, CAPTIONS)


def test_labels_name_the_test_set(catalogue):
    by_test = {figure.name: figure.labels().get("test set") for figure in catalogue}
    assert by_test["median_p/50keV"] == "50keV"
    assert by_test["cut_scan"] is None


def test_what_a_study_lacks_has_no_figure(plain):
    names = {f.name.split("/")[0] for f in figures(check_config(plain).paths["gas"])}
    lacking = {"arrow", "calibration", "density_calibration", "track_observables", "resolution"}
    assert not names & {*lacking, "detector_fit", "domain_gap", "attention", "response_sensitivity"}
    assert {"loss_curves", "cut_scan", "events", "median_p"} <= names


def test_a_study_without_a_training_has_no_loss_curves(plain, tmp_path):
    plain["gas"]["networks"] = {"UNet": {"weights": str(make_folder(tmp_path / "UNet"))}}
    del plain["gas"]["training_set"]
    catalogue = {f.name: f for f in figures(check_config(plain).paths["gas"])}
    assert catalogue.keys() == {
        *("track_stages", "containment", "cut_scan", "angular_resolution", "events"),
        *("calibration", "density_calibration"),
    }
    (stages,) = catalogue["track_stages"].inputs["stages"]
    assert stages.endswith("/read.parquet")


def test_reading_the_catalogue_imports_no_plotting_library():
    assert loaded_by("pipeline.gas.figures.catalogue", "matplotlib", "torch") == []


def test_another_grid_leaves_the_formula_for_the_gas(repository):
    """The formula and the published simulations of the resolution know no grid."""
    paths = read_config(repository / "config" / "resolution.yaml").paths["gas"]
    assert paths.block.grid.bins != 120
    (drawn,) = (f for f in figures(paths) if f.name == "resolution")
    assert drawn.params["known_gas"] == list(paths.block.test_sets)
