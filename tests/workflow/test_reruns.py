"""What is made anew after which change: exactly what depends on it."""

import re

import pytest

NETWORKS = ("UNet", "RCN", "HCN")
RECORD = {"results/provenance.json", "results/provenance.html"}


def kinds(files: set[str]) -> set[str]:
    """First folder below results/gas/ of each file."""
    return {file.removeprefix("results/gas/").split("/")[0] for file in files}


def test_nothing_after_a_finished_run(study):
    assert study.pending() == set()


def test_nothing_after_another_number_of_cores(study):
    assert "Nothing to be done" in study.run("-n", "--cores", "1")


def test_binning_module_reruns_voxels_and_all_after(study):
    study.append("gas/voxels/binning.py")
    pending = study.pending()
    assert "tracks" not in kinds(pending)
    assert {f for f in study.files() if "/voxels/" in f} <= pending
    assert {f"results/gas/networks/{name}/weights.pt" for name in NETWORKS} <= pending
    assert "results/gas/tables/summary.csv" in pending
    assert {"results/figures", *RECORD} <= pending


def assert_only_50keV_200um(pending):
    """Its voxels, predictions and what follows, but no other set, tracks or network."""
    assert any("/voxels/50keV_200um/" in f for f in pending)
    assert any("/predictions/50keV_200um/" in f for f in pending)
    assert not any("40keV_443um" in f for f in pending)
    assert not kinds(pending) & {"tracks", "networks"}
    assert not any("/voxels/train/" in f for f in pending)


def test_sigma_of_one_test_set_reruns_that_test_set_only(study):
    study.configure(gas__test_sets__50keV_200um__smearing_um=250)
    assert_only_50keV_200um(study.pending())


def test_a_map_of_gains_reruns_the_sets_whose_response_has_it(study):
    test = {"sources": ["test_50keV"], "response": {"gain": {"map": "map.csv"}}}
    study.configure(gas__test_sets__50keV_200um=test)
    assert "there is no file 'map.csv'" in study.fail("-n")
    table = study.folder / "map.csv"
    table.write_text("pixel_x,pixel_y,gain\n0,0,1.1\n")
    study.run("--touch", "--forceall")
    assert study.pending() == set()
    table.write_text("pixel_x,pixel_y,gain\n0,0,1.2\n")
    assert_only_50keV_200um(study.pending())


def test_optimiser_of_one_network_reruns_its_training_and_after(study):
    study.configure(gas__networks__HCN__optimiser={"learning_rate": 0.002})
    pending = study.pending()
    assert "results/gas/networks/HCN/weights.pt" in pending
    assert "results/gas/predictions/40keV_443um/HCN.parquet" in pending
    assert "results/gas/tables/summary.csv" in pending
    assert not any("RCN" in f for f in pending)
    assert not any("non_ml" in f for f in pending)
    assert not kinds(pending) & {"tracks", "voxels"}


@pytest.mark.parametrize("events", ["fresh_views", "stream"])
def test_another_kind_of_training_events_retrains_that_network_only(study, events):
    study.configure(gas__networks__RCN__training_events=events)
    pending = study.pending()
    assert "results/gas/networks/RCN/weights.pt" in pending
    assert not any("HCN" in f for f in pending)
    assert not kinds(pending) & {"tracks", "voxels"}


def test_threads_are_recorded_and_rerun_nothing(study):
    study.configure(gas__networks__HCN__loader_threads=3, gas__networks__UNet__threads=1)
    study.configure(gas__networks__UNet__processes=2)
    assert study.pending() == RECORD


def test_temperature_changes_the_predictions_and_not_the_weights(study):
    study.configure(gas__networks__HCN__temperature=True)
    pending = study.pending()
    assert "results/gas/networks/HCN/temperature.csv" in pending
    assert "results/gas/predictions/40keV_443um/HCN.parquet" in pending
    assert not any("RCN" in f or "weights" in f for f in pending)


