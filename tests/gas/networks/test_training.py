"""Training of a network on every kind of training events: reproducible and resumable."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch
from helpers.made_files import GRID, SETTINGS, SOURCE

from pipeline.gas.config.networks import read_network
from pipeline.gas.config.sources import Simulation
from pipeline.gas.networks import training
from pipeline.gas.networks.output import Output
from pipeline.gas.networks.training import Task, train_network
from pipeline.gas.voxels import epochs, stream
from pipeline.gas.voxels.epochs import fresh_events, shard_events
from pipeline.gas.voxels.shards import read_shard, write_shard
from pipeline.gas.voxels.stream import stream_events
from pipeline.learning.saved import write_saved
from pipeline.sparse.layers import SiteNorm


class Mean(torch.nn.Module):
    """Predicts a linear function of the charge-weighted second moments: small and fast."""

    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Linear(9, 3)

    @property
    def event_layer(self):
        return self.linear

    def forward(self, voxels):
        place = voxels.indices[:, 1:].float() - 19.5
        products = (place[:, :, None] * place[:, None, :]).flatten(1) * voxels.features
        moments = torch.zeros(voxels.batch_size, 9)
        moments.index_add_(0, voxels.indices[:, 0].long(), products)
        return Output(torch.nn.functional.normalize(self.linear(moments), dim=1), None)


@pytest.fixture(params=["shards", "fresh", "stream"])
def train(request, files, tmp_path, monkeypatch):
    """(checkpoint name, ...) -> weights and history of a training on one kind of events."""
    monkeypatch.setattr(training, "build_network", lambda *_: Mean())
    monkeypatch.setattr(epochs, "BLOCK_EVENTS", 512)
    monkeypatch.setattr(stream, "BLOCK_EVENTS", 100)

    def run(
        checkpoint,
        max_epochs=4,
        threads=1,
        seed=1,
        source=SOURCE,
        training_set=SETTINGS,
        start=None,
        teacher=None,
        adapted_to=(),
        **network,
    ):
        events = {
            "shards": partial(shard_events, files.shards),
            "fresh": partial(fresh_events, files.tracks, GRID),
            "stream": partial(stream_events, {"made": source}, GRID),
        }[request.param]
        events = partial(events, training_set, "net", seed)
        settings = read_network(
            {
                "architecture": "rcn",
                "batch_size": 32,
                "max_epochs": max_epochs,
                "loader_threads": threads,
                **network,
            }
        )
        model, history = train_network(
            Task(
                "net",
                seed,
                settings,
                training_set,
                events,
                files.shards,
                tmp_path / checkpoint,
                "code",
                start,
                teacher,
                adapted_to,
            )
        )
        return model.state_dict(), history.drop(columns="seconds")

    run.kind = request.param
    return run


def assert_same(first, second):
    assert first[1].equals(second[1])
    for name, value in first[0].items():
        assert torch.equal(value, second[0][name]), name


def test_same_network_for_any_number_of_loader_threads(train):
    assert_same(train("one.pt"), train("three.pt", threads=3))


def test_stopped_training_goes_on_as_if_it_had_not_been(train, caplog):
    train("stopped.pt", max_epochs=2)
    with caplog.at_level("INFO"):
        resumed = train("stopped.pt", threads=2)
    assert "resuming after epoch 2" in caplog.text
    assert_same(resumed, train("whole.pt"))


def test_another_seed_starts_anew(train, caplog):
    train("net.pt", max_epochs=2)
    with caplog.at_level("INFO"):
        train("net.pt", max_epochs=2, seed=2)
    assert "another configuration" in caplog.text


def test_stream_of_another_gas_starts_anew(train, caplog):
    """Shards and stored tracks do not look at the source's settings: their files tell."""
    train("net.pt", max_epochs=2)
    gas = {"fractions": {"He": 0.6, "CO2": 0.4}}
    other = Simulation.model_validate({**SOURCE.plain(), "gas": gas})
    with caplog.at_level("INFO"):
        train("net.pt", max_epochs=2, source=other)
    assert ("another configuration" in caplog.text) == (train.kind == "stream")


def test_a_training_begins_with_the_weights_it_is_given(train, tmp_path):
    first, _ = train("first.pt", max_epochs=1)
    write_saved(tmp_path / "weights.pt", first)
    # Steps too small to change a weight.
    settings = {"optimiser": {"learning_rate": 1e-30}, "seed": 2, "max_epochs": 1}
    same, _ = train("second.pt", start=tmp_path / "weights.pt", **settings)
    other, _ = train("third.pt", **settings)
    for name, value in first.items():
        assert torch.equal(same[name], value), name
        assert not torch.equal(other[name], value), name


def test_another_start_starts_anew(train, tmp_path, caplog):
    path = tmp_path / "weights.pt"
    weights = Mean().state_dict()
    write_saved(path, weights)
    train("net.pt", max_epochs=2, start=path)
    with caplog.at_level("INFO"):
        train("net.pt", max_epochs=2, start=path)
    assert "another configuration" not in caplog.text
    write_saved(path, {name: 2 * value for name, value in weights.items()})
    with caplog.at_level("INFO"):
        train("net.pt", max_epochs=2, start=path)
    assert "another configuration" in caplog.text


