"""Snakemake's report: every figure with its caption, the tables, and what they were made with."""

import json
import re
from zipfile import ZipFile

import pytest

TITLES = {
    "gas": "Gas time projection chamber",
    "xenon": "Liquid xenon",
    "emulsion": "Nuclear emulsion",
}
CATEGORIES = {*TITLES.values(), "overview", "provenance", "tables"}


@pytest.fixture(scope="module")
def shown(finished_chains, tmp_path_factory):
    """Its folder, and categories, results and files of the report on all chains."""
    copy = finished_chains.twin(tmp_path_factory.mktemp("report") / "copy")
    (copy.folder / "results/figures/index.html").touch()
    copy.run("--report", "report.zip")
    with ZipFile(copy.folder / "report.zip") as report:
        page = report.read("report/report.html").decode()
        files = {name.removeprefix("report/") for name in report.namelist()}
    names = ("categories", "results")
    categories, results = (
        json.loads(re.search(rf"^ *var {name} = (\{{\".*);$", page, re.M)[1]) for name in names
    )
    return copy.folder, categories, results, files


@pytest.mark.parametrize("chain", ["gas", "xenon", "emulsion"])
def test_the_record_is_made_with_the_page(pristine, tmp_path, chain):
    copy = pristine.twin(tmp_path / "copy")
    copy.only(chain)
    planned = copy.run("-n", "results/figures")
    assert "recording what results/provenance.json was made with" in planned


def test_every_drawn_figure_has_a_category_of_its_chain_and_a_caption(shown):
    folder, categories, results, _ = shown
    drawn = {str(file.relative_to(folder)) for file in folder.glob("results/*/plots/**/*.png")}
    assert len(drawn) > 15
    for file in drawn:
        chain = TITLES[file.split("/")[1]]
        assert any(file in listed for listed in categories[chain].values())
        assert "<p>" in results[file]["caption"], file


def test_figures_of_a_test_set_name_it(shown):
    _, _, results, _ = shown
    labels = results["results/gas/plots/median_p/40keV_443um.png"]["labels"]
    assert labels == {"figure": "median p", "test set": "40keV_443um"}
    assert results["results/xenon/plots/scores.png"]["labels"] == {"figure": "scores"}


def test_report_has_tables_provenance_and_the_overview(shown):
    _, categories, results, _ = shown
    assert set(categories) == CATEGORIES
    assert "results/provenance.html" in results
    for table in (
        "gas/tables/summary",
        "gas/tables/40keV_443um/cut_scan",
        "xenon/tables/backgrounds",
    ):
        assert results[f"results/{table}.csv"]["labels"] == {"table": table}


def test_everything_shown_lies_in_the_report(shown):
    _, _, results, files = shown
    assert {entry["data_uri"] for entry in results.values()} <= files
