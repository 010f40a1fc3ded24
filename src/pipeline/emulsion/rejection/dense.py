"""A dense network on eight observables of a cluster: the baseline of the image networks."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from pipeline.core.seeds import generator, seed_words
from pipeline.emulsion.config.analysis import DenseBaseline

FEATURES = (
    "shift_nm",
    "path_over_shift",
    "peak_counts",
    "modulation",
    "area_px",
    "brightness_counts",
    "axis_ratio",
    "minor_sigma_nm",
)
LEAST = 1e-3  # smaller values, as a shift of zero, count as this one

Array = NDArray[np.float64]


def fit_dense(
    observables: pd.DataFrame, settings: DenseBaseline, seed: int
) -> Callable[[pd.DataFrame], Array]:
    """Train on a table with `FEATURES` and label; returns the function from tables to logits [n].

    The logarithms of the observables are scaled to mean zero and variance one. Clusters with an
    observable that is not known are left out; their logit is NaN.

    Raises:
        ValueError: columns are missing, or signal or background is.
    """
    values, label = _logarithms(observables), observables["label"].to_numpy()
    known = np.isfinite(values).all(axis=1)
    if len(set(label[known])) < 2:
        raise ValueError("the dense baseline needs signal and background in its training samples")
    mean, spread = values[known].mean(0), values[known].std(0)
    # An observable without spread, as the modulation of equal images, tells nothing.
    spread = np.where(spread > 0, spread, 1.0)
    model = _train(_tensor((values[known] - mean) / spread), _tensor(label[known]), settings, seed)

    @torch.no_grad()
    def score(table: pd.DataFrame) -> Array:
        scaled = (_logarithms(table) - mean) / spread
        logit = model(_tensor(np.nan_to_num(scaled)))[:, 0].numpy().astype(np.float64)
        return np.where(np.isfinite(scaled).all(axis=1), logit, np.nan)

    return score


def _train(
    features: torch.Tensor, label: torch.Tensor, settings: DenseBaseline, seed: int
) -> nn.Module:
    torch.set_num_threads(1)
    torch.manual_seed(seed_words(seed, "emulsion", "dense baseline")[0] % 2**63)
    rng = generator(seed, "emulsion", "dense baseline", "order")
    widths = [len(FEATURES), *settings.widths]
    layers = [layer for n, m in pairwise(widths) for layer in (nn.Linear(n, m), nn.ReLU())]
    model = nn.Sequential(*layers, nn.Linear(widths[-1], 1))
    steps = settings.epochs * -(-len(label) // settings.batch_size)
    optimiser = torch.optim.AdamW(model.parameters(), settings.learning_rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for _ in range(settings.epochs):
        for rows in torch.from_numpy(rng.permutation(len(label))).split(settings.batch_size):
            optimiser.zero_grad()
            loss = binary_cross_entropy_with_logits(model(features[rows])[:, 0], label[rows])
            loss.backward()
            optimiser.step()
            schedule.step()
    return model


def _logarithms(table: pd.DataFrame) -> Array:
    missing = [name for name in FEATURES if name not in table]
    if missing:
        raise ValueError(f"the table of observables has no column {missing}")
    values = table[list(FEATURES)].to_numpy(np.float64)
    return np.where(np.isfinite(values), np.log(np.maximum(values, LEAST)), np.nan)


def _tensor(values: Array) -> torch.Tensor:
    return torch.from_numpy(values.astype(np.float32))
