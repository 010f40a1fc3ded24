"""The whole chain in miniature, run for real."""

import pandas as pd
import pyarrow.parquet as pq
import pytest


@pytest.fixture(scope="module")
def ran(pristine, tmp_path_factory):
    """The test config, run from nothing to the figures."""
    copy = pristine.twin(tmp_path_factory.mktemp("ran") / "copy")
    copy.run()
    return copy


def test_figures_are_gathered_with_a_page(ran):
    folder = ran.folder / "results" / "figures"
    page = (folder / "index.html").read_text()
    drawn = {path.stem for path in folder.glob("*.png")}
    assert drawn == {path.stem for path in folder.glob("*.pdf")}
    assert {"loss_curves", "cut_scan", "containment", "track_stages"} <= drawn
    assert all(f"{name}.png" in page for name in drawn)


def test_summary_has_every_method_on_every_test_set(ran):
    summary = pd.read_csv(ran.folder / "results" / "tables" / "summary.csv")
    methods = {"UNet", "RCN", "HCN", "Non-ML standard", "Non-ML tuned", "Best-Expected"}
    for _, rows in summary.groupby("test_set"):
        assert methods <= set(rows["method"])
    networks = summary[summary["method"].isin(["UNet", "RCN", "HCN"])]
    assert (networks["events_seen"] > 0).all()
    assert (networks["training_minutes"] > 0).all()
    assert summary["cosine_distance"].between(0, 2).all()


def test_counts_add_up(ran):
    table = pd.read_csv(ran.folder / "results" / "tables" / "containment.csv")
    assert (table["tracks"] == table["kept"] + table["not_contained"]).all()
    assert (table["read"] == table["tracks"] + table["rejected"]).all()
    shards = (ran.folder / "results" / "voxels").rglob("*.parquet")
    assert table["kept"].sum() == sum(pq.read_metadata(path).num_rows for path in shards)


def test_second_run_does_nothing(ran):
    assert "Nothing to be done" in ran.run("-n")


def test_shards_do_not_depend_on_the_number_of_cores(ran, pristine, tmp_path):
    copy = pristine.twin(tmp_path / "copy")
    shards = [file for file in copy.files() if "/voxels/" in file and file.endswith(".parquet")]
    copy.run(*shards, "--cores", "1")
    for file in shards:
        assert (copy.folder / file).read_bytes() == (ran.folder / file).read_bytes()
