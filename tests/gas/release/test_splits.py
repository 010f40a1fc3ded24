"""Which sets of a study are released, and which are shifted."""

import pandas as pd
import pytest

from pipeline.gas.release.build import build_release
from pipeline.gas.release.splits import SPLITS, released_sets, split_table


def kinds(paths):
    return split_table(paths).set_index("split")["kind"].to_dict()


def test_a_test_set_outside_of_the_training_is_shifted(released):
    table = pd.read_csv(released / "results/release/splits.csv", index_col="split")
    assert table["kind"].to_dict() == {
        "train": "training",
        "like": "nominal",
        "narrow": "shifted",
    }
    assert table.loc["narrow", "shift"] == "smearing of 100 um, trained on 160 to 466 um"
    assert table["events"].tolist() == [40, 40, 40]
    assert list(table.reset_index()) == list(SPLITS)


def test_another_gas_is_a_shift(finished):
    def thinner(gas):
        gas["sources"]["test"] = {**gas["sources"]["test"], "gas": {"pressure_torr": 700}}

    assert kinds(finished(thinner))["like"] == "shifted"


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
