"""Goodness of fit: do observed events look like the expected background, with a signal or without?

Score, cS1 and log10(cS2/cS1) are counted in bins, and

    chi2(mu) = (n - m - mu s)^T C^-1 (n - m - mu s)

compares the contents n with m expected background events and mu times s of the benchmark WIMP. C is
the covariance of background-only pseudo-experiments, in which rates, response and the simulation
itself are uncertain. mu >= 0 is fitted to the score alone. p-values are shares of other
pseudo-experiments with such a fit of their own, so that neither the numbers in a bin nor those of
the pseudo-experiments need to be large.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.core.seeds import generator
from pipeline.statistics.excess.config import Wimp
from pipeline.statistics.excess.samples import Samples
from pipeline.statistics.excess.search import empirical_p
from pipeline.statistics.excess.weighted_scores import WeightedScores
from pipeline.xenon.rates.measured import QUANTITIES, SCORE

Array = NDArray[np.float64]

BINS = 20  # equally probable for the background; the outermost are divided further
LEAST = 10.0  # expected background events in a bin
BACKGROUND, WITH_SIGNAL = "background", "background and signal"


@dataclass(frozen=True)
class Binned:
    """Contents of the bins of a quantity, and how those of the background vary together."""

    edges: Array  # [bins + 1]
    observed: Array  # [bins]
    background: Array  # [bins]
    signal: Array  # [bins], of the benchmark WIMP
    covariance: Array  # [bins, bins]

    def strength(self, contents: Array) -> Array:
        """Signals (toys,) that fit `contents` (toys, bins) best, over the benchmark's."""
        weight = np.linalg.pinv(self.covariance) @ self.signal
        scale = self.signal @ weight
        found = (contents - self.background) @ weight / (scale if scale > 0 else np.inf)
        return np.asarray(np.maximum(found, 0), np.float64)

    def chi2(self, contents: Array, strength: Array) -> Array:
        """chi2 (toys,) of `contents` (toys, bins) with signals of a `strength` (toys,)."""
        rest = contents - self.background - strength[:, None] * self.signal
        inverse = np.linalg.pinv(self.covariance)
        return np.asarray(np.einsum("ti,ij,tj->t", rest, inverse, rest), np.float64)

    def table(self) -> pd.DataFrame:
        """A row for each bin, see `goodness_of_fit`."""
        beyond_poisson = np.maximum(np.diag(self.covariance) - self.background, 0)
        return pd.DataFrame(
            {
                "low": self.edges[:-1],
                "high": self.edges[1:],
                "events": self.observed,
                "background": self.background,
                "background_err": np.sqrt(beyond_poisson),
                "signal": self.signal,
            }
        )


