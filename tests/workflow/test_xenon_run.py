"""The xenon chain in miniature, run for real."""

import numpy as np
import pandas as pd
import pytest
from helpers.running import gathered

TABLES = ["results/xenon/tables/score_scan.csv", "results/xenon/tables/classifier.csv"]
SCORES = [f"results/xenon/scores/{name}.parquet" for name in ("train_er", "test_er", "test_nr")]
SPECTRUM = {"kind": "uniform", "low_keV": 1, "high_keV": 10}
# Some two hundred times as many electronic recoils as are expected.
DATA = {
    "events": {"kind": "nest", "recoil": "er", "spectrum": SPECTRUM, "events": 600},
    "exposure_t_yr": 0.1,
    "blind": False,
}


@pytest.fixture(scope="module")
def ran(xenon_copy):
    """The chain from nothing to the figures, and scores that no figure needs."""
    targets = ("results/figures", *TABLES, *SCORES)
    return xenon_copy(*targets, xenon__search__batches=1, xenon__data=DATA)


def test_figures_are_gathered_with_a_page(ran):
    assert {"scores", "significance", "map", "limits", "latent"} <= gathered(ran.folder, "xenon")


def test_search_finds_what_is_there(ran):
    """Tests that see the numbers of events tell 1e-46 cm2 of 50 GeV from 1e-47 cm2."""
    tables = ran.folder / "results" / "xenon" / "tables"
    significance = pd.read_parquet(tables / "significance.parquet")
    assert set(significance["test"]) == {"anomaly", "counting", "shape", "likelihood_ratio"}
    at_50 = significance[(significance["mass_GeV"] == 50) & (significance["exposure_t_yr"] == 200)]
    for test in ("anomaly", "counting", "likelihood_ratio"):
        rows = at_50[at_50["test"] == test].set_index("cross_section_cm2")["significance"]
        assert rows[1e-46] > rows[1e-47] + 2
    backgrounds = pd.read_csv(tables / "backgrounds.csv").set_index("component")
    expected = backgrounds.loc["total", "in_region_per_t_yr"]
    assert at_50["background"].iloc[0] == pytest.approx(200 * expected)


def test_far_too_many_observed_events_are_a_discovery_of_the_count(ran):
    tables = ran.folder / "results" / "xenon" / "tables"
    observed = pd.read_csv(tables / "observed.csv").set_index("test")
    counted = pd.read_csv(tables / "s2_only.csv").set_index("sample").loc["observed", "triggered"]
    assert (observed["events"] + observed["outside_region"] == counted).all()
    assert observed["outside_region"].iloc[0] > 0
    assert observed.index[observed["primary"]].tolist() == ["anomaly"]
    assert observed["p_value"].between(0, 1).all()
    assert observed.loc["counting", "p_value"] < 1e-9
    assert observed.loc["anomaly", "p_value"] == pytest.approx(1 / 201)
    assert (observed["global_p_value"] <= 0.02).all()
    goodness = pd.read_csv(tables / "goodness_of_fit.csv")
    assert (goodness.loc[goodness["hypothesis"] == "background", "p_value"] < 0.05).all()
    assert "observed" in gathered(ran.folder, "xenon")
    limits = pd.read_csv(tables / "observed_limits.csv")
    counted_limits = limits[(limits["test"] == "counting") & (limits["mass_GeV"] == 50)]
    # Far above the grid, which ends at ten standard deviations.
    assert counted_limits["band_sigma"].isna().sum() == 1
    assert (counted_limits["band_sigma"].isna() == (counted_limits["beyond"] == "above grid")).all()


def test_checks_of_the_search_have_their_rows(ran):
    """Seven quantities with two signs, two masses with limits, three true cross-sections."""
    tables = ran.folder / "results" / "xenon" / "tables"
    assert len(pd.read_csv(tables / "response_uncertainty.csv")) == 7 * 2 * 4
    limits = pd.read_csv(tables / "limits.csv")
    assert set(limits["mass_GeV"]) == {20, 50}
    assert (limits["signal"] >= np.log(10) - 1e-9).all()
    coverage = pd.read_csv(tables / "limit_coverage.csv")
    assert len(coverage) == 4 * 3
    assert (coverage["coverage"] > 0.8).all()


def test_events_without_s1_are_counted(ran):
    table = pd.read_csv(ran.folder / "results" / "xenon" / "tables" / "s2_only.csv")
    assert (table["events"] == table[["triggered", "s2_only", "unseen"]].sum(axis=1)).all()
    assert set(table["sample"]) > {"train_er", "background_nr", "wimp_50GeV"}


def test_every_event_has_a_score_where_it_triggers(ran):
    table = pd.read_parquet(ran.folder / SCORES[1])
    assert table["event_id"].is_unique
    assert len(table) == 100
    assert table["ts"].notna().equals(table["triggered"])


def test_of_training_samples_only_the_held_out_events_are_scored(ran):
    table = pd.read_parquet(ran.folder / SCORES[0])
    assert 45 < len(table) < 135


def test_scores_are_those_of_the_chosen_weights(ran):
    scan = pd.read_csv(ran.folder / TABLES[0])
    assert len(scan) == 4
    chosen = scan[scan["chosen"]]
    assert len(chosen) == 1
    for file in SCORES:
        table = pd.read_parquet(ran.folder / file)
        for name in ("beta", "ratio"):
            np.testing.assert_array_equal(table[name], chosen[name].iloc[0])


def test_classifier_is_measured_on_both_sets(ran):
    table = pd.read_csv(ran.folder / TABLES[1])
    everything = table[table["high_keV"] == np.inf].set_index("set")
    assert set(everything.index) == {"validation", "test"}
    assert everything.loc["test", "events_er"] <= 100
    # Three epochs on 420 events are enough to beat chance by far.
    assert everything.loc["test", "accuracy"] > 0.7


def pending(copy):
    """Stages below results/xenon that a run would make anew; networks and tables by name."""
    rows = [row.split("\t") for row in copy.run(*TABLES, *SCORES, "--summary").splitlines()]
    parts = [row[0].split("/")[2:4] for row in rows[1:] if row[-1] != "no update"]
    return {"/".join(p) if p[0] in ("networks", "tables") else p[0] for p in parts}


SCAN = {"tables/score_scan.csv", "scores"}
TERMS = {"score_terms", "tables/classifier.csv", *SCAN}


@pytest.mark.parametrize(
    ("key", "value", "made"),
    [
        ("xenon__search", {"exposures_t_yr": [10.0]}, set()),
        ("xenon__anomaly__ratios", [0, 5], SCAN),
        ("xenon__anomaly__classifier__widths", [8], {"networks/classifier", *TERMS}),
        ("xenon__anomaly__betas", [0.1, 1, 2], {"networks/vae_2", *TERMS}),
    ],
)
def test_only_what_depends_on_a_key_is_made_anew(ran, tmp_path, key, value, made):
    copy = ran.twin(tmp_path / "copy")
    copy.configure(**{key: value})
    assert pending(copy) == made
