"""Distributions of the loss of the autoencoder, also for events without an S1."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.statistics.excess.weighted_scores import WeightedScores

Array = NDArray[np.float64]

_BINS = 40
_TAIL = 0.002  # share of events in each of the outermost bins, which include everything beyond
# Names of the events that a search looks at, by their flag in the scores of images.
EVENTS = {"triggered": "triggered", "s2_only": "S2 only"}
RARE = 0.01  # share of electronic recoils whose losses are called low, and called high


def loss_table(
    er: Array,
    wimp: Array,
    background: WeightedScores,
    signal: WeightedScores,
    exposure_t_yr: float,
    cross_section_cm2: float,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Histograms of the losses of the test samples, the expectation and pseudo-data with signal.

    `er` and `wimp` are losses of triggered events. Columns low, high (edges of the bins); er, wimp
    (shares of the sample, with binomial errors); background, signal (expected events in
    `exposure_t_yr`, with the statistical errors of the simulation); pseudo_data (events of one
    experiment, with errors sqrt(N)). The columns of errors end in `_err`. The outermost bins
    include everything beyond them.
    """
    every = np.concatenate([er, wimp])
    low, high = np.quantile(every, [_TAIL, 1 - _TAIL])
    edges = np.linspace(low, high, _BINS + 1)
    columns: dict[str, Array] = {"low": edges[:-1], "high": edges[1:]}
    for name, values in (("er", er), ("wimp", wimp)):
        share = _histogram(values, edges) / len(values)
        columns |= {name: share, f"{name}_err": np.sqrt(share * (1 - share) / len(values))}
    scales = (exposure_t_yr, exposure_t_yr * cross_section_cm2)
    for name, scores, scale in zip(
        ("background", "signal"), (background, signal), scales, strict=True
    ):
        weight = scale * scores.weight
        columns[name] = _histogram(scores.score, edges, weight)
        columns[f"{name}_err"] = np.sqrt(_histogram(scores.score, edges, weight**2))
    # The counts in the bins of an experiment are independent Poisson numbers.
    data = rng.poisson(columns["background"] + columns["signal"]).astype(float)
    return pd.DataFrame(columns | {"pseudo_data": data, "pseudo_data_err": np.sqrt(data)})


def s2_only_losses(samples: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Compare the losses of events without an S1 with those of events that trigger.

    `samples` are image scores by name. The first sample holds electronic recoils; a low loss is
    below 99 % of the losses of its triggered events, a high loss above 99 % of them. Columns
    sample, events ("triggered" or "S2 only"), number, median_loss; low_loss and high_loss (shares)
    with their binomial errors.
    """
    first = next(iter(samples.values()))
    low, high = np.quantile(first.loc[first["triggered"], "loss"], [RARE, 1 - RARE])
    rows = []
    for sample, table in samples.items():
        for flag, events in EVENTS.items():
            loss = table.loc[table[flag], "loss"]
            row = {"sample": sample, "events": events, "number": len(loss)}
            row |= {"median_loss": loss.median()}
            for name, rare in (("low_loss", loss < low), ("high_loss", loss > high)):
                share = rare.mean()
                error = np.sqrt(share * (1 - share) / max(len(loss), 1))
                row |= {name: share, f"{name}_err": error}
            rows.append(row)
    return pd.DataFrame(rows)


def _histogram(values: Array, edges: Array, weight: Array | None = None) -> Array:
    """Counts in the bins; values beyond the edges count in the outermost bins."""
    inside = np.clip(values, edges[0], edges[-1])
    return np.histogram(inside, edges, weights=weight)[0].astype(float)
