"""The distribution of the predicted directions of measured events."""

import logging
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from pipeline.core.tables import Inputs, Params
from pipeline.gas.config.card import Card
from pipeline.gas.config.voxels import Grid
from pipeline.gas.evaluation.conditions import of_measured
from pipeline.statistics.directional.predictions import PREDICTED, cosines, read_predictions
from pipeline.statistics.means import mean_with_error

logger = logging.getLogger(__name__)

BINS = 20


def observed_directions(predictions: Mapping[tuple[str, str], pd.DataFrame]) -> pd.DataFrame:
    """Histograms of the components of the predicted directions.

    Returns one row for each set, method (the keys), axis and bin: set, method, axis, low, high,
    events and expected, the number if directions were isotropic: every component is then uniform.
    """
    edges, rows = np.linspace(-1, 1, BINS + 1), []
    for (name, method), table in predictions.items():
        for axis, column in zip("xyz", PREDICTED, strict=True):
            values = table[column].dropna()
            found = pd.DataFrame({"low": edges[:-1], "high": edges[1:]})
            found["events"] = np.histogram(values, edges)[0]
            found["expected"] = len(values) / BINS
            found.insert(0, "axis", axis)
            found.insert(0, "method", method)
            found.insert(0, "set", name)
            rows.append(found)
    return pd.concat(rows, ignore_index=True)


def observed_summary(
    predictions: Mapping[tuple[str, str], pd.DataFrame],
    remarks: Mapping[str, Callable[[pd.DataFrame], str]] | None = None,
) -> pd.DataFrame:
    """Mean direction of the events, and whether it is compatible with isotropy.

    `remarks` says of each method that has a card in what events are outside of it. Returns one row
    for each set and method (the keys): set, method, events, predicted, mean_x, mean_y, mean_z,
    kappa_mean, rayleigh_p, cosine_distance and its error, which need events of known direction,
    and network_remark. For n isotropic unit vectors, 3 n times the squared mean is chi-squared
    distributed with three degrees of freedom (Mardia & Jupp, Directional Statistics, section
    10.4.1), up to terms of 1/n. `rayleigh_p` is its upper tail.
    """
    rows, remarks = [], remarks or {}
    for (name, method), table in predictions.items():
        directions = table[PREDICTED].dropna().to_numpy(np.float64)
        mean = directions.mean(axis=0) if len(directions) else np.full(3, np.nan)
        known = 1 - cosines(table)
        known = known[np.isfinite(known)]
        distance, distance_err = mean_with_error(known) if len(known) > 1 else (np.nan, np.nan)
        remark = remarks[method](table) if method in remarks else ""
        if remark:
            logger.warning("%s on %s, outside its card: %s", method, name, remark)
        rows.append(
            {
                "set": name,
                "method": method,
                "events": len(table),
                "predicted": len(directions),
                **{f"mean_{axis}": value for axis, value in zip("xyz", mean, strict=True)},
                "kappa_mean": table["kappa"].mean(),
                "rayleigh_p": stats.chi2.sf(3 * len(directions) * (mean @ mean), 3),
                "cosine_distance": distance,
                "cosine_distance_err": distance_err,
                "network_remark": remark,
            }
        )
    return pd.DataFrame(rows)


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Both tables, from prediction tables whose paths end in {set}/{method}.parquet.

    `params` has the study's grid, and cards and frames of networks that it did not train.
    """
    predictions = {
        (path.parent.name, path.stem): read_predictions(path)
        for path in map(Path, inputs["predictions"])
    }
    grid, frames = Grid.model_validate(params["grid"]), params["frames"]
    cards = {name: Card.model_validate(block) for name, block in params["cards"].items()}
    remarks = {n: partial(of_measured, card, grid, frames[n]) for n, card in cards.items()}
    return {
        "summary": observed_summary(predictions, remarks),
        "directions": observed_directions(predictions),
    }


def format_observed(summary: pd.DataFrame) -> str:
    """The summary as text."""
    remarks = [
        f"\n{row['method']} on {row['set']} is outside the range of its card: {remark}."
        for row in summary.to_dict("records")
        if isinstance(remark := row["network_remark"], str) and remark  # NaN in an empty cell
    ]
    shown = summary.drop(columns="network_remark")
    title = "Measured events, without truth; rayleigh_p tests isotropy"
    return "".join([_text(title, shown), *remarks])


def format_observed_p(table: pd.DataFrame) -> str:
    """The table of `direction_test` as text."""
    return _text("Directional test of measured events, p is that of the background alone", table)


def _text(title: str, table: pd.DataFrame) -> str:
    shown = table.to_string(index=False, float_format="{:.3g}".format, na_rep="-")
    return f"{title}:\n{shown}"
