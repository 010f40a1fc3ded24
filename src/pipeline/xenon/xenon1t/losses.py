"""Distributions of the autoencoder's loss, and what the events without an S1 do to them."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.statistics.excess.toys import WeightedScores

Array = NDArray[np.float64]

_BINS = 40
_TAIL = 0.002  # share of events in the outermost bins, which have no outer end
RARE = 0.01  # share of electronic recoils whose losses count as low, and as high


def loss_table(
    er: Array,
    wimp: Array,
    background: WeightedScores,
    signal: WeightedScores,
    exposure_t_yr: float,
    cross_section_cm2: float,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Losses of the test samples, and of pseudo-data with signal against background, in bins.

    `er` and `wimp` are losses of triggered events. Columns low, high; er, wimp: shares of the
    sample; background, signal: expected events in `exposure_t_yr`; pseudo_data: one experiment's
    events; and each with `_err`: binomial, of the simulated events' number, and sqrt(N). The outer
    bins hold all that lies beyond them.
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
    # The counts of an experiment's bins are independent Poisson numbers.
    data = rng.poisson(columns["background"] + columns["signal"]).astype(float)
    return pd.DataFrame(columns | {"pseudo_data": data, "pseudo_data_err": np.sqrt(data)})


def s2_only_losses(samples: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """How the losses of events without an S1 compare with those that trigger.

    `samples` are tables of `scores`; the first holds the electronic recoils whose triggered events
    say what a low and a high loss is: below 1 % and above 99 % of theirs. Columns sample, events
    ("triggered" or "S2 only"), number, median_loss; low_loss and high_loss (shares) with their
    binomial errors.
    """
    first = next(iter(samples.values()))
    low, high = np.quantile(first.loc[first["triggered"], "loss"], [RARE, 1 - RARE])
    rows = []
    for sample, table in samples.items():
        for events, flag in (("triggered", "triggered"), ("S2 only", "s2_only")):
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
    """Counts in the bins; what lies beyond is in the outermost ones."""
    inside = np.clip(values, edges[0], edges[-1])
    return np.histogram(inside, edges, weights=weight)[0].astype(float)
