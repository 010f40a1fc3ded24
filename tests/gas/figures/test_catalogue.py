"""The catalogue of figures: every entry can be drawn, and reading it loads no plotting library."""

import subprocess
import sys

import pytest

from pipeline.core.named import named
from pipeline.gas.figures.catalogue import CAPTIONS, figures
from pipeline.study import check_config


@pytest.fixture
def catalogue(plain):
    """Figures of a study with everything that brings a figure of its own."""
    gas = plain["gas"]
    gas["sources"]["arrows"] = {"kind": "arrows", "events": 1}
    gas["test_sets"]["arrows"] = {"sources": ["arrows"], "smearing_um": 0}
    gas["networks"]["HCN"] = {"architecture": "hcn"}
    gas["hypothesis_test"] = {"test_sets": ["50keV"]}
    gas["track_comparison"] = {"simulated": ["made"], "reference": ["read"]}
    return figures(check_config(plain).paths["gas"])


def test_every_figure_can_be_drawn_from_files(catalogue):
    for figure in catalogue:
        assert callable(named(f"{figure.module}.from_files")), figure.name
        assert figure.inputs, figure.name
        assert all(figure.inputs.values()), figure.name


def test_every_caption_is_used_and_ends_in_a_full_stop(catalogue):
    assert {figure.name.split("/")[0] for figure in catalogue} == CAPTIONS.keys()
    for figure in catalogue:
        assert figure.caption.strip().endswith("."), figure.name


def test_names_are_distinct_and_those_of_a_test_set_name_it(catalogue):
    names = [figure.name for figure in catalogue]
    assert len(set(names)) == len(names)
    by_test = {figure.name: figure.labels().get("test set") for figure in catalogue}
    assert by_test["median_p/50keV"] == "50keV"
    assert by_test["cut_scan"] is None


def test_what_a_study_lacks_has_no_figure(plain):
    names = {f.name.split("/")[0] for f in figures(check_config(plain).paths["gas"])}
    assert not names & {"arrow", "calibration", "track_observables"}
    assert {"loss_curves", "cut_scan", "median_p"} <= names


def test_reading_the_catalogue_imports_no_plotting_library(tmp_path):
    script = (
        "import sys; import pipeline.gas.figures.catalogue; "
        "print([m for m in ('matplotlib', 'torch') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.strip() == "[]"
