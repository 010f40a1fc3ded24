"""The nuclear-emulsion chain on a user's images, and in miniature, run for real."""

import h5py
import numpy as np
import pandas as pd
import pytest
from helpers.made_blobs import made_blobs

NETWORK = {
    "architecture": "harmonic",
    "samples": ["train_fog", "train_C"],
    "widths": [4, 4, 4],
    "max_epochs": 1,
}


def write_file(path, label, seed, header):
    """A file of the raw layout with made-up spots, elongated for signal."""
    blobs = made_blobs(60, label, seed)
    planes = np.concatenate([blobs.images, blobs.images[:, :1]], axis=1)
    ids = np.zeros((len(planes), 13), int)
    ids[:, 0], ids[:, 12] = header, 8
    with h5py.File(path, "w") as out:
        out["S/0/part1/images"] = planes.transpose(0, 2, 3, 1)
        out["S/0/part1/pol_ids"] = ids


def own_images(copy):
    """Configure a study of four files, made beside it."""
    samples = {}
    names = ("train_fog", "train_C", "fog", "C")
    for number, name in enumerate(names):
        write_file(copy.folder / f"{name}.h5", int("C" in name), number + 1, number)
        kind = "signal" if "C" in name else "background"
        samples[name] = {"kind": "hdf5", "files": [f"{name}.h5"], "label": kind}
    block = {
        "samples": samples,
        "test": ["fog", "C"],
        "networks": {"mine": NETWORK},
        "leaks": None,
        "recoils": None,
        "wimps": None,
    }
    copy.write_config({"seed": 1, "results": "results", "emulsion": block})


@pytest.fixture
def copy(pristine, tmp_path):
    """A study of a user's images, of one's own."""
    copy = pristine.twin(tmp_path / "copy")
    own_images(copy)
    return copy


def test_own_images_are_learnt_and_tested(copy):
    copy.run("results/emulsion/tables/rejection.csv")
    tables = copy.folder / "results/emulsion/tables"
    (row,) = pd.read_csv(tables / "rejection.csv").query("efficiency == 0.6").to_dict("records")
    assert (row["signal"], row["background"], row["total"]) == ("C", "fog", 60)
    assert row["low"] <= row["rejection"] <= row["high"] or row["passed"] == 0
    samples = pd.read_csv(tables / "samples.csv", index_col="sample")
    assert samples["clusters"].tolist() == [60] * 4
    assert samples["signal"].tolist() == [0, 60, 0, 60]


def test_images_that_are_learnt_and_tested_stop_before_the_training(copy):
    (copy.folder / "fog.h5").write_bytes((copy.folder / "train_fog.h5").read_bytes())
    copy.configure(emulsion__samples__fog__plate="file")
    said = copy.fail("results/emulsion/tables/rejection.csv")
    assert "has the same images as cluster" in said
    assert not (copy.folder / "results/emulsion/networks").exists()


@pytest.mark.slow
def test_the_miniature_runs_to_its_figures(pristine, tmp_path):
    copy = pristine.twin(tmp_path / "copy")
    copy.only("emulsion")
    copy.run()
    folder = copy.folder / "results"
    drawn = {path.stem for path in (folder / "figures/emulsion").glob("*.png")}
    assert drawn == {
        *("images", "scores", "rejection", "methods", "shifts", "transfer"),
        *("axes", "efficiency", "needed"),
    }
    summary = pd.read_csv(folder / "emulsion/tables/summary.csv")
    assert set(summary["score"]) == {
        *("harmonic", "rotated"),
        *("shift", "axis ratio", "NEWSdm cuts", "8 observables, dense"),
    }
    efficiency = pd.read_csv(folder / "emulsion/tables/efficiency.csv")
    carbon = efficiency[efficiency["ion"] == "C"].set_index("energy_keV")["efficiency"]
    assert carbon[10] < carbon[200]
    assert "Nothing to be done" in copy.run("-n")
