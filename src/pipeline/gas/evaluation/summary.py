"""Summary table: our results beside the published ones, one row per test set and method."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.core.tables import Inputs, Params, read_tables
from pipeline.gas.evaluation.paired import Paired, paired
from pipeline.gas.evaluation.scans import METRICS, efficiency_scan
from pipeline.gas.hits.directions import format_observed, format_observed_p
from pipeline.gas.paths import GasPaths
from pipeline.gas.published import (
    BEST_EXPECTED,
    RECOILS_PER_TEST_SET,
    TRAINING_TRACKS,
    PublishedPerformance,
    published_performance,
)
from pipeline.statistics.directional.core_width import core_width_deg
from pipeline.statistics.directional.predictions import PREDICTED, vectors

# Explains the columns of `format_summary`.
LEGEND = """\
1 - cos     mean cosine distance between true and predicted direction; a random guess gives 1
ratio       mean 1 - cos over that of Best-Expected on the same events, +- its paired error
published   value of Ghrear et al. 2024; diff/sigma: (ours - theirs) / statistical error
spread      standard deviation of 1 - cos over the networks of an ensemble
efficiency  share of the contained events for which the method predicts a direction
head-tail   share of these with the correct sign; axis/deg: mean angle between the axes
<kappa>     mean predicted kappa; - if the method has none
seen        training events that the network has seen; minutes: duration of the training, or
            where the weights come from: shipped with the checkout, or given as a folder"""

# A network this much worse than the published one has a remark on the length of its training.
BEHIND_SIGMA = 2.0


@dataclass(frozen=True)
class Training:
    """How a network was trained."""

    events_seen: int
    minutes: float
    weights: str = "trained"  # in this study; or shipped, given


@dataclass(frozen=True)
class Evaluated:
    """Predictions of one method on one test set."""

    test_set: str
    method: str  # name in the table
    predictions: pd.DataFrame
    published_as: str | None = None  # name of the method in the paper; None: the same as `method`
    training: Training | None = None
    remark: str = ""  # in what the test set lies outside the range of the network's card


def summary_table(
    evaluated: Iterable[Evaluated],
    bootstrap: int,
    rng: np.random.Generator,
    differs: str = "",
    members: Mapping[str, Sequence[str]] | None = None,
) -> pd.DataFrame:
    """Performance of every method on every test set, without cuts on kappa.

    `differs` says in what the test set differs from the published ones; then no published number
    stands beside ours. `members` has the networks of each method that is an ensemble.

    Returns:
        One row per item: test_set, method, events (in the test set), efficiency, energy_keV and
        sigma_um (if all events have the same), the metrics of `efficiency_scan` and core_width_deg
        with errors, ratio and difference to the Best-Expected among the items of the test set
        (`paired`) with errors, kappa_mean, published_cosine_distance, published_efficiency,
        published_difference_sigma, published_kappa_mean, events_seen, training_minutes, NaN if
        there is no value; weights, network_remark and published_remark; and of every metric its
        spread, the standard deviation over the networks of an ensemble.
        published_difference_sigma is our value minus the published one, divided by its statistical
        error: our bootstrap error combined with that of the 20 000 published recoils, for which the
        same scatter is assumed; NaN for a single event.
    """
    items = list(evaluated)
    references = {i.test_set: i.predictions for i in items if i.method == BEST_EXPECTED}
    table = pd.DataFrame(
        [_row(item, references.get(item.test_set), bootstrap, rng, differs) for item in items]
    )
    if not differs and table["published_cosine_distance"].isna().all():
        differs = "no published test set has this energy and smearing"
    return table.assign(published_remark=differs, **_spread(table, members or {}))


def _spread(table: pd.DataFrame, members: Mapping[str, Sequence[str]]) -> dict[str, list[float]]:
    numbers = table.set_index("method")[list(METRICS)]
    spread = {name: numbers.loc[list(networks)].std() for name, networks in members.items()}
    return {
        f"{metric}_spread": [
            spread[method][metric] if method in spread else np.nan for method in table["method"]
        ]
        for metric in METRICS
    }


def _row(
    item: Evaluated,
    reference: pd.DataFrame | None,
    bootstrap: int,
    rng: np.random.Generator,
    differs: str,
) -> dict[str, object]:
    predictions = item.predictions
    uncut = efficiency_scan(predictions, [0.0], bootstrap, rng).iloc[0]
    kept = int(uncut["events"])
    efficiency = kept / len(predictions)
    row: dict[str, object] = {
        "test_set": item.test_set,
        "method": item.method,
        "events": len(predictions),
        "efficiency": efficiency,
        "energy_keV": _only(predictions["energy_keV"]),
        "sigma_um": _only(predictions["sigma_um"]),
    }
    for metric in METRICS:
        row |= {metric: uncut[metric], f"{metric}_err": uncut[f"{metric}_err"]}
    width, error = core_width_deg(*vectors(predictions.dropna(subset=PREDICTED)))
    row |= {"core_width_deg": width, "core_width_deg_err": error}
    found = Paired()
    if reference is not None and item.method != BEST_EXPECTED:
        found = paired(predictions, reference)
    row |= {f"best_expected_{name}": value for name, value in vars(found).items()}
    published = None
    if not differs:
        published = _published(predictions, item.published_as or item.method)
    difference = np.nan
    if published is not None:
        published_events = RECOILS_PER_TEST_SET * (published.efficiency or efficiency)
        error = uncut["cosine_distance_err"] * np.sqrt(1.0 + kept / published_events)
        difference = (uncut["cosine_distance"] - published.cosine_distance) / error
    training = item.training
    return row | {
        "kappa_mean": predictions["kappa"].mean(),
        "published_cosine_distance": np.nan if published is None else published.cosine_distance,
        "published_efficiency": (
            np.nan if published is None or published.efficiency is None else published.efficiency
        ),
        "published_difference_sigma": difference,
        "published_kappa_mean": (
            np.nan if published is None or published.kappa_mean is None else published.kappa_mean
        ),
        "events_seen": np.nan if training is None else training.events_seen,
        "training_minutes": np.nan if training is None else training.minutes,
        "weights": "" if training is None else training.weights,
        "network_remark": item.remark,
    }


def _only(values: pd.Series) -> float:
    """The value that all have; NaN if they differ."""
    return float(values.iloc[0]) if values.nunique(dropna=False) == 1 else np.nan


def _published(predictions: pd.DataFrame, method: str) -> PublishedPerformance | None:
    energy_keV, sigma_um = _only(predictions["energy_keV"]), _only(predictions["sigma_um"])
    return published_performance(energy_keV, sigma_um, method)


def format_summary(summary: pd.DataFrame) -> str:
    """The summary as text, one block per test set."""
    return "\n\n".join(
        f"{test_set}: {rows['events'].max():,} contained events\n{_block(rows)}{_remarks(rows)}"
        for test_set, rows in summary.groupby("test_set", sort=False)
    )


def _remarks(rows: pd.DataFrame) -> str:
    trained = rows.dropna(subset="events_seen")
    behind = trained[trained["published_difference_sigma"] > BEHIND_SIGMA]
    # Read from a file, an empty text is NaN.
    columns = ["method", "network_remark", "published_remark"]
    rows = rows[columns].astype(object).fillna("")
    text = rows["published_remark"].iloc[0]
    remarks = [f"No published numbers beside these: {text}."] if text else []
    remarks += [
        f"{method} is outside the range of its card: {remark}."
        for method, remark in zip(rows["method"], rows["network_remark"], strict=True)
        if remark
    ]
    remarks += [
        f"{method} has seen {seen:,.0f} training events so far; the published one learnt from "
        f"{TRAINING_TRACKS:,} tracks in many epochs."
        for method, seen in zip(behind["method"], behind["events_seen"], strict=True)
    ]
    return "".join(f"\n{remark}" for remark in remarks)


def _block(rows: pd.DataFrame) -> str:
    def numbers(column: str, form: str) -> list[str]:
        return ["-" if pd.isna(value) else format(value, form) for value in rows[column]]

    columns = {
        "method": list(rows["method"]),
        "1 - cos": numbers("cosine_distance", ".4f"),
        "+-": numbers("cosine_distance_err", ".4f"),
        "spread": numbers("cosine_distance_spread", ".4f"),
        "ratio": numbers("best_expected_ratio", ".3f"),
        "+- ": numbers("best_expected_ratio_err", ".3f"),
        "published": numbers("published_cosine_distance", ".4g"),
        "diff/sigma": numbers("published_difference_sigma", "+.1f"),
        "efficiency": numbers("efficiency", ".3f"),
        "published ": numbers("published_efficiency", ".3f"),
        "head-tail": numbers("head_tail_efficiency", ".3f"),
        "axis/deg": numbers("axial_error_deg", ".1f"),
        "<kappa>": numbers("kappa_mean", ".1f"),
        "published  ": numbers("published_kappa_mean", ".1f"),
        "seen": numbers("events_seen", ",.0f"),
        "minutes": [
            weights if weights in ("shipped", "given") else minutes
            for weights, minutes in zip(
                rows["weights"], numbers("training_minutes", ".1f"), strict=True
            )
        ],
    }
    for name in ("spread", "published  "):
        if set(columns[name]) == {"-"}:
            del columns[name]
    widths = {name: max(map(len, [name, *cells])) for name, cells in columns.items()}
    lines = [list(columns), *zip(*columns.values(), strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths.values(), strict=True))
        )
        for line in lines
    )


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """The summaries of all test sets in one table."""
    return {"table": read_tables(inputs["tables"])}


def report(paths: GasPaths) -> str:
    """The summary of a finished study as text."""
    texts = []
    if paths.block.test_sets:
        texts += [format_summary(read_tables([paths.table("summary.csv")])), LEGEND]
    if paths.block.predicted:
        texts.append(format_observed(read_tables([paths.table("observed.csv")])))
    if paths.direction_tests:
        texts.append(format_observed_p(read_tables([paths.table("observed_p.csv")])))
    return "\n\n".join(texts)
