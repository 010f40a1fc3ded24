"""Which sets of a study are released, and which are shifted."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from helpers.made_release import made_batch

from pipeline.gas.config.voxels import Smearing
from pipeline.gas.release.build import build_release
from pipeline.gas.release.splits import SPLITS, released_sets, split_table, write_split
from pipeline.gas.voxels.shards import open_shard, read_shard, write_shard


def kinds(paths):
    return split_table(paths).set_index("split")["kind"].to_dict()


def test_a_test_set_outside_of_the_training_is_shifted(released):
    table = pd.read_csv(released / "results/release/splits.csv", index_col="split")
    kinds = {"train": "training", "like": "nominal", "narrow": "shifted"}
    assert table["kind"].to_dict() == kinds
    assert table.loc["narrow", "shift"] == "smearing of 100 um, trained on 160 to 466 um"
    assert table["events"].tolist() == [40, 40, 40]
    assert set(table["gas"]) == {"70 % He, 30 % CO2 at 760 torr and 20 C"}
    assert list(table.reset_index()) == list(SPLITS)


def test_another_gas_is_a_shift(finished):
    def thinner(gas):
        gas["sources"]["test"] = {**gas["sources"]["test"], "gas": {"pressure_torr": 700}}

    assert kinds(finished(thinner))["like"] == "shifted"


def test_a_gas_that_no_set_states_is_no_shift(finished):
    def arrows(gas):
        for name in ("train", "test"):
            gas["sources"][name] = {"kind": "arrows", "events": 20}

    assert kinds(finished(arrows))["like"] == "nominal"


def test_tracks_from_files_are_released_on_request_only(finished):
    def wanted(gas):
        gas["release"] = {"tracks_from_files": True}

    assert released_sets(finished()) == ["train", "like", "narrow"]
    paths = finished(wanted)
    assert released_sets(paths) == ["train", "like", "narrow", "files"]
    build_release(paths, "study.yaml")


@pytest.mark.parametrize(
    ("sets", "told"),
    [
        ({"training_set": {"sources": ["degrad"]}}, "the training set of this study"),
        (
            {"test_sets": {"files": {"sources": ["degrad"], "smearing_um": 300}}},
            "all test sets of this study",
        ),
    ],
)
def test_a_study_of_files_says_which_key_to_set(finished, sets, told):
    def of_files(gas):
        gas["test_sets"] = {"like": gas["test_sets"]["like"]}
        gas |= sets

    with pytest.raises(ValueError, match=rf"gas\.release\.tracks_from_files: {told}"):
        released_sets(finished(of_files))


def test_measured_charges_stay_what_they_are(tmp_path):
    batch = made_batch("made", 0, 9, Smearing(low_um=1, high_um=1))
    batch = replace(batch, counts=batch.counts + np.float32(0.5))
    shard, path = tmp_path / "0.parquet", tmp_path / "all.parquet"
    write_shard(shard, [batch], 120, 500.0, "axis")
    write_split([str(shard), str(shard)], str(path))
    for found in read_shard(path):
        np.testing.assert_array_equal(found.counts, batch.counts)
    assert open_shard(path).events == 18
    assert open_shard(path).drift == "axis"


RESPONSE = {"diffusion": {"constant_transverse": 300}, "threshold": {"electrons": 1.0}}


@pytest.mark.parametrize(
    ("threshold", "noise_hits", "kind"),
    [(1.5, 0, "nominal"), (2.5, 0, "shifted"), (1.5, 3, "shifted")],
)
def test_a_response_that_training_draws_is_no_shift(finished, threshold, noise_hits, kind):
    def randomised(gas):
        gas["training_set"]["response"] = {**RESPONSE, "vary": {"threshold.electrons": [0, 2]}}
        tested = {"threshold": {"electrons": threshold}, "noise_hits": noise_hits}
        gas["test_sets"] = {"like": {"sources": ["test"], "response": {**RESPONSE, **tested}}}

    assert kinds(finished(randomised)) == {"train": "training", "like": kind}
