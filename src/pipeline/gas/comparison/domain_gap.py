"""The gap between measured and simulated events, and what it costs.

Two-sample tests of the detector summaries and of a network's activations say whether the samples
differ; a chi-squared for each summary says in what. Whether a difference matters is another
question, which the network's own density answers: its expected cosine distance is the mean of
1 - A(kappa). It sees a worse readout, but no wrong physics: tracks that are straighter than those
of the training look better to it than they are.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from pipeline.gas.comparison.energy_distance import energy_test, whitened
from pipeline.gas.response.moments import SUMMARIES
from pipeline.statistics.directional.vmf import mean_cosine

SUMMARY_TEST, ACTIVATION_TEST = "detector summaries", "network activations"
PREDICTED, TRUE = "predicted cosine distance", "true cosine distance"
# The energy distance is shown at these numbers of measured events, as far as there are so many.
SIZES = tuple(50 * 2**i for i in range(12))
SIGNIFICANT_P = 0.01
BAND = (0.05, 0.95)


@dataclass(frozen=True)
class Events:
    """n events of one sample."""

    summaries: np.ndarray  # float64 [n, summaries]
    activations: np.ndarray  # float32 [n, d]
    kappa: np.ndarray  # float32 [n]; NaN: the network has none
    cosine: np.ndarray  # float64 [n], of the true and the predicted direction; NaN: not known

    def features(self) -> Mapping[str, np.ndarray]:
        """What is compared, by name."""
        return {SUMMARY_TEST: self.summaries, ACTIVATION_TEST: self.activations}


def domain_gap(
    data: Events, simulated: Events, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare two samples.

    Returns a row for each test: the energy distance of both kinds of features, the mean of each
    summary, the predicted and, where both are known, the true cosine distance; with a verdict in
    words. And the energy distance from all simulated events at rising numbers of measured ones,
    drawn at random, with the central 90 % of its null.
    """
    growth = pd.DataFrame(_growth(data, simulated, rng))
    rows = [
        {
            "test": "energy distance",
            "quantity": name,
            "statistic": table["energy_distance"].iloc[-1],
            "p_value": table["p_value"].iloc[-1],
        }
        for name, table in growth.groupby("quantity", sort=False)
    ]
    for name, first, second in zip(SUMMARIES, data.summaries.T, simulated.summaries.T, strict=True):
        rows.append({"test": "chi-squared", "quantity": name, **_means(first, second)})
    for name, first, second in (
        (PREDICTED, 1 - mean_cosine(data.kappa), 1 - mean_cosine(simulated.kappa)),
        (TRUE, 1 - data.cosine, 1 - simulated.cosine),
    ):
        if np.isfinite(first).any() and np.isfinite(second).any():
            rows.append({"test": "accuracy", "quantity": name, **_means(first, second)})
    table = pd.DataFrame(rows).assign(
        data_events=len(data.summaries), simulated_events=len(simulated.summaries)
    )
    return table.assign(verdict=verdict(table)), growth


def verdict(table: pd.DataFrame) -> str:
    """What the rows of `domain_gap` say, in a sentence or two."""
    rows = table.set_index("quantity")
    p_values = rows["p_value"].to_dict()
    seen = [n for n in (SUMMARY_TEST, ACTIVATION_TEST) if p_values[n] < SIGNIFICANT_P]
    if seen:
        worst = str(rows.loc[list(SUMMARIES), "statistic"].idxmax())
        text = f"the data differ from the simulation in {' and '.join(seen)}, most in {worst}"
    else:
        text = "no difference between data and simulation is found"
    if PREDICTED not in rows.index:
        return text
    changes, errors = rows["difference"].to_dict(), rows["difference_err"].to_dict()
    change = "; ".join(
        f"{name} {changes[name]:+.4f} +- {errors[name]:.4f}"
        for name in (PREDICTED, TRUE)
        if name in changes
    )
    return f"{text}; change of the {change}"


def _growth(
    data: Events, simulated: Events, rng: np.random.Generator
) -> Iterator[dict[str, object]]:
    """The energy tests of some measured events against all simulated ones."""
    events = len(data.summaries)
    # Files may be ordered by energy, for example.
    order = rng.permutation(events)
    for name, first in data.features().items():
        for n in [*(size for size in SIZES if size < events), events]:
            pair = first[order[:n]], simulated.features()[name]
            # Summaries are few and strongly correlated.
            test = energy_test(*(whitened(*pair) if name == SUMMARY_TEST else pair), rng)
            low, high = np.quantile(test.null, BAND)
            yield {
                "quantity": name,
                "events": n,
                "energy_distance": test.distance,
                "null_low": low,
                "null_high": high,
                "p_value": test.p_value,
            }


def _means(first: np.ndarray, second: np.ndarray) -> dict[str, float]:
    """Means of both samples [n] and [m], their difference, its chi-squared and p-value."""
    first, second = (values[np.isfinite(values)] for values in (first, second))
    difference = first.mean() - second.mean()
    variance = first.var() / len(first) + second.var() / len(second)
    chi2 = difference**2 / variance if variance else (np.inf if difference else 0.0)
    return {
        "data": first.mean(),
        "simulated": second.mean(),
        "difference": difference,
        "difference_err": np.sqrt(variance),
        "statistic": chi2,
        "p_value": float(stats.chi2.sf(chi2, 1)),
    }
