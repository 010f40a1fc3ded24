"""The headline numbers of the gas chain: cosine distance and head-tail of every method."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from pipeline.core.headline import Headline, with_error
from pipeline.core.tables import read_table
from pipeline.gas.methods import methods
from pipeline.gas.paths import GasPaths
from pipeline.statistics.directional.predictions import TRUE, cosines, read_predictions


def headline(paths: GasPaths) -> Iterator[Headline]:
    """Two numbers for each row of the summary."""
    summary = read_table(paths.table("summary.csv"))
    folders = {shown: name for name, shown in methods(paths.block.predictors).items()}
    for row in summary.to_dict("records"):
        subject = f"{row['test_set']}, {row['method']}"
        predictions = read_predictions(paths.prediction(row["test_set"], folders[row["method"]]))
        cosine = pd.Series(cosines(predictions), _seen(predictions)).dropna()
        for quantity, column, events in (
            ("mean cosine distance", "cosine_distance", 1 - cosine),
            ("head-tail efficiency", "head_tail_efficiency", (cosine > 0).astype(np.float64)),
        ):
            yield with_error(quantity, subject, row[column], row[f"{column}_err"], events)


def _seen(predictions: pd.DataFrame) -> pd.MultiIndex:
    """Event, smearing and true direction: the same event in another rotation is another one."""
    return pd.MultiIndex.from_frame(predictions[["source", "event_id", "sigma_um", *TRUE]])
