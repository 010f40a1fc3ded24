"""The headline numbers of the gas chain."""

from collections.abc import Hashable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.core.headline import Headline, with_error
from pipeline.core.tables import read_table
from pipeline.gas.evaluation.calibration import ALL
from pipeline.gas.evaluation.paired import ratio_of_events
from pipeline.gas.methods import methods
from pipeline.gas.paths import GasPaths
from pipeline.gas.published import BEST_EXPECTED
from pipeline.statistics.directional.coverage import factor_terms
from pipeline.statistics.directional.density import LEVELS
from pipeline.statistics.directional.predictions import (
    PREDICTED,
    TRUE,
    cosines,
    read_predictions,
)
from pipeline.statistics.directional.sensitivity import ABOVE_GRID, BELOW_GRID

RATIO = "best_expected_ratio"


def headline(paths: GasPaths) -> Iterator[Headline]:
    """Accuracy, calibration, recoils needed and losses of a study, from the tables that it has."""
    if paths.block.test_sets:
        yield from _accuracy(paths)
        for method in paths.with_kappa():
            if Path(paths.calibration("_test_sets", method)).is_file():
                yield from _calibration(paths, method)
    for test in paths.block.hypothesis_tests:
        if Path(paths.test_table("needed_events.parquet", test)).is_file():
            yield from _needed(paths, test)
    for network in paths.block.trained:
        if Path(paths.network("history.csv", network)).is_file():
            yield _loss(paths, network)


def _accuracy(paths: GasPaths) -> Iterator[Headline]:
    """Numbers of each row of the summary, and the ratio of its method to Best-Expected."""
    summary = read_table(paths.table("summary.csv"))
    folders = {shown: name for name, shown in methods(paths.block.predictors).items()}
    for row in summary.to_dict("records"):
        subject = f"{row['test_set']}, {row['method']}"
        predictions = read_predictions(paths.prediction(row["test_set"], folders[row["method"]]))
        cosine = cosines(predictions)
        head_tail = np.where(np.isnan(cosine), np.nan, cosine > 0)
        for quantity, column, events in (
            ("mean cosine distance", "cosine_distance", 1 - cosine),
            ("head-tail efficiency", "head_tail_efficiency", head_tail),
        ):
            yield _mean(quantity, subject, row, column, predictions, events)
        # A summary of before has no ratio; that of Best-Expected has none to itself.
        if np.isfinite(row.get(RATIO, np.nan)):
            best = read_predictions(paths.prediction(row["test_set"], folders[BEST_EXPECTED]))
            events = ratio_of_events(predictions, best)
            yield _mean("ratio to Best-Expected", subject, row, RATIO, predictions, events)


def _calibration(paths: GasPaths, method: str) -> Iterator[Headline]:
    """Factor on kappa and coverages of a method on each test set, by energy if it has several."""
    rows = read_table(paths.calibration("_test_sets", method))
    for test, found in rows[rows["test_set"] != ALL].groupby("test_set", sort=False):
        predictions = read_predictions(paths.prediction(str(test), method))
        predictions = predictions.dropna(subset=["kappa", *PREDICTED])
        for row in found.to_dict("records"):
            subject, some = f"{test}, {method}", predictions
            if np.isfinite(row["energy_keV"]):
                some = predictions[predictions["energy_keV"] == row["energy_keV"]]
            if len(found) > 1:
                subject += f", {row['energy_keV']:g} keV"
            terms = factor_terms(
                cosines(some), some["kappa"].to_numpy(np.float64), row["kappa_factor"]
            )
            yield _mean("factor on kappa", subject, row, "kappa_factor", some, terms)
            pit = some["pit"].to_numpy(np.float64)
            for level in LEVELS:
                percent = round(100 * level)
                quantity, inside = f"coverage of {percent} % regions", (pit <= level) * 1.0
                yield _mean(quantity, subject, row, f"coverage_{percent}", some, inside)


def _needed(paths: GasPaths, test: str) -> Iterator[Headline]:
    """Recoils and exposure for the strictest level without a cut, at the shown signal fraction."""
    settings, names = paths.block.hypothesis_test, methods(paths.block.predictors)
    table = read_table(paths.test_table("needed_events.parquet", test))
    level = min(settings.levels, key=settings.levels.__getitem__)
    shown = (
        (table["fraction_cut"] == 0)
        & (table["signal_fraction"] == settings.shown_fraction)
        & (table["level"] == level)
    )
    for row in table[shown].to_dict("records"):
        subject = f"{test}, {names.get(row['method'], row['method'])}"
        for quantity, column in (
            ("recoils needed", "recoils"),
            ("exposure needed [m3 yr]", "exposure_m3_yr"),
        ):
            value = row[column]
            if not np.isfinite(value):
                continue
            error = row.get(f"{column}_err", np.nan)  # a study of before has none of recoils
            low, high = value - error, value + error
            if row["beyond"] == ABOVE_GRID:
                low, high = value, np.inf
            elif row["beyond"] == BELOW_GRID:
                low, high = 0.0, value
            yield Headline(f"{quantity}, {level}, {row['statistic']}", subject, value, low, high)


def _loss(paths: GasPaths, network: str) -> Headline:
    """Validation loss of the weights that a training has kept."""
    history = read_table(paths.network("history.csv", network))
    kind = (
        "negative log-likelihood"
        if paths.block.networks[network].predicts_kappa
        else "cosine distance"
    )
    value = float(history.loc[history["best"].astype(bool), "validation_loss"].iloc[-1])
    return with_error(f"validation loss, {kind}", network, value, np.nan)


def _mean(
    quantity: str,
    subject: str,
    row: Mapping[Hashable, float],
    column: str,
    predictions: pd.DataFrame,
    events: np.ndarray,
) -> Headline:
    """A column of a table with its error; `events` [n] are NaN for events that are not in it."""
    values = pd.Series(events, _event_index(predictions)).dropna()
    return with_error(quantity, subject, row[column], row[f"{column}_err"], values)


def _event_index(predictions: pd.DataFrame) -> pd.MultiIndex:
    """Source, number, smearing and true direction: views of one track have other directions."""
    return pd.MultiIndex.from_frame(predictions[["source", "event_id", "sigma_um", *TRUE]])
