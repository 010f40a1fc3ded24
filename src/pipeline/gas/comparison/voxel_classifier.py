"""A U-Net trained to distinguish simulated from reference tracks by their voxels.

It can find differences that the observables miss; its power grows with the number of training
tracks. To measure how a difference affects directions, train direction networks on both samples.
"""

import logging
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from pipeline.core.digests import fingerprint
from pipeline.core.seeds import generator, seed_words
from pipeline.gas.comparison.samples import Balance, Samples, balance, held_out_views
from pipeline.gas.config.comparison import VoxelClassifier
from pipeline.gas.config.sets import TrainingSet
from pipeline.gas.config.voxels import Grid
from pipeline.gas.tracks.table import count_tracks
from pipeline.gas.voxels.batches import slices_of, sparse_batch
from pipeline.gas.voxels.dataset import cut_batches
from pipeline.gas.voxels.epochs import epoch_batches, fresh_events
from pipeline.gas.voxels.shards import VoxelBatch
from pipeline.learning.launch import in_processes
from pipeline.learning.trainer import train
from pipeline.sparse.unet import UNet
from pipeline.statistics.roc import area_under_curve, auc_error

NAME = "voxel classifier"

logger = logging.getLogger(__name__)


def classify(
    samples: Samples,
    grid: Grid,
    settings: VoxelClassifier,
    seed: int,
    checkpoint: Path,
    code: str,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Train the classifier; return its scores of the test tracks and the training history.

    Every epoch has a new view of every training track. Both samples have the same total weight at
    each energy, so that the mix of energies carries no information. `checkpoint` and the history
    are those of `learning.trainer.train`; `code` is the digest of the code in use. Each of several
    processes (`learning.launch`) makes all the views.

    Columns of the scores: source, event_id, energy_keV, simulated, logit.

    Raises:
        ValueError: the samples have no energy in common, or too few tracks to hold some out.
    """
    validation, test = held_out_views(samples.tables, grid, settings, seed)
    weights = balance(test.energy_keV, samples.is_simulated(test))
    work = partial(_train, samples, weights, validation, grid, settings, seed, checkpoint, code)
    model, history = in_processes(settings.processes, settings.device, work)
    model.eval()
    with torch.no_grad():
        scores = [logits(model, batch, grid.bins).cpu() for batch in _batches(test, settings)]
    table = pd.DataFrame(
        {
            "source": test.source,
            "event_id": test.event_id,
            "energy_keV": test.energy_keV,
            "simulated": samples.is_simulated(test),
            "logit": torch.cat(scores).numpy(),
        }
    )
    return table[table["energy_keV"].isin(weights.energies_keV)], history


def _train(
    samples: Samples,
    weights: Balance,
    validation: VoxelBatch,
    grid: Grid,
    settings: VoxelClassifier,
    seed: int,
    checkpoint: Path,
    code: str,
) -> tuple[torch.nn.Module, pd.DataFrame]:
    """Train in one of the processes of `classify`; returns the classifier and its history."""
    torch.set_num_threads(1)
    torch.manual_seed(seed_words(seed, NAME)[0] % 2**63)
    model = UNet(settings.widths, outputs=1, backend=settings.backend).to(settings.device)
    training_set = TrainingSet(
        sources=[NAME],
        smearing_um=settings.smearing_um,
        validation_fraction=settings.held_out_fraction,
    )
    events = fresh_events(samples.tables, grid, training_set, NAME, seed)

    def training(epoch: int) -> Iterator[list[VoxelBatch]]:
        rng = generator(seed, "order", NAME, epoch)
        batches = epoch_batches(events, epoch, settings.batch_size, settings.loader_threads, rng)
        return (slices_of(batch, settings.slices) for batch in batches)

    history = train(
        model,
        partial(event_losses, bins=grid.bins, samples=samples, weights=weights),
        training,
        lambda: _batches(validation, settings),
        round(sum(map(count_tracks, samples.tables)) * (1 - settings.held_out_fraction)),
        settings,
        checkpoint,
        fingerprint(settings.identity(), seed, code, events.identity, samples.simulated_sources),
    )
    return model, history


def auc_table(scores: pd.DataFrame) -> pd.DataFrame:
    """Area under the ROC curve at every energy, and its mean over the energies in a row "all".

    Columns: energy_keV, simulated_events, reference_events, auc, auc_err (`auc_error`).
    """
    rows = []
    for energy, table in scores.groupby("energy_keV"):
        label = table["simulated"].to_numpy()
        auc = area_under_curve(table["logit"].to_numpy(), label)
        n, m = int(label.sum()), int((~label).sum())
        rows.append((energy, n, m, auc, auc_error(auc, n, m)))
    columns = ["energy_keV", "simulated_events", "reference_events", "auc", "auc_err"]
    each = pd.DataFrame(rows, columns=columns)
    overall = {
        "energy_keV": "all",
        "simulated_events": each["simulated_events"].sum(),
        "reference_events": each["reference_events"].sum(),
        "auc": each["auc"].mean(),
        "auc_err": np.sqrt(np.sum(each["auc_err"] ** 2)) / len(each),
    }
    logger.info("AUC %.4f +- %.4f", overall["auc"], overall["auc_err"])
    return pd.concat(
        [each.astype({"energy_keV": object}), pd.DataFrame([overall])], ignore_index=True
    )


def event_losses(
    model: torch.nn.Module, batch: VoxelBatch, bins: int, samples: Samples, weights: Balance
) -> torch.Tensor:
    """Weighted binary cross-entropies [n] of a batch."""
    found = logits(model, batch, bins)
    simulated = samples.is_simulated(batch)
    truth, weight = (
        torch.from_numpy(values).to(found)
        for values in (simulated, weights.of(batch.energy_keV, simulated))
    )
    return binary_cross_entropy_with_logits(found, truth, weight, reduction="none")


def logits(model: torch.nn.Module, batch: VoxelBatch, bins: int) -> torch.Tensor:
    """Log odds [n] of the model that events are simulated."""
    device = next(model.parameters()).device
    return model(sparse_batch(batch, bins).to(device))[:, 0]


def _batches(views: VoxelBatch, settings: VoxelClassifier) -> Iterator[VoxelBatch]:
    return cut_batches([views], settings.batch_size, pool_events=0)
