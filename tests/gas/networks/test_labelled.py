"""Training on measured events of known direction: a miniature, from the file of hits on."""

from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from helpers.made_hits import hits_part

from pipeline.gas.config.hits import Hits
from pipeline.gas.config.networks import read_network
from pipeline.gas.config.sets import TrainingSet
from pipeline.gas.config.voxels import Grid
from pipeline.gas.hits.voxels import voxelise_hits
from pipeline.gas.networks import training
from pipeline.gas.networks.architectures import build_network
from pipeline.gas.networks.output import Output
from pipeline.gas.networks.training import Task, event_losses, train_network
from pipeline.gas.voxels.batches import sparse_batch
from pipeline.gas.voxels.epochs import fresh_events, shard_events
from pipeline.gas.voxels.shards import read_shard

GRID = Grid(bins=20, voxel_um=500.0)
TRAINING_SET = TrainingSet(sources=["lab"], smearing_um=300, validation_fraction=0.1)
LABELS = {"event": "event", "direction": ["dx", "dy", "dz"]}


class Skewness(torch.nn.Module):
    """A linear function of the third moments of the charge along x, y and z."""

    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Linear(3, 3)

    def forward(self, voxels):
        place = voxels.indices[:, 1:].float() - (GRID.bins - 1) / 2
        moments = torch.zeros(voxels.batch_size, 3)
        moments.index_add_(0, voxels.indices[:, 0].long(), place**3 * voxels.features / 1000)
        return Output(torch.nn.functional.normalize(self.linear(moments), dim=1), None)


def comet(axis, rng):
    """A blob with a thin tail along a direction: places [30, 3] in um, and charges [30]."""
    tail = np.linspace(500, 4000, 10)[:, None] * axis
    places = np.concatenate([rng.normal(0, 300, (20, 3)), tail])
    return places, np.append(np.full(20, 5.0), np.full(10, 1.0))


def shard_of(folder, name, axes, rng):
    """Voxel shard of a file of comets along these directions [n, 3]."""
    rows = []
    for event, axis in enumerate(axes):
        places, charge = comet(axis, rng)
        rows.append(np.column_stack([np.full(30, event), places, charge, np.tile(axis, (30, 1))]))
    table = dict(
        zip(
            ("event", "x", "y", "z", "charge", "dx", "dy", "dz"),
            np.concatenate(rows).T,
            strict=True,
        )
    )
    file, shard = folder / f"{name}.parquet", folder / f"lab/{name}.parquet"
    pq.write_table(pa.table(table), file)
    source = Hits.model_validate({"kind": "hits", "files": [str(file)], "columns": LABELS})
    shard.parent.mkdir(exist_ok=True)
    others = (shard.with_suffix(end) for end in (".events.parquet", ".json"))
    voxelise_hits(file, hits_part(source, GRID, "lab"), shard, *others)
    return shard


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    """Of two beams of 150 events each, along x and z, and of events along y."""
    folder, rng = tmp_path_factory.mktemp("hits"), np.random.default_rng(1)
    beams = np.repeat([[1.0, 0, 0], [0, 0, 1]], 150, axis=0)
    return shard_of(folder, "beams", beams, rng), shard_of(folder, "y", [[0, 1.0, 0]] * 50, rng)


def mean_cosine(model, shard):
    (batch,) = read_shard(shard)
    with torch.no_grad():
        found = model(sparse_batch(batch, GRID.bins)).direction
    return float((found * torch.from_numpy(batch.direction)).sum(1).mean())


@pytest.fixture
def trained(shards, tmp_path, monkeypatch):
    """Function of training events -> a network trained on the beams."""
    monkeypatch.setattr(training, "build_network", lambda *_: Skewness())

    def train(events):
        settings = read_network(
            {
                "architecture": "rcn",
                "batch_size": 30,
                "max_epochs": 30,
                "patience": 30,
                "optimiser": {"learning_rate": 0.05},
            }
        )
        events = partial(events, training_set=TRAINING_SET, name="net", seed=1)
        checkpoint = tmp_path / "net.pt"
        model, _ = train_network(
            Task("net", 1, settings, TRAINING_SET, events, shards[:1], checkpoint, "code")
        )
        return model

    return train


def test_a_beam_teaches_the_directions_into_which_its_events_turn(shards, trained):
    beams, along_y = shards
    model = trained(partial(fresh_events, [], GRID, measured=[beams]))
    assert mean_cosine(model, beams) > 0.95
    assert mean_cosine(model, along_y) > 0.95


def test_stored_views_teach_the_beams_alone(shards, trained):
    beams, along_y = shards
    model = trained(partial(shard_events, [beams]))
    assert mean_cosine(model, beams) > 0.95
    assert mean_cosine(model, along_y) < 0.9


def test_the_start_of_a_measured_track_is_in_no_loss(shards):
    """It is not known; the losses are those without it, and so are their gradients."""
    settings = read_network(
        {"architecture": "unet", "widths": [4, 4, 4], "start_of_track": True, "normalise": True}
    )
    torch.manual_seed(1)
    model = build_network(settings, GRID.bins).train()
    batch = next(read_shard(shards[0])).take(np.arange(8))
    losses = [
        event_losses(model, batch, GRID.bins, "exact", start_weight=weight) for weight in (0.0, 0.1)
    ]
    torch.testing.assert_close(*losses)
    losses[1].mean().backward()
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    assert gradients
    assert all(torch.isfinite(gradient).all() for gradient in gradients)
