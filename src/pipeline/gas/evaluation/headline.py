"""The headline numbers of the gas chain."""

from collections.abc import Hashable, Iterator, Mapping

import numpy as np
import pandas as pd

from pipeline.core.headline import Headline, with_error
from pipeline.core.tables import read_table
from pipeline.gas.evaluation.paired import ratio_of_events
from pipeline.gas.methods import methods
from pipeline.gas.paths import GasPaths
from pipeline.gas.published import BEST_EXPECTED
from pipeline.statistics.directional.predictions import TRUE, cosines, read_predictions

RATIO = "best_expected_ratio"


def headline(paths: GasPaths) -> Iterator[Headline]:
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


def _mean(
    quantity: str,
    subject: str,
    row: Mapping[Hashable, float],
    column: str,
    predictions: pd.DataFrame,
    events: np.ndarray,
) -> Headline:
    """A column of a table with its error; `events` [n] are NaN for events that are not in it."""
    values = pd.Series(events, _seen(predictions)).dropna()
    return with_error(quantity, subject, row[column], row[f"{column}_err"], values)


def _seen(predictions: pd.DataFrame) -> pd.MultiIndex:
    """Event, smearing and true direction: the same event in another rotation is another one."""
    return pd.MultiIndex.from_frame(predictions[["source", "event_id", "sigma_um", *TRUE]])
