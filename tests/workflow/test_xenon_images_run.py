"""The XENON1T part, made for real and in miniature."""

import pandas as pd
import pytest
from helpers.image_figures import IMAGE_FIGURES

pytestmark = pytest.mark.slow

IMAGES = {
    "size": 16,
    "training_events": 300,
    "test_events": 1500,
    "search_events": 600,
    # Below 4 keV hardly any nuclear recoil triggers.
    "rates": {"nuclear_recoils_keV": [4, 60]},
    "classifier": {"widths": [4, 8], "hidden": 8, "max_epochs": 3},
    "cvae": {"widths": [4, 8], "latent": 2, "max_epochs": 2},
    "search": {"exposures_t_yr": [1, 4], "background_toys": 200, "signal_toys": 100},
    "s2_only": {"events": 2000},
}
OF_EVENTS = ("classifier", "energies", "mass_tests", "mass_estimates")
OF_SEARCH = ("losses", "s2_only", "rates", "significance", "exposures")
FILES = [f"results/xenon/tables/images_{name}.csv" for name in (*OF_EVENTS, *OF_SEARCH)]
PLOTS = [f"results/xenon/plots/{name}.png" for name in IMAGE_FIGURES]


@pytest.fixture(scope="module")
def ran(xenon_copy):
    """Tables and figures of the XENON1T part."""
    return xenon_copy(*FILES, *PLOTS, xenon__images=IMAGES)


def test_tables_are_about_the_test_samples(ran):
    classifier, energies, _, estimates, losses, s2_only, rates, significance, exposures = (
        pd.read_csv(ran.folder / file) for file in FILES
    )
    here = classifier[classifier["source"] == "CNN"]
    dense = classifier[classifier["source"] == "four numbers"]
    assert list(dense["events_er"]) == list(here["events_er"])
    assert list(here["wimp_share"]) == [0.35, 0.4]
    assert (here["events_er"] <= 1500).all()
    assert losses[["er", "wimp"]].sum().to_list() == pytest.approx([1, 1])
    assert set(s2_only["events"]) == {"triggered", "S2 only"}
    er = s2_only.set_index(["sample", "events"])["number"]["image_test_er"]
    assert er["triggered"] == here["events_er"].iloc[0]
    assert set(significance["exposure_t_yr"]) == {1, 4}
    assert set(exposures["level_sigma"]) == {3, 5}
    assert set(energies["recoil"]) == {"ER", "NR"}
    assert energies["events"].iloc[0] == here["events_er"].iloc[0]
    assert set(estimates["mass_GeV"]) == {50, 500, 1000}
    for table in (rates, significance, exposures):
        assert set(table["events"]) == {"triggered", "S2 only"}
    expected = rates[rates["mass_GeV"] == 0].groupby("events")["expected_per_t_yr"].sum()
    at_1 = significance[significance["exposure_t_yr"] == 1].groupby("events")["background"]
    assert at_1.mean().to_dict() == pytest.approx(expected.to_dict())


def test_only_what_depends_on_a_key_is_made_anew(ran, tmp_path):
    """Another background leaves events, networks and scores as they are."""
    copy = ran.twin(tmp_path / "copy")
    copy.configure(xenon__images__rates__neutrons_per_t_yr=1.0)
    rows = [row.split("\t") for row in copy.run(*FILES, *PLOTS, "--summary").splitlines()]
    made = {row[0].removeprefix("results/") for row in rows[1:] if row[-1] != "no update"}
    tables = {f"xenon/tables/images_{name}.csv" for name in OF_SEARCH}
    assert {name for name in made if not name.startswith("xenon/plots/")} == tables
