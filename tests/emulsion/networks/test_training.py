"""Training of networks on made clusters, and their predictions."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from helpers.made_blobs import made_blobs, write_blobs

from pipeline.emulsion.config.networks import read_network
from pipeline.emulsion.networks.prediction import SCHEMA, read_predictions, write_predictions
from pipeline.emulsion.networks.training import Task, choice_of, train_network
from pipeline.learning.saved import save_network
from pipeline.statistics.roc import area_under_curve, auc_error

SMALL = {
    "architecture": "harmonic",
    "samples": ["C", "fog"],
    "widths": [8, 8, 8],
    "batch_size": 32,
    "validation_fraction": 0.2,
}


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shards")
    return {
        "C": write_blobs(folder, "C", made_blobs(500, 1, 1)),
        "fog": write_blobs(folder, "fog", made_blobs(500, 0, 2)),
    }


@pytest.fixture
def learn(tmp_path, shards):
    """(checkpoint name, settings) -> trained network and its history."""

    def run(name="a.pt", **changes):
        settings = read_network({**SMALL, **changes})
        return train_network(Task("small", 1, settings, shards, tmp_path / name, "code"))

    return run


@pytest.fixture
def predicted(tmp_path, shards, learn):
    """(settings) -> prediction table of new clusters, or of validation clusters."""

    def run(validation=False, **changes):
        settings = read_network({**SMALL, **changes})
        weights, table = tmp_path / "w.pt", tmp_path / "predictions.parquet"
        save_network(*learn(**changes), weights, tmp_path / "history.csv")
        new = {
            "C": write_blobs(tmp_path, "C", made_blobs(150, 1, 3)),
            "fog": write_blobs(tmp_path, "fog", made_blobs(150, 0, 4)),
        }
        choice = choice_of(settings, 1) if validation else None
        write_predictions(table, weights, shards if validation else new, settings, choice)
        return read_predictions([table])

    return run


def assert_same(first, second):
    pd.testing.assert_frame_equal(
        first[1].drop(columns="seconds"), second[1].drop(columns="seconds")
    )
    for name, value in first[0].state_dict().items():
        assert torch.equal(value, second[0].state_dict()[name]), name


def test_learns_signal_and_axis_but_not_the_sense_that_is_not_there(predicted):
    table = predicted(max_epochs=8)
    label = table["label"].to_numpy() == 1
    assert area_under_curve(table["logit"].to_numpy(float), label) > 0.99
    signal = table[label]
    true = np.arctan2(signal["direction_y"], signal["direction_x"])
    delta = np.radians(signal["axis_deg"]) - true
    assert np.cos(2 * delta).mean() > 0.8
    assert abs(np.cos(np.radians(signal["sense_deg"]) - true).mean()) < 0.3
    assert list(table) == SCHEMA.names
    np.testing.assert_allclose(table["probability"], 1 / (1 + np.exp(-table["logit"])), rtol=1e-5)


def test_shuffled_labels_teach_nothing(predicted):
    """The labels of the check are told apart no better than by chance."""
    table = predicted(validation=True, shuffled_labels=True, max_epochs=1)
    label = table["label"].to_numpy() == 1
    assert 150 < len(table) < 250
    auc = area_under_curve(table["logit"].to_numpy(float), label)
    assert abs(auc - 0.5) < 3.5 * auc_error(0.5, label.sum(), (~label).sum())


def test_stopped_training_goes_on_as_if_it_had_not_been(learn, caplog):
    constant = {"optimiser": {"learning_rate": 1e-3}}
    learn("stopped.pt", max_epochs=1, **constant)
    with caplog.at_level("INFO"):
        resumed = learn("stopped.pt", max_epochs=2, **constant)
    assert "resuming after epoch 1" in caplog.text
    assert_same(resumed, learn("whole.pt", max_epochs=2, **constant))


def test_same_network_for_any_number_of_threads(learn):
    one, two = (learn(f"{n}.pt", slices=2, threads=n, max_epochs=1) for n in (1, 2))
    assert_same(one, two)


@pytest.mark.slow
def test_two_processes_learn_as_one_does(learn):
    one, two = (learn(f"{n}.pt", slices=2, processes=n, max_epochs=1) for n in (1, 2))
    for name, value in one[0].state_dict().items():
        torch.testing.assert_close(two[0].state_dict()[name], value, rtol=1e-3, atol=1e-4)


def test_a_network_without_directions_predicts_none(predicted):
    table = predicted(directions=False, rotations=True, max_epochs=1)
    assert table[["axis_deg", "kappa", "sense_deg", "sense_kappa"]].isna().all(axis=None)


def test_other_weights_are_refused(tmp_path, shards, learn):
    save_network(*learn(max_epochs=1), tmp_path / "w.pt", tmp_path / "history.csv")
    other = read_network({**SMALL, "hidden": 7})
    with pytest.raises(ValueError, match="not the weights of a network of architecture 'harmonic'"):
        write_predictions(tmp_path / "p.parquet", tmp_path / "w.pt", shards, other)


def test_a_damaged_shard_is_named(tmp_path, shards):
    path = tmp_path / "broken.parquet"
    path.write_bytes(shards["fog"][0].read_bytes()[:-200])
    task = Task("x", 1, read_network(SMALL), {**shards, "fog": [path]}, tmp_path / "c.pt", "code")
    with pytest.raises(ValueError, match=r"broken\.parquet"):
        train_network(replace(task, checkpoint=tmp_path / "d.pt"))
