"""The gas chain in miniature, run for real."""

import pandas as pd
import pyarrow.parquet as pq
import pytest
from helpers.running import gathered


@pytest.fixture(scope="module")
def ran(pristine, tmp_path_factory):
    """The test config, run from nothing to the figures."""
    copy = pristine.twin(tmp_path_factory.mktemp("ran") / "copy")
    copy.only("gas")
    # Toys of one test set only, in one batch: most of the jobs.
    copy.configure(
        gas__hypothesis_test__test_sets=["40keV_443um"],
        gas__hypothesis_test__batches=1,
        gas__networks__RCN__max_epochs=1,
        gas__networks__HCN__max_epochs=1,
    )
    copy.run()
    return copy


def test_figures_are_gathered_with_a_page(ran):
    figures = {"loss_curves", "cut_scan", "containment", "track_stages"}
    assert figures <= gathered(ran.folder, "gas")


def test_summary_has_every_method_on_every_test_set(ran):
    summary = pd.read_csv(ran.folder / "results" / "gas" / "tables" / "summary.csv")
    methods = {"UNet", "RCN", "HCN", "Non-ML standard", "Non-ML tuned", "Best-Expected"}
    for _, rows in summary.groupby("test_set"):
        assert methods <= set(rows["method"])
    networks = summary[summary["method"].isin(["UNet", "RCN", "HCN"])]
    assert (networks["events_seen"] > 0).all()
    assert (networks["training_minutes"] > 0).all()
    assert summary["cosine_distance"].between(0, 2).all()


def test_predictions_hold_densities_and_starts(ran):
    predictions = ran.folder / "results" / "gas" / "predictions" / "50keV_200um"
    tables = {name: pd.read_parquet(predictions / f"{name}.parquet") for name in ("UNet", "HCN")}
    components = {name: set(table["component_weight"].map(len)) for name, table in tables.items()}
    assert components == {"UNet": {2}, "HCN": {1}}
    for table in tables.values():
        assert table["pit"].between(0, 1 + 1e-6).all()
        assert (table["region_68_sr"] < table["region_95_sr"]).all()
    starts = ["start_x_um", "start_y_um", "start_z_um", "start_err_um"]
    assert tables["UNet"][starts].notna().all(axis=None)
    assert tables["HCN"][starts].isna().all(axis=None)


def test_calibration_has_a_row_for_each_test_set_and_one_of_all(ran):
    for network in ("UNet", "HCN"):
        folder = ran.folder / "results" / "gas" / "tables" / "calibration"
        rows = pd.read_csv(folder / f"{network}_test_sets.csv")
        assert list(rows["test_set"]) == ["40keV_443um", "50keV_200um", "all together"]


def test_counts_add_up(ran):
    table = pd.read_csv(ran.folder / "results" / "gas" / "tables" / "containment.csv")
    assert (table["tracks"] == table["kept"] + table["not_contained"]).all()
    assert (table["read"] == table["tracks"] + table["rejected"]).all()
    shards = (ran.folder / "results" / "gas" / "voxels").rglob("*.parquet")
    assert table["kept"].sum() == sum(pq.read_metadata(path).num_rows for path in shards)


def test_second_run_does_nothing(ran):
    assert "Nothing to be done" in ran.run("-n")


def test_shards_do_not_depend_on_the_number_of_cores(ran, pristine, tmp_path):
    copy = pristine.twin(tmp_path / "copy")
    copy.only("gas")
    shards = [file for file in copy.files() if "/voxels/" in file and file.endswith(".parquet")]
    copy.run(*shards, "--cores", "1")
    for file in shards:
        assert (copy.folder / file).read_bytes() == (ran.folder / file).read_bytes()
