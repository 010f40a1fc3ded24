"""Tables of a test set where networks were not trained in this study."""

import numpy as np
import pandas as pd
import pytest
from helpers.made_networks import make_folder
from helpers.made_predictions import around_z

from pipeline.gas.evaluation.evaluate import from_files
from pipeline.gas.evaluation.summary import format_summary
from pipeline.gas.paths import GasPaths
from pipeline.statistics.directional.predictions import write_predictions
from pipeline.study import check_config

SOURCE = {"kind": "simulation", "energies_keV": [30], "events_per_energy": 5}


@pytest.fixture
def summary_of(tmp_path, monkeypatch):
    """(keys of a network) -> summary of made-up predictions of it and of a trained RCN."""
    monkeypatch.chdir(tmp_path)
    folder = make_folder(tmp_path / "UNet")

    def make(**keys):
        gas = {
            "sources": {"mine": SOURCE, "other": SOURCE},
            "training_set": {"sources": ["other"]},
            "test_sets": {"test": {"sources": ["mine"], "smearing_um": 443}},
            "networks": {
                "RCN": {"architecture": "rcn"},
                "mine": {"weights": str(folder), **keys},
            },
            "evaluation": {"bootstrap": 20},
        }
        paths: GasPaths = check_config({"results": "out", "gas": gas}).paths["gas"]
        table = around_z(np.linspace(0.5, 1, 50), 5.0, energy_keV=30.0)
        for path in paths.predictions("test"):
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            write_predictions(path, table)
        (history,) = paths.histories()
        (tmp_path / history).parent.mkdir(parents=True, exist_ok=True)
        rows = {"events_seen": [70, 140], "seconds": [60, 60]}
        pd.DataFrame(rows).to_csv(history, index=False)
        inputs = {"predictions": paths.predictions("test"), "histories": [history]}
        return from_files(inputs, paths.evaluation_block("test"))["summary"]

    return make


def test_views_and_time_are_those_of_the_card(summary_of):
    table = summary_of().set_index("method")
    columns = ["events_seen", "training_minutes", "weights"]
    assert list(table.loc["mine", columns]) == [123_000, 150, "given"]
    assert list(table.loc["RCN", columns]) == [140, 2, "trained"]
    assert table.loc["Best-Expected", "weights"] == ""


def test_events_outside_the_card_are_remarked_on(summary_of, caplog):
    table = summary_of()
    told = "energies of 30 keV, trained on 40 to 50 keV"
    assert f"mine on test, outside its card: {told}" in caplog.text
    remarks = table.set_index("method")["network_remark"]
    assert remarks["mine"] == told
    assert (remarks.drop("mine") == "").all()
    text = format_summary(table)
    assert f"mine is outside the range of its card: {told}." in text
    (row,) = (line for line in text.splitlines() if line.startswith("mine  "))
    assert row.split()[-2:] == ["123,000", "given"]


def test_other_frames_than_those_of_the_factor_are_remarked_on(summary_of):
    remark = summary_of(frames=5).set_index("method").loc["mine", "network_remark"]
    assert remark.endswith("; predicted in 5 frames, its factor on kappa is for 2")


def test_a_summary_reads_the_same_from_its_file(summary_of, tmp_path):
    table = summary_of()
    table.to_csv(tmp_path / "summary.csv", index=False)
    assert format_summary(pd.read_csv(tmp_path / "summary.csv")) == format_summary(table)
    trained = table[table["weights"] != "given"]
    trained.to_csv(tmp_path / "summary.csv", index=False)
    assert format_summary(pd.read_csv(tmp_path / "summary.csv")) == format_summary(trained)
