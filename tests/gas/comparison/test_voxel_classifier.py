"""The classifier on samples whose difference is known."""

import pandas as pd
import pytest

from pipeline.gas.comparison import voxel_classifier
from pipeline.gas.comparison.samples import Samples
from pipeline.gas.comparison.voxel_classifier import auc_table, classify
from pipeline.gas.config.comparison import VoxelClassifier
from pipeline.gas.config.voxels import Grid

GRID = Grid(bins=40, voxel_um=1000.0)
SETTINGS = VoxelClassifier(
    widths=[4, 4, 4],
    smearing_um=300,
    validation_fraction=0.2,
    test_fraction=0.4,
    batch_size=32,
    max_epochs=3,
    optimiser={"learning_rate": 0.01},
)


@pytest.fixture
def measured(lines, tmp_path):
    """(lengths [mm] by energy of simulated and reference tracks) -> AUC table by energy."""

    def measure(simulated, reference):
        samples = Samples(
            [lines("made", simulated, 900, seed=1)], [lines("read", reference, 450, seed=2)]
        )
        scores, _ = classify(samples, GRID, SETTINGS, 1, tmp_path / "checkpoint.pt", "code")
        return auc_table(scores).set_index("energy_keV")

    return measure


def test_other_tracks_are_told_apart(measured):
    found = measured({40.0: 8.0}, {40.0: 16.0})
    assert found.loc[40.0, "auc"] > 0.97
    assert found.loc["all", "auc"] == found.loc[40.0, "auc"]


def test_the_same_tracks_are_not(measured):
    """Nor does an energy tell that only one sample has."""
    found = measured({30.0: 4.0, 40.0: 8.0, 50.0: 16.0}, {40.0: 8.0, 50.0: 16.0})
    assert list(found.index) == [40.0, 50.0, "all"]
    assert (abs(found["auc"] - 0.5) < 4 * found["auc_err"]).all()


def test_no_view_of_a_scored_track_is_learnt_from_or_decides_when_to_stop(
    lines, tmp_path, monkeypatch
):
    samples = Samples(
        [lines("made", {40.0: 8.0}, 600, seed=1)], [lines("read", {40.0: 8.0}, 600, 2)]
    )
    seen = {}

    def look(model, loss, training, validation, *_):
        learnt_from = (piece for batch in training(1) for piece in batch)
        for what, batches in (("training", learnt_from), ("validation", validation())):
            events = [zip(b.source, b.event_id, strict=True) for b in batches]
            seen[what] = {event for batch in events for event in batch}
        return pd.DataFrame()

    monkeypatch.setattr(voxel_classifier, "train", look)
    scores, _ = classify(samples, GRID, SETTINGS, 1, tmp_path / "checkpoint.pt", "code")
    seen["test"] = set(zip(scores["source"], scores["event_id"], strict=True))
    assert sum(map(len, seen.values())) == len(set.union(*seen.values())) == 1200


def test_overall_auc_is_the_mean_of_the_energies():
    """Scores that say nothing but the energy: 0.75 if the energies were pooled."""
    table = pd.DataFrame(
        {
            "energy_keV": [40.0] * 4 + [50.0] * 4,
            "simulated": [True, True, True, False, True, False, False, False],
            "logit": [1.0] * 4 + [0.0] * 4,
        }
    )
    found = auc_table(table).set_index("energy_keV")
    assert found["auc"].tolist() == [0.5, 0.5, 0.5]
    assert found.loc["all", ["simulated_events", "reference_events"]].tolist() == [4, 4]
    assert found.loc["all", "auc_err"] == pytest.approx(found.loc[40.0, "auc_err"] / 2**0.5)


@pytest.mark.slow
def test_two_processes_learn_as_one_does(lines, tmp_path):
    samples = Samples([lines("made", {40.0: 8.0}, 200, 1)], [lines("read", {40.0: 16.0}, 200, 2)])
    found = [
        classify(
            samples,
            GRID,
            SETTINGS.model_copy(update={"slices": 2, "max_epochs": 1, "processes": processes}),
            1,
            tmp_path / f"{processes}.pt",
            "code",
        )
        for processes in (1, 2)
    ]
    (one, history), (two, other_history) = found
    pd.testing.assert_frame_equal(two, one, rtol=1e-3)
    pd.testing.assert_frame_equal(
        other_history.drop(columns="seconds"), history.drop(columns="seconds"), rtol=1e-5
    )
