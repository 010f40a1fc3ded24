"""Scores of images: the output of the two networks for the events of a sample."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import torch
from numpy.typing import NDArray
from torch import nn

from pipeline.core.parquet_io import as_table, field, open_parquet
from pipeline.core.progress import Progress
from pipeline.xenon.events.table import EVENT_COLUMNS
from pipeline.xenon.networks.classifier import logits
from pipeline.xenon.networks.features import sums
from pipeline.xenon.networks.vae import Terms
from pipeline.xenon.response.shards import count_responses, read_shard
from pipeline.xenon.response.simulation import ResponseBatch
from pipeline.xenon.xenon1t.networks import ImageAutoencoder

SCHEMA = pa.schema(
    [
        *EVENT_COLUMNS,
        field("triggered", pa.bool_(), "S1 in coincidence and S2 large enough"),
        field("s2_only", pa.bool_(), "S2 large enough, no S1 in coincidence"),
        field("s1_photons_detected", pa.int32(), "photons in the S1 waveform"),
        field("s2_photons_detected", pa.int32(), "photons in the S2 waveform"),
        field("logit", pa.float32(), "ln(p / (1 - p)), p the CNN's probability of a WIMP"),
        field("logit_four_numbers", pa.float32(), "the same of the dense network of four numbers"),
        field("mse", pa.float32(), "mean square of the reconstruction's error at z = mean"),
        field("latent_term", pa.float32(), "latent term of the loss, before beta"),
        field("loss", pa.float64(), "mse + beta latent_term"),
        field("latent_mean", pa.list_(pa.float32()), "mean of the latent distribution"),
    ]
)


def score_images(
    shards: Sequence[Path],
    encode: Callable[[ResponseBatch], NDArray[np.float32]],
    classifier: nn.Module,
    of_four_numbers: nn.Module,
    autoencoder: ImageAutoencoder,
    beta: float,
    min_s2_photons: int,
) -> Iterator[pa.Table]:
    """Yield tables SCHEMA of all events with an S2 of at least `min_s2_photons` photons.

    Events without a trigger are included. `encode` makes flat images [n, pixels].
    """
    torch.set_num_threads(1)
    networks = classifier, of_four_numbers, autoencoder
    progress = Progress("scoring images", sum(map(count_responses, shards)), "events")
    for path in shards:
        for batch in read_shard(path):
            progress.update(len(batch))
            yield _scored(batch, encode(batch), *networks, beta, min_s2_photons)
    progress.finish()


@torch.no_grad()
def _scored(
    batch: ResponseBatch,
    images: NDArray[np.float32],
    classifier: nn.Module,
    of_four_numbers: nn.Module,
    autoencoder: ImageAutoencoder,
    beta: float,
    min_s2_photons: int,
) -> pa.Table:
    seen = batch.s2_photons_detected >= min_s2_photons
    x, four_numbers = torch.from_numpy(images[seen]), torch.from_numpy(sums(batch)[seen])
    terms: Terms = autoencoder(x.to(next(autoencoder.parameters()).device))
    mse, latent, latent_mean = (
        term.double().cpu().numpy()
        for term in (terms.reconstruction, terms.latent, terms.latent_mean)
    )
    columns = {
        "event_id": batch.events.event_id[seen],
        "recoil": batch.events.recoil[seen],
        "energy_keV": batch.events.energy_keV[seen],
        "triggered": batch.triggered[seen],
        "s2_only": ~batch.triggered[seen],
        "s1_photons_detected": batch.s1_photons_detected[seen],
        "s2_photons_detected": batch.s2_photons_detected[seen],
        "logit": logits(classifier, x).cpu().numpy(),
        "logit_four_numbers": logits(of_four_numbers, four_numbers).cpu().numpy(),
        "mse": mse,
        "latent_term": latent,
        "loss": mse + beta * latent,
        "latent_mean": list(latent_mean),
    }
    return as_table(columns, SCHEMA)


def read_scores(path: str | Path) -> pd.DataFrame:
    """Read the scores of a sample; ValueError if the file is damaged."""
    with open_parquet(path, "table of image scores") as file:
        return file.read().to_pandas()
