"""How far the significance depends on choices: the seed of the networks, R, and z of an event.

Simulated events, their weights and the response are the same for all choices. Scores differ, and
the functions of the scores are made anew. Significances are by moments, without toys.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.core.seeds import generator
from pipeline.core.tables import Inputs, Params
from pipeline.statistics.excess.config import Wimp
from pipeline.statistics.excess.moments import by_moments
from pipeline.statistics.excess.samples import Samples
from pipeline.statistics.excess.weighted_scores import WeightedScores
from pipeline.xenon.darwin.anomaly_score import anomaly_score
from pipeline.xenon.rates.samples import read_samples

logger = logging.getLogger(__name__)

Array = NDArray[np.float64]
Significances = Callable[[Array], pd.DataFrame]

# Names of rows that are no seed.
MEAN, SPREAD, ENSEMBLE = "mean of seeds", "spread of seeds", "ensemble"

# Where in its distribution z of an event is taken, and the term of the score that depends on it.
AT_MEAN, DRAWN = "mean", "drawn"
RECONSTRUCTIONS = {AT_MEAN: "reconstruction", DRAWN: "reconstruction_drawn"}

COLUMNS = ["triggered", "ts", "beta", "ratio", "kl", "logit", *RECONSTRUCTIONS.values()]


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Tables of the benchmark's significance by seed of the networks, and by R and z.

    `inputs` are those of `read_samples`, and the scores by networks of `further` seeds (ER, NR, ER,
    ...), in the order of `network_seeds` after the first.
    """
    wimp, exposure = Wimp.model_validate(params["benchmark"]), params["exposure_t_yr"]
    own, shards = inputs["background"], inputs["shards"]
    samples = read_samples(own, shards, [wimp.mass_GeV], params)
    paths = [*own, *inputs.get("further", ())]
    scored = [triggered(pair) for pair in zip(paths[::2], paths[1::2], strict=True)]

    def significances(score: Array) -> pd.DataFrame:
        # The same replicates of the simulated events for all scores.
        rng = generator(params["seed"], "xenon", "choices")
        table = by_moments(with_scores(samples, score), wimp, exposure, rng)
        return table.assign(exposure_t_yr=exposure, **wimp.plain())

    tables = {
        "seeds": seeds_table(
            dict(zip(params["network_seeds"], scored, strict=True)), significances
        ),
        "ratios": ratios_table(scored[0], params["ratios"], significances),
    }
    for table in tables.values():
        logger.info("\n%s", table.to_string(index=False, float_format="{:.3g}".format))
    return tables


def triggered(scores: Sequence[str]) -> pd.DataFrame:
    """Scores of the events that trigger and their terms, numbered as those of the search."""
    tables = pd.concat(pd.read_parquet(path, columns=COLUMNS) for path in scores)
    return tables[tables["triggered"]].reset_index(drop=True)


def with_scores(samples: Samples, score: Array) -> Samples:
    """The same events with other scores, by number of the event."""

    def scored(sample: WeightedScores) -> WeightedScores:
        return replace(sample, score=score[sample.event])

    signals = {mass: scored(signal) for mass, signal in samples.signals.items()}
    return Samples.cross_fitted(
        scored(samples.background), signals, samples.uncertainty, samples.response
    )


def seeds_table(scored: Mapping[int, pd.DataFrame], significances: Significances) -> pd.DataFrame:
    """Significance of each test for each seed of the networks.

    Columns networks, beta, ratio and those of `significances`. With several seeds there are also
    rows of the mean over seeds, of their standard deviation (with errors for normal ones), and of
    an ensemble, whose score is the mean of the scores.

    Args:
        scored: tables of `triggered` by seed.
        significances: a function of scores, by number of the event.
    """
    tables = [
        _labelled(significances, events, networks=f"seed {seed}") for seed, events in scored.items()
    ]
    number = len(scored)
    if number > 1:
        by_test = pd.concat(tables).groupby("test")["significance"]
        spread = by_test.std().to_numpy()
        rows = tables[0].assign(beta=np.nan, ratio=np.nan)
        mean = np.mean([events["ts"] for events in scored.values()], axis=0)
        tables += [
            rows.assign(
                networks=MEAN,
                significance=by_test.mean().to_numpy(),
                significance_err=spread / np.sqrt(number),
            ),
            rows.assign(
                networks=SPREAD,
                significance=spread,
                significance_err=spread / np.sqrt(2 * (number - 1)),
            ),
            significances(mean).assign(networks=ENSEMBLE, beta=np.nan, ratio=np.nan),
        ]
    return _ordered(tables, ["networks", "beta", "ratio"])


def ratios_table(
    events: pd.DataFrame, ratios: Sequence[float], significances: Significances
) -> pd.DataFrame:
    """Significance of each test for each weight R of the classifier's term, at the chosen beta.

    Columns beta, ratio, chosen (the R of the search), z ("mean": TS with z at the mean of q(z|x),
    as in the search; "drawn": at a z drawn from it for each event) and those of `significances`.
    `events` is a table of `triggered`; the other arguments are those of `seeds_table`.
    """
    beta, tables = float(events["beta"].iloc[0]), []
    kl, logit = (events[name].to_numpy() for name in ("kl", "logit"))
    for z, name in RECONSTRUCTIONS.items():
        for ratio in ratios:
            ts = anomaly_score(kl, events[name].to_numpy(), logit, beta, ratio)
            scored = events.assign(ts=ts, ratio=ratio)
            chosen = bool(ratio == events["ratio"].iloc[0])
            tables.append(_labelled(significances, scored, chosen=chosen, z=z))
    return _ordered(tables, ["beta", "ratio", "chosen", "z"])


def _labelled(
    significances: Significances, events: pd.DataFrame, **labels: str | bool
) -> pd.DataFrame:
    """Significances of a table of `triggered` with its weights beta and R."""
    beta, ratio = (float(events[name].iloc[0]) for name in ("beta", "ratio"))
    return significances(events["ts"].to_numpy()).assign(beta=beta, ratio=ratio, **labels)


def _ordered(tables: Sequence[pd.DataFrame], first: list[str]) -> pd.DataFrame:
    """The rows of all tables, with the columns `first` first."""
    rows = pd.concat(tables, ignore_index=True)
    return rows[[*first, *rows.columns.difference(first, sort=False)]]
