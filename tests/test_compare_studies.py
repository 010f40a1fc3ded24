"""Two studies side by side: keys that differ, headline numbers, errors of pairs."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
from helpers.made_networks import make_folder
from helpers.made_predictions import around_z, scattered_cosines

from pipeline.compare_studies import differences, headlines, read_study, study_names
from pipeline.core.headline import with_error
from pipeline.core.tables import write_tables
from pipeline.gas.evaluation.calibration import density_tables
from pipeline.gas.evaluation.headline import headline as gas_headline
from pipeline.gas.evaluation.summary import Evaluated, summary_table
from pipeline.statistics.directional.predictions import read_predictions, write_predictions
from pipeline.statistics.means import mean_with_error
from pipeline.study import check_config

SOURCE = {"kind": "simulation", "energies_keV": [40], "events_per_energy": 10}
GAS = {
    "sources": {"made": SOURCE, "train": SOURCE},
    "test_sets": {"hard": {"sources": ["made"], "smearing_um": 443}},
    "networks": {"HCN": {"architecture": "hcn"}},
    "training_set": {"sources": ["train"], "smearing_um": 443},
}


def test_only_keys_that_differ_are_listed_and_the_results_folder_is_none():
    first = {"results": "a", "seed": 1, "gas": {"networks": {"UNet": {"widths": [8, 16]}}}}
    second = {
        "results": "b",
        "seed": 1,
        "gas": {"networks": {"UNet": {"widths": [8, 32]}}, "sources": {}},
    }
    found = differences({"first": first, "second": second})
    assert found.to_dict("records") == [
        {"key": "gas.networks.UNet.widths", "first": "[8, 16]", "second": "[8, 32]"},
        {"key": "gas.sources", "first": "-", "second": "{}"},
    ]


def numbers(values, error, index):
    """One headline number, the mean of values of single events."""
    events = pd.Series(values, index)
    return {("gas", "distance", "UNet"): with_error("", "", events.mean(), error, events)}


def test_same_events_are_paired_in_any_order_and_others_are_not():
    rng = np.random.default_rng(1)
    hard = rng.exponential(size=1000)  # how hard an event is for any network
    first = numbers(hard, 0.03, np.arange(1000))
    order = rng.permutation(1000)
    better = hard - 0.01 + rng.normal(0, 0.01, 1000)
    same = numbers(better[order], 0.03, np.arange(1000)[order])
    others = numbers(better, 0.04, np.arange(1000) + 1)
    table = headlines({"first": first, "same": same, "others": others}).set_index("study")
    assert table["paired"].to_dict() == {"first": False, "same": True, "others": False}
    assert np.isnan(table.loc["first", "difference"])
    np.testing.assert_allclose(table.loc["same", "difference"], np.mean(better - hard))
    expected = np.std(better - hard, ddof=1) / np.sqrt(1000)
    np.testing.assert_allclose(table.loc["same", "difference_err"], expected)
    np.testing.assert_allclose(table.loc["others", "difference_err"], 0.05)


def test_a_number_that_one_study_lacks_has_no_difference():
    first, second = numbers([1.0, 2.0], 0.1, [0, 1]), {}
    table = headlines({"first": second, "second": first})
    assert table["study"].to_list() == ["second"]
    assert np.isnan(table["difference"].iloc[0])


def test_names_are_what_tells_the_folders_apart():
    assert study_names(["/data/a/results", "/data/b/results"]) == ["a/results", "b/results"]
    with pytest.raises(ValueError, match="each results folder once"):
        study_names(["results", "./results"])


def test_a_folder_without_a_finished_study_is_an_error(tmp_path):
    with pytest.raises(ValueError, match=r"provenance\.json: there is no such file"):
        read_study(tmp_path)


@pytest.mark.parametrize("content", ["{}", "[]", '{"config": []}'])
def test_json_that_is_no_record_is_named(tmp_path, content):
    (tmp_path / "provenance.json").write_text(content)
    told = r"provenance\.json: no provenance record, which has a block `config`.*delete it and run"
    with pytest.raises(ValueError, match=told):
        read_study(tmp_path)


@pytest.mark.parametrize("content", [b"{", b"\xff"])
def test_a_damaged_record_is_named(tmp_path, content):
    (tmp_path / "provenance.json").write_bytes(content)
    with pytest.raises(ValueError, match=r"provenance\.json: not JSON: .*delete it and run"):
        read_study(tmp_path)


def write_study(folder, seed, gas=GAS):
    """A finished gas study of made-up predictions of one test set."""
    config = check_config({"seed": 1, "results": "moved", "gas": gas}).plain()
    folder.mkdir()
    (folder / "provenance.json").write_text(json.dumps({"config": config}))
    paths = check_config({**config, "results": str(folder)}).paths["gas"]
    rng = np.random.default_rng(seed)
    evaluated = []
    for method, name in (("HCN", "HCN"), ("best_expected", "Best-Expected")):
        predictions = around_z(scattered_cosines(np.full(200, 10.0), rng), 8.0)
        write_predictions(paths.prediction("hard", method), predictions)
        evaluated.append(Evaluated("hard", name, predictions))
    summary = summary_table(evaluated, 50, np.random.default_rng(1))
    table = folder / "gas" / "tables" / "summary.csv"
    table.parent.mkdir(parents=True)
    summary.to_csv(table, index=False)
    made = density_tables({"hard": read_predictions(paths.prediction("hard", "HCN"))})
    history = {"epoch": [1, 2, 3], "validation_loss": [1.2, 0.9, 1.0], "best": [False, True, False]}
    needed = pd.DataFrame(
        [
            {**NEEDED, "events": 40.0, "recoils": 80.0, "exposure_m3_yr": 160.0},
            {**NEEDED, "method": "perfect", "beyond": "above grid", "recoils": 9.0},
            {**NEEDED, "method": "non_ml", "beyond": "toys"},
            {**NEEDED, "fraction_cut": 0.5, "recoils": 70.0},
            {**NEEDED, "level": "90% CL", "recoils": 20.0},
        ]
    )
    tables = {
        paths.calibration("_test_sets", "HCN"): made["test_sets"],
        paths.network("history.csv", "HCN"): pd.DataFrame(history),
        paths.test_table("needed_events.parquet", "hard"): needed,
    }
    write_tables({path: path for path in tables}, tables)
    return paths


NEEDED = {
    "method": "HCN",
    "fraction_cut": 0.0,
    "signal_fraction": 0.3,
    "statistic": "dipole",
    "level": "3 sigma",
    "events": np.nan,
    "err": 4.0,
    "recoils_err": 8.0,
    "exposure_m3_yr_err": 16.0,
    "recoils": np.nan,
    "exposure_m3_yr": np.nan,
    "beyond": "no",
}


def test_a_folder_is_read_wherever_it_lies(tmp_path):
    write_study(tmp_path / "one", seed=1)
    write_study(tmp_path / "two", seed=2)
    found = {name: read_study(tmp_path / name)[1] for name in ("one", "two")}
    table = headlines(found)
    of_both = {"mean cosine distance", "head-tail efficiency"}
    paired = {
        "ratio to Best-Expected",
        "factor on kappa",
        *(f"coverage of {level} % regions" for level in (68, 90, 95)),
    }
    alone = {
        "recoils needed, 3 sigma, dipole",
        "exposure needed [m3 yr], 3 sigma, dipole",
        "validation loss, negative log-likelihood",
    }
    subjects = table.groupby("quantity")["subject"].nunique()
    assert set(table["quantity"]) == of_both | paired | alone
    assert subjects[list(of_both)].tolist() == [2, 2]
    assert (subjects[list(paired)] == 1).all()
    second = table[table["study"] == "two"]
    assert set(second.loc[second["paired"], "quantity"]) == of_both | paired


def test_events_of_a_number_have_its_mean_and_its_error(tmp_path):
    for number in gas_headline(write_study(tmp_path / "one", seed=1)):
        if number.events is not None:
            mean, error = mean_with_error(number.events.to_numpy())
            np.testing.assert_allclose(mean, number.value, rtol=1e-6)
            # The summary's errors are those of a bootstrap.
            np.testing.assert_allclose(error, number.value - number.low, rtol=0.3)


def test_recoils_needed_are_those_of_the_strictest_level_without_a_cut(tmp_path):
    write_study(tmp_path / "one", seed=1)
    _, found = read_study(tmp_path / "one")
    recoils = {
        subject: (number.value, number.low, number.high)
        for (_, quantity, subject), number in found.items()
        if quantity == "recoils needed, 3 sigma, dipole"
    }
    assert recoils == {"hard, HCN": (80, 72, 88), "hard, perfect": (9, 9, np.inf)}
    (loss,) = (n for n in found.values() if n.quantity.startswith("validation loss"))
    assert loss.subject == "HCN"
    assert loss.value == 0.9
    assert np.isnan(loss.low)


def test_a_study_is_read_after_its_network_has_changed_or_is_gone(tmp_path):
    network = make_folder(tmp_path / "UNet", {"architecture": "unet", "widths": [4, 6, 8]})
    gas = {**GAS, "networks": {**GAS["networks"], "UNet": {"weights": str(network)}}}
    write_study(tmp_path / "old", seed=1, gas=gas)
    found = read_study(tmp_path / "old")
    shutil.rmtree(network)
    assert read_study(tmp_path / "old")[0] == found[0]
    make_folder(network, {"architecture": "unet", "widths": [4, 6, 8], "components": 3})
    config, numbers = read_study(tmp_path / "old")
    assert config["gas"]["networks"]["UNet"]["components"] == 1
    assert numbers.keys() == found[1].keys()