def test_a_start_of_another_shape_is_refused(train, tmp_path):
    write_saved(tmp_path / "weights.pt", torch.nn.Linear(2, 3).state_dict())
    with pytest.raises(ValueError, match=r"weights\.pt: not the weights of .*architecture 'rcn'"):
        train("net.pt", start=tmp_path / "weights.pt")


def test_an_epoch_has_about_the_training_events_of_the_shards(train):
    """320 of 400 events, give or take the split and what the grid does not contain."""
    _, history = train("net.pt", max_epochs=2)
    assert history["events_seen"].diff().iloc[1] == pytest.approx(320, abs=40)


@pytest.fixture
def other_events(files, tmp_path):
    """A function that writes the events of the shard again, with some columns changed."""

    def write(name, **change):
        batches = [
            replace(b, **{column: new(getattr(b, column)) for column, new in change.items()})
            for b in read_shard(files.shards[0])
        ]
        write_shard(tmp_path / name, batches, GRID.bins, GRID.voxel_um)
        return [tmp_path / name]

    return write


on_shards = pytest.mark.parametrize("train", ["shards"], indirect=True)


@on_shards
@pytest.mark.parametrize("by", ["energy_distance", "adversarial"])
def test_adaptation_reads_voxels_and_no_truth(train, other_events, by):
    adapt = {"to": "run7", "by": by, "weight": 1}
    more = other_events("more.parquet", counts=lambda counts: 3 * counts)
    nameless = other_events(
        "nameless.parquet",
        counts=lambda counts: 3 * counts,
        **dict.fromkeys(
            ("direction", "start", "energy_keV", "sigma_um"), lambda x: np.full_like(x, np.nan)
        ),
    )
    adapted = train("first.pt", adapt=adapt, adapted_to=more)
    assert_same(adapted, train("second.pt", adapt=adapt, adapted_to=nameless))
    other = train("third.pt", adapt=adapt, adapted_to=other_events("same.parquet"))
    for unlike in (other, train("fourth.pt")):
        assert not torch.equal(adapted[0]["linear.weight"], unlike[0]["linear.weight"])


@on_shards
def test_stopped_adaptation_goes_on_as_if_it_had_not_been(train, other_events):
    adaptation = {
        "adapt": {"to": "run7", "by": "adversarial", "weight": 1},
        "adapted_to": other_events("others.parquet"),
        "slices": 2,
    }
    train("stopped.pt", max_epochs=2, **adaptation)
    resumed = train("stopped.pt", threads=2, **adaptation)
    assert_same(resumed, train("whole.pt", **adaptation))


@on_shards
def test_other_events_to_adapt_to_start_anew(train, other_events, caplog):
    adapt = {"to": "run7", "by": "energy_distance", "weight": 1}
    train("net.pt", max_epochs=2, adapt=adapt, adapted_to=other_events("first.parquet"))
    more = other_events("second.parquet", counts=lambda counts: 3 * counts)
    with caplog.at_level("INFO"):
        train("net.pt", max_epochs=2, adapt=adapt, adapted_to=more)
    assert "another configuration" in caplog.text


@on_shards
def test_a_teacher_gives_the_directions_and_is_part_of_the_training(
    train, repository, caplog, monkeypatch
):
    teacher = repository / "resources/networks/UNet/weights.safetensors"
    monkeypatch.setattr(training, "load_network", lambda *_: Teacher())
    taught = train("net.pt", max_epochs=2, teacher=teacher)
    alone = train("alone.pt", max_epochs=2)
    assert not torch.equal(taught[0]["linear.weight"], alone[0]["linear.weight"])
    with caplog.at_level("INFO"):
        train("net.pt", max_epochs=2)
    assert "another configuration" in caplog.text


class Normed(Mean):
    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Sequential(torch.nn.Linear(9, 3), SiteNorm(3))


@on_shards
@pytest.mark.parametrize("fixed", [True, False])
def test_fixed_moments_are_those_of_the_weights_to_begin_with(train, tmp_path, monkeypatch, fixed):
    monkeypatch.setattr(training, "build_network", lambda *_: Normed())
    first = Normed().state_dict()
    write_saved(tmp_path / "weights.pt", first)
    settings = {"architecture": "unet", "widths": [4, 4, 4]}
    weights, _ = train(
        "net.pt", start=tmp_path / "weights.pt", max_epochs=1, fixed_moments=fixed, **settings
    )
    assert torch.equal(weights["linear.1.running_var"], first["linear.1.running_var"]) == fixed
    assert not torch.equal(weights["linear.0.weight"], first["linear.0.weight"])


class Teacher(Mean):
    def forward(self, voxels):
        direction = torch.tensor([1.0, 0, 0]).expand(voxels.batch_size, 3)
        return Output(direction, torch.full((voxels.batch_size,), 5.0))