def goodness_of_fit(
    samples: Samples,
    simulated: pd.DataFrame,
    observed: pd.DataFrame,
    wimp: Wimp,
    exposure_t_yr: float,
    toys: int,
    seed: int,
) -> dict[str, pd.DataFrame]:
    """Tables `goodness` (a row for each quantity and hypothesis) and `histograms` (for each bin).

    Columns of `goodness`: quantity, hypothesis, signal_events (fitted), chi2, bins and p_value. Of
    `histograms`: quantity, low, high, events (observed), background, background_err (of rates,
    response and simulation) and signal (of the benchmark WIMP).

    Args:
        samples: simulated scores, with signals of the mass of `wimp`.
        simulated: QUANTITIES of the simulated events, by their numbers in `samples`.
        observed: QUANTITIES of the observed events in the region.
        wimp: the signal.
        exposure_t_yr: exposure of the data [t yr].
        toys: background-only toys; half of them make the covariance, the others the p-values.
        seed: seed of the random numbers.
    """
    background, signal = samples.background, samples.signals[wimp.mass_GeV]
    signal_scale = exposure_t_yr * wimp.cross_section_cm2
    edges = {
        name: _edges(
            simulated.loc[background.event, name].to_numpy(float),
            exposure_t_yr * background.weight,
            np.concatenate([simulated.loc[signal.event, name], observed[name]]),
        )
        for name in QUANTITIES
    }
    parts = np.cumsum([len(own) - 1 for own in edges.values()])[:-1]
    inside, of_signal = (_indicators(simulated, of, edges) for of in (background, signal))
    rng = generator(seed, "goodness of fit")
    _, contents = samples.draw_uncertain(rng, exposure_t_yr, inside, toys)
    for_covariance, for_p = np.array_split(contents, 2)

    binned = {}
    columns = np.split(np.arange(inside.shape[1]), parts)
    for (name, own), rows in zip(edges.items(), columns, strict=True):
        binned[name] = Binned(
            own,
            np.histogram(observed[name], own)[0].astype(float),
            exposure_t_yr * background.weight @ inside[:, rows],
            signal_scale * signal.weight @ of_signal[:, rows],
            np.atleast_2d(np.cov(for_covariance[:, rows], rowvar=False)),
        )
    fitted = binned[SCORE].strength(binned[SCORE].observed[None])
    expected = float(fitted[0] * signal_scale * signal.expected)
    with_signal = for_p + signal.draw_sums(rng, expected, of_signal, len(for_p))[1]
    found = [
        *_p_values(binned, BACKGROUND, 0 * fitted, np.split(for_p, parts, axis=1), fit=False),
        *_p_values(binned, WITH_SIGNAL, fitted, np.split(with_signal, parts, axis=1), fit=True),
    ]
    signal_events = {BACKGROUND: 0.0, WITH_SIGNAL: expected}
    goodness = pd.DataFrame(found)
    goodness.insert(2, "signal_events", goodness["hypothesis"].map(signal_events))
    histograms = [of.table().assign(quantity=name) for name, of in binned.items()]
    order = ["quantity", *histograms[0].columns.drop("quantity")]
    return {"goodness": goodness, "histograms": pd.concat(histograms, ignore_index=True)[order]}


def _p_values(
    binned: Mapping[str, Binned], hypothesis: str, strength: Array, toys: list[Array], fit: bool
) -> list[dict[str, object]]:
    """Rows of the table; `toys` (toys, bins) of each quantity, whose signals are fitted or zero."""
    by_name = dict(zip(binned, toys, strict=True))
    strengths = binned[SCORE].strength(by_name[SCORE]) * float(fit)
    rows: list[dict[str, object]] = []
    for name, own in binned.items():
        chi2 = own.chi2(own.observed[None], strength)
        p = empirical_p(own.chi2(by_name[name], strengths), chi2)
        row = {"quantity": name, "hypothesis": hypothesis, "chi2": chi2[0]}
        rows.append(row | {"bins": len(own.observed), "p_value": p[0]})
    return rows


def _edges(background: Array, weight: Array, others: Array) -> Array:
    """Edges of bins that hold all values, each LEAST expected background events or more.

    `weight` (n,) are the expected events that `background` (n,) stand for, `others` are further
    values.
    """
    expected = weight.sum()
    bins = int(np.clip(expected / LEAST, 1, BINS))
    shares = [i / bins for i in range(1, bins)]
    tail = 1 / bins / 2
    while bins > 1 and tail * expected >= LEAST:
        shares += [tail, 1 - tail]
        tail /= 2
    inner = np.quantile(background, sorted(shares), weights=weight, method="inverted_cdf")
    values = np.concatenate([background, others])
    return np.unique([values.min(), *inner, np.nextafter(values.max(), np.inf)])


def _indicators(
    simulated: pd.DataFrame, sample: WeightedScores, edges: Mapping[str, Array]
) -> Array:
    """In which bins of all quantities the events of a sample lie: 0 or 1, (n, bins of all)."""
    columns = []
    for name, own in edges.items():
        place = np.searchsorted(own, simulated.loc[sample.event, name], side="right") - 1
        columns.append(np.eye(len(own) - 1)[place])
    return np.hstack(columns)
