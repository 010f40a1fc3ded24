"""The anomaly score TS and the table of its terms (arXiv 2410.00755, section 3).

    TS = beta KL(q(z|x) || N(0, 1)) - ln N(x; x_D, diag sigma_D^2) - R ln(1 - p)

with z at the mean of q. The terms are stored, so that TS with other weights beta and R, or at a z
that is drawn from q, can be computed without running the networks again.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import torch
from numpy.typing import NDArray
from torch import nn

from pipeline.core.parquet_io import as_table, field, open_parquet
from pipeline.core.progress import Progress
from pipeline.core.tables import Described
from pipeline.learning.split import held_out
from pipeline.xenon.darwin.anomaly_score import anomaly_score
from pipeline.xenon.events.table import EVENT_COLUMNS
from pipeline.xenon.networks.classifier import logits
from pipeline.xenon.networks.features import SUMS, features
from pipeline.xenon.networks.vae import Autoencoder
from pipeline.xenon.response.shards import STANDS_FOR, count_responses, read_shard
from pipeline.xenon.response.simulation import ResponseBatch

Floats = NDArray[np.floating]

TERMS = pa.schema(
    [
        *EVENT_COLUMNS,
        field("triggered", pa.bool_(), "seen by the detector; other events have no score, NaN"),
        field("cs1_photons", pa.float32(), "S1 photons over the light collection at the height"),
        STANDS_FOR,
        field("logit", pa.float32(), "ln(p / (1 - p)), p the classifier's probability of NR"),
        field("beta", pa.float64(), "weight of the latent term in the autoencoder's loss"),
        field("kl", pa.float32(), "KL(q(z|x) || N(0, 1))", "nat"),
        field("reconstruction", pa.float32(), "-ln N(x; x_D, sigma_D^2) at z = mean", "nat"),
        field("reconstruction_drawn", pa.float32(), "the same at z drawn from q(z|x)", "nat"),
        field("latent_mean", pa.list_(pa.float32()), "mean of q(z|x)"),
    ]
)
SCORES = TERMS.insert(5, field("ts", pa.float64(), "anomaly score")).insert(
    6, field("ratio", pa.float64(), "weight R of the classifier's term")
)


def score_terms(
    shards: Sequence[Path],
    classifier: nn.Module,
    autoencoders: Mapping[float, Autoencoder],
    not_learnt: tuple[str, int, float] | None,
    rng: np.random.Generator,
) -> Iterator[pa.Table]:
    """Yield tables TERMS with a row for each event and beta, in the order of the shards.

    For a sample that the networks are trained on, `not_learnt` holds the arguments sample, seed and
    fraction of `held_out`, and only the events kept for validation have rows. None: all events.
    `rng` draws z, once for each event and autoencoder.
    """
    torch.set_num_threads(1)
    progress = Progress("scoring", sum(map(count_responses, shards)), "events")
    for path in shards:
        for batch in read_shard(path):
            progress.update(len(batch))
            event_id = batch.events.event_id
            kept = np.ones(len(batch), bool)
            if not_learnt is not None:
                kept = held_out(event_id, *not_learnt)
            yield _terms(batch, kept, classifier, autoencoders, rng)
    progress.finish()


@torch.no_grad()
def _terms(
    batch: ResponseBatch,
    kept: NDArray[np.bool_],
    classifier: nn.Module,
    autoencoders: Mapping[float, Autoencoder],
    rng: np.random.Generator,
) -> pa.Table:
    seen = batch.triggered[kept]
    x = torch.from_numpy(features(batch)[kept][seen])

    def spread(values: torch.Tensor) -> Floats:
        """Values for all events: those of triggered events, NaN for others."""
        found = np.full((len(seen), *values.shape[1:]), np.nan, np.float32)
        found[seen] = values.cpu().numpy()
        return found

    tables = []
    for beta, autoencoder in autoencoders.items():
        counts = x[:, :-SUMS].to(next(autoencoder.parameters()).device)
        found = autoencoder(counts)
        noise = rng.standard_normal(found.latent_mean.shape, np.float32)
        drawn = autoencoder(counts, torch.from_numpy(noise).to(counts.device))
        columns = {
            "event_id": batch.events.event_id[kept],
            "recoil": batch.events.recoil[kept],
            "energy_keV": batch.events.energy_keV[kept],
            "triggered": seen,
            "cs1_photons": batch.cs1_photons[kept],
            "stands_for": batch.stands_for[kept],
            "logit": spread(logits(classifier, x)),
            "beta": np.full(len(seen), beta),
            "kl": spread(found.latent),
            "reconstruction": spread(found.reconstruction),
            "reconstruction_drawn": spread(drawn.reconstruction),
            "latent_mean": list(spread(found.latent_mean)),
        }
        tables.append(as_table(columns, TERMS))
    return pa.concat_tables(tables)


def read_terms(path: str | Path) -> pd.DataFrame:
    """Read the terms of a sample, without latent means; ValueError if the file is damaged."""
    columns = [name for name in TERMS.names if name != "latent_mean"]
    with open_parquet(path, "table of score terms") as file:
        return file.read(columns=columns).to_pandas()


def scores(terms: str | Path, beta: float, ratio: float) -> Described:
    """Table SCORES: the terms for `beta` and TS with the weights `beta` and `ratio`.

    Raises:
        ValueError: the file of terms is damaged, or has no terms for this beta.
    """
    with open_parquet(terms, "table of score terms") as file:
        table = file.read()
    table = table.filter(pa.compute.equal(table["beta"], beta))
    if not len(table):
        raise ValueError(f"{terms}: no terms for beta {beta:g}")
    kl, reconstruction, logit = (
        table[name].to_numpy() for name in ("kl", "reconstruction", "logit")
    )
    ts = anomaly_score(kl, reconstruction, logit, beta, ratio)
    columns = {name: table[name] for name in TERMS.names}
    columns |= {"ts": pa.array(ts), "ratio": pa.array(np.full(len(table), ratio))}
    return Described(SCORES, [pa.table([columns[name] for name in SCORES.names], schema=SCORES)])
