"""Networks, terms and scores of the anomaly search, made for real and in small."""

import numpy as np
import pandas as pd
import pytest


def sample(recoil, events):
    spectrum = {"kind": "uniform", "low_keV": 5, "high_keV": 100}
    return {"kind": "nest", "recoil": recoil, "spectrum": spectrum, "events": events}


XENON = {
    "samples": {
        "train_er": sample("er", 200),
        "train_nr": sample("nr", 200),
        "test_er": sample("er", 60),
        "test_nr": sample("nr", 60),
        "background_er": sample("er", 10),
        "background_nr": sample("nr", 10),
    },
    "rates": {"electron_recoils_keV": [5, 10], "nuclear_recoils_keV": [5, 60]},
    "wimps": {"masses_GeV": []},
    "anomaly": {
        "classifier": {"widths": [16], "max_epochs": 3},
        "vae": {"widths": [32, 16], "latent": 3, "max_epochs": 2},
        "betas": [0.1, 1],
        "ratios": [0, 10],
    },
}
TABLES = ["results/xenon/tables/score_scan.csv", "results/xenon/tables/classifier.csv"]
SCORES = [f"results/xenon/scores/{name}.parquet" for name in ("train_er", "test_er", "test_nr")]


@pytest.fixture(scope="module")
def ran(xenon_copy):
    """Two tables and the scores of three samples."""
    return xenon_copy(*TABLES, *SCORES, xenon=XENON)


def test_every_event_has_a_score_where_it_triggers(ran):
    table = pd.read_parquet(ran.folder / SCORES[1])
    assert table["event_id"].is_unique
    assert len(table) == 60
    assert table["ts"].notna().equals(table["triggered"])


def test_of_training_samples_only_the_held_out_events_are_scored(ran):
    table = pd.read_parquet(ran.folder / SCORES[0])
    assert 30 < len(table) < 90


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
    assert everything.loc["test", "events_er"] <= 60
    # Three epochs on 280 events are enough to beat chance by far at these energies.
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