def test_another_number_of_frames_has_another_temperature(study):
    study.configure(gas__networks__HCN__temperature=True)
    (study.folder / "results/gas/networks/HCN/temperature.csv").touch()
    study.run("--touch", "--forcerun", "gas_fit_temperature")
    assert study.pending() == set()
    study.configure(gas__networks__HCN__frames=4)
    pending = study.pending()
    assert "results/gas/networks/HCN/temperature.csv" in pending
    assert not any("weights" in f for f in pending)


def test_stream_module_retrains_networks_on_streams_only(study):
    """In the test config that is the HCN."""
    study.append("gas/voxels/stream.py")
    trained = {f for f in study.pending() if f.endswith("weights.pt")}
    assert trained == {"results/gas/networks/HCN/weights.pt"}


def test_module_of_one_network_retrains_that_network_only(study):
    study.append("gas/networks/hcn.py")
    pending = study.pending()
    assert {f for f in pending if f.endswith("weights.pt")} == {
        "results/gas/networks/HCN/weights.pt"
    }
    assert "results/gas/predictions/40keV_443um/HCN.parquet" in pending
    assert not any("RCN" in f or "UNet" in f for f in pending)


def test_fresh_views_read_the_track_tables(study):
    """A stream and shards need none; all need the shards for the validation."""
    study.configure(gas__networks__RCN__training_events="fresh_views")
    study.run("--touch")
    rows = study.run("--detailed-summary").splitlines()
    for name, tables in (("RCN", 4), ("HCN", 0)):
        (row,) = (r for r in rows if r.startswith(f"results/gas/networks/{name}/weights.pt"))
        assert row.count("results/gas/tracks/train/") == tables
        assert row.count("results/gas/voxels/train/") == 4


def test_plot_module_redraws_that_plot_only(study):
    study.append("figures/loss_curves.py")
    assert study.pending() == {
        "results/gas/plots/loss_curves.png",
        "results/gas/plots/loss_curves.pdf",
        "results/figures",
    }


def test_unused_modules_rerun_nothing(study):
    for module in ("root", "degrad", "degrad_run"):
        study.append(f"gas/tracks/{module}.py")
    assert study.pending() == set()


def test_comment_reruns_nothing(study):
    study.append("gas/voxels/binning.py", "\n# A remark.\n")
    assert study.pending() == set()


def test_swapped_parameters_rerun(study):
    """Snakemake compares parameters as a set: two swapped scalars would go unnoticed."""
    study.configure(gas__training_set__smearing_um={"low_um": 160, "high_um": 161})
    study.run("--touch")
    study.configure(gas__grid={"bins": 120, "voxel_um": 500.0})
    assert study.pending() == set()
    study.configure(gas__grid={"bins": 500, "voxel_um": 120.0})
    assert any("/voxels/" in f for f in study.pending())


def test_more_events_keep_finished_parts(study):
    study.configure(gas__sources__train__events_per_energy=250)
    pending = study.pending()
    tracks = {f for f in pending if re.fullmatch(r"results/gas/tracks/\w+/\w+\.parquet", f)}
    # At each energy 150 events were parts of 100 and 50; 250 are parts of 100, 100 and 50.
    assert tracks == {
        f"results/gas/tracks/train/{i:04d}_{keV}keV.parquet"
        for i, keV in ((2, 40), (3, 50), (4, 40), (5, 50))
    }
    assert not any("/tracks/test_" in f for f in pending)
    # All sources are looked at again, which concerns no finished voxels.
    assert "results/gas/tables/sources.csv" in pending
    voxels = {f.split("/")[3] for f in pending if "/voxels/" in f}
    assert voxels == {"train"}
    assert not any("/voxels/train/train/0000_" in f for f in pending)


def test_levels_keep_the_toys(study):
    study.configure(gas__hypothesis_test__levels={"95% CL": 0.05})
    pending = study.pending()
    assert "results/gas/tables/40keV_443um/needed_events.parquet" in pending
    assert not any("/toys/" in f for f in pending)


def test_seed_reruns_everything_random(study):
    study.configure(seed=2)
    assert {"tracks", "voxels", "networks", "toys", "tables"} <= kinds(study.pending())
