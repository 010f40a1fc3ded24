"""The nuclear-emulsion chain on a user's images, and in miniature, run for real."""

import h5py
import numpy as np
import pandas as pd
import pytest
from helpers.made_blobs import made_blobs

NETWORK = {"architecture": "harmonic", "samples": ["train"], "widths": [4, 4, 4], "max_epochs": 1}
PREPARED = {
    "kind": "hdf5",
    "dataset": "images",
    "labels": "labels",
    "pol_ids": None,
    "plate": "file",
    "drop_copy": False,
    "axes": "npyx",
}
STUDY = {
    "samples": {
        "train": {**PREPARED, "files": ["train.h5"]},
        "C": {**PREPARED, "files": ["test.h5"], "label": "signal"},
        "fog": {**PREPARED, "files": ["test.h5"], "label": "background"},
    },
    "test": ["fog", "C"],
    "networks": {"mine": NETWORK},
    "leaks": None,
    "recoils": None,
    "wimps": None,
}


def write_file(path, seed):
    """Made-up spots, elongated for signal: 60 clusters of each class."""
    blobs = [made_blobs(60, label, seed + label) for label in (0, 1)]
    with h5py.File(path, "w") as out:
        out["images"] = np.concatenate([part.images for part in blobs])
        out["labels"] = np.concatenate([part.label for part in blobs])


def test_own_images_are_learnt_and_tested_unless_they_are_the_same(pristine, tmp_path):
    copy = pristine.twin(tmp_path / "copy")
    copy.write_config({"seed": 1, "results": "results", "emulsion": STUDY})
    for name in ("train.h5", "test.h5"):
        write_file(copy.folder / name, seed=1)
    target, tables = (
        "results/emulsion/tables/rejection.csv",
        copy.folder / "results/emulsion/tables",
    )
    said = copy.fail(target)
    assert (
        "part 0 of sample 'C' has the same images as cluster 60 in part 0 of sample 'train'" in said
    )
    assert not (copy.folder / "results/emulsion/networks").exists()

    write_file(copy.folder / "test.h5", seed=11)
    copy.run(target)
    (row,) = pd.read_csv(tables / "rejection.csv").query("efficiency == 0.6").to_dict("records")
    assert (row["signal"], row["background"], row["total"]) == ("C", "fog", 60)
    samples = pd.read_csv(tables / "samples.csv", index_col="sample")
    assert samples["clusters"].to_dict() == {"train": 120, "C": 60, "fog": 60}
    assert samples["signal"].to_dict() == {"train": 60, "C": 60, "fog": 0}


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
