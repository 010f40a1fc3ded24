"""The gas and the xenon chain in miniature, run for real."""

import pandas as pd
import pyarrow.parquet as pq
import pytest


@pytest.fixture(scope="module")
def ran(pristine, tmp_path_factory):
    """The test config, run from nothing to the figures."""
    copy = pristine.twin(tmp_path_factory.mktemp("ran") / "copy")
    copy.only("gas", "xenon")
    # Toys of one test set only: most of the jobs.
    copy.configure(gas__hypothesis_test__test_sets=["40keV_443um"])
    copy.run()
    return copy


def names(folder, kind):
    """CHAIN/FIGURE of every figure of a kind."""
    return {f"{path.parent.name}/{path.stem}" for path in folder.glob(f"*/*.{kind}")}


def test_figures_are_gathered_with_a_page(ran):
    folder = ran.folder / "results" / "figures"
    page = (folder / "index.html").read_text()
    drawn = {kind: names(folder, kind) for kind in ("png", "pdf")}
    assert drawn["png"] == drawn["pdf"]
    gas = {"loss_curves", "cut_scan", "containment", "track_stages"}
    xenon = {"scores", "significance", "map", "latent"}
    assert {f"gas/{name}" for name in gas} | {f"xenon/{name}" for name in xenon} <= drawn["png"]
    assert all(f"{name}.png" in page for name in drawn["png"])


def test_summary_has_every_method_on_every_test_set(ran):
    summary = pd.read_csv(ran.folder / "results" / "gas" / "tables" / "summary.csv")
    methods = {"UNet", "RCN", "HCN", "Non-ML standard", "Non-ML tuned", "Best-Expected"}
    for _, rows in summary.groupby("test_set"):
        assert methods <= set(rows["method"])
    networks = summary[summary["method"].isin(["UNet", "RCN", "HCN"])]
    assert (networks["events_seen"] > 0).all()
    assert (networks["training_minutes"] > 0).all()
    assert summary["cosine_distance"].between(0, 2).all()


def test_counts_add_up(ran):
    table = pd.read_csv(ran.folder / "results" / "gas" / "tables" / "containment.csv")
    assert (table["tracks"] == table["kept"] + table["not_contained"]).all()
    assert (table["read"] == table["tracks"] + table["rejected"]).all()
    shards = (ran.folder / "results" / "gas" / "voxels").rglob("*.parquet")
    assert table["kept"].sum() == sum(pq.read_metadata(path).num_rows for path in shards)


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
    expected = backgrounds.loc["total", "triggered_per_t_yr"]
    assert at_50["background"].iloc[0] == pytest.approx(200 * expected)


def test_events_without_s1_are_counted(ran):
    table = pd.read_csv(ran.folder / "results" / "xenon" / "tables" / "s2_only.csv")
    assert (table["events"] == table[["triggered", "s2_only", "unseen"]].sum(axis=1)).all()
    assert set(table["sample"]) > {"train_er", "background_nr", "wimp_50GeV"}


def test_second_run_does_nothing(ran):
    assert "Nothing to be done" in ran.run("-n")


def test_shards_do_not_depend_on_the_number_of_cores(ran, pristine, tmp_path):
    copy = pristine.twin(tmp_path / "copy")
    copy.only("gas")
    shards = [file for file in copy.files() if "/voxels/" in file and file.endswith(".parquet")]
    copy.run(*shards, "--cores", "1")
    for file in shards:
        assert (copy.folder / file).read_bytes() == (ran.folder / file).read_bytes()
