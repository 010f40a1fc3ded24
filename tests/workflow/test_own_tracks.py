"""A study of one's own tracks with a trained network: nothing is trained."""

import re
import shutil

import pandas as pd
import pytest
from helpers.made_networks import make_folder

PREDICTION = "results/gas/predictions/mine/UNet.parquet"


@pytest.fixture(scope="module")
def own(pristine, tmp_path_factory):
    """config/own_tracks.yaml in a copy that ships an untrained UNet."""
    copy = pristine.twin(tmp_path_factory.mktemp("own") / "copy")
    make_folder(copy.folder / "resources" / "networks" / "UNet")
    shutil.copy(copy.folder / "config" / "own_tracks.yaml", copy.folder / "config" / "test.yaml")
    copy.configure(results="results")
    return copy


def test_a_plan_has_no_training(own):
    plan = own.run("-n")
    jobs = dict(re.findall(r"^(\w+) +(\d+)$", plan, re.M))
    assert jobs["gas_predict"] == jobs["gas_evaluate"] == jobs["gas_voxels"] == "1"
    assert not jobs.keys() & {"gas_train", "gas_fit_temperature", "gas_toys"}


def test_new_weights_rerun_the_predictions_and_what_follows(own, tmp_path):
    copy = own.twin(tmp_path / "copy")
    copy.pretend()
    assert copy.pending() == set()
    folder = copy.folder / "resources" / "networks" / "UNet"
    shutil.rmtree(folder)
    make_folder(folder, half=True, precision="half")
    pending = {f.removeprefix("results/") for f in copy.pending()}
    after = ("calibration/UNet", "mine/summary", "mine/cut_scan", "mine/angles", "mine/crossings")
    assert PREDICTION.removeprefix("results/") in pending
    tables = {f.removeprefix("gas/tables/") for f in pending if f.startswith("gas/tables/")}
    assert {"summary.csv", *(f"{name}.csv" for name in after)} <= tables
    others = ("tracks", "voxels", "non_ml", "best_expected", "stages", "containment", "sources")
    assert not any(word in f for f in pending for word in others)


def test_a_network_that_is_not_shipped_is_an_error_before_anything_runs(own, tmp_path):
    copy = own.twin(tmp_path / "copy")
    copy.configure(gas__networks={"Mine": {"weights": "shipped"}})
    message = copy.fail("-n")
    assert "networks.Mine.weights: no network 'Mine' is shipped" in message
    assert "shipped: UNet" in message
    assert "Traceback" not in message


@pytest.fixture
def joined(own, tmp_path):
    """The same with an ensemble of two networks."""
    copy = own.twin(tmp_path / "copy")
    folder = make_folder(copy.folder / "nets" / "second")
    copy.configure(
        gas__networks={"UNet": {"weights": "shipped"}, "second": {"weights": str(folder)}},
        gas__ensembles={"both": {"members": ["UNet", "second"]}},
    )
    return copy


def test_an_ensemble_is_joined_from_predictions(joined):
    jobs = dict(re.findall(r"^(\w+) +(\d+)$", joined.run("-n"), re.M))
    assert jobs["gas_ensemble"] == "1"
    assert jobs["gas_predict"] == "2"
    assert jobs["gas_calibrate"] == "3"


@pytest.mark.slow
def test_an_ensemble_has_the_spread_of_its_networks(joined):
    joined.run("results/gas/tables/summary.csv", "results/gas/tables/calibration/both.csv")
    table = pd.read_csv(joined.folder / "results/gas/tables/summary.csv").set_index("method")
    spread = table["cosine_distance_spread"]
    values = table.loc[["UNet", "second"], "cosine_distance"]
    assert spread["both"] == pytest.approx(values.std())
    assert spread.drop("both").isna().all()


def test_another_start_retrains_that_network_only(study):
    network = {"architecture": "unet", "widths": [8, 12, 16]}
    folder = make_folder(study.folder / "nets" / "UNet", network)
    study.configure(gas__networks__UNet__start=str(folder))
    weights = {f for f in study.pending() if f.endswith("weights.pt")}
    assert weights == {"results/gas/networks/UNet/weights.pt"}


@pytest.mark.slow
def test_own_tracks_in_miniature(own, tmp_path):
    copy = own.twin(tmp_path / "copy")
    copy.configure(gas__sources__mine__events_per_energy=40)
    copy.run()
    results = copy.folder / "results"
    directions = pd.read_parquet(copy.folder / PREDICTION)
    assert (directions["true_z"] == 1).all()
    assert directions[["pred_x", "pred_y", "pred_z", "kappa"]].notna().all(axis=None)
    summary = pd.read_csv(results / "gas" / "tables" / "summary.csv").set_index("method")
    assert summary.loc["UNet", "weights"] == "shipped"
    assert summary.loc["UNet", "events_seen"] == 123_000
    assert pd.isna(summary.loc["UNet", "network_remark"])
    figures = {path.stem for path in (results / "figures" / "gas").glob("*.png")}
    assert figures == {
        *("track_stages", "containment", "cut_scan", "angular_resolution"),
        *("calibration", "density_calibration"),
    }
    assert "Nothing to be done" in copy.run("-n")
