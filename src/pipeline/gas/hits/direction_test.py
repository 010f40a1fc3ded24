"""The observed p-value of the directional test on measured events."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.core.seeds import generator
from pipeline.core.tables import Inputs, Params
from pipeline.gas.config.observed import DirectionTest, Preferred
from pipeline.physics.sun import sun_direction
from pipeline.statistics.directional.observed import (
    goodness_of_fit,
    isotropic_p,
    scrambled_mean,
    scrambled_p,
)
from pipeline.statistics.directional.predictions import PREDICTED, read_predictions
from pipeline.statistics.directional.vmf import mean_cosine

Array = NDArray[np.float64]

FEW_EVENTS = 50  # below, hardly any distribution fails the goodness of fit
FIT_LEVEL = 0.01
# The years 1980 to 2100: outside, times are no seconds since 1970.
TIMES_S = (315532800, 4102444800)
_KEYS = ["source", "event_id"]
_NO_TIMES = pd.DataFrame({"source": [], "event_id": [], "time_s": []}).astype(
    {"source": str, "event_id": np.int64}
)


def direction_test(
    predictions: pd.DataFrame, times: pd.DataFrame, test: DirectionTest, rng: np.random.Generator
) -> list[dict[str, object]]:
    """Rows of one set and method: unweighted, and weighted if the method predicts a density.

    `predictions` is a prediction table; `times` has source, event_id and time_s of its events, and
    is used for the test against the Sun only. Events without a predicted direction do not count.
    A row has against, test, events, statistic, statistic_err, background (the mean cosine without
    signal: with scrambled times, or 0 for an axis), p, permutations, fit_p and verdict.

    Raises:
        ValueError: an event has no time, or the times cannot be right.
    """
    events = predictions[predictions[PREDICTED].notna().all(axis=1)]
    against = "Sun" if test.site else "axis"
    row: dict[str, object] = {"against": against, "events": len(events)}
    if len(events) < 2:
        return [row | {"test": "unweighted", "verdict": "no p-value from fewer than 2 events"}]
    directions = events[PREDICTED].to_numpy(np.float64)
    expected = _expected(events, times, test)
    cosines = (directions * expected).sum(axis=1)
    weights = {"unweighted": np.ones(len(events))}
    if events["kappa"].notna().all():
        kappa = events["kappa"].to_numpy(np.float64)
        weights["weighted"] = mean_cosine(np.maximum(kappa, 1e-6))
    background = dict.fromkeys(weights, 0.0)
    if test.site:
        row["permutations"] = test.permutations
        every, run = np.stack([*weights.values()]), events["source"].to_numpy()
        background = {
            name: scrambled_mean(directions, expected, weight, run)
            for name, weight in weights.items()
        }
        found = scrambled_p(directions, expected, every, run, test.permutations, rng).tolist()
    else:
        found = [isotropic_p(cosines, weight) for weight in weights.values()]
    row["verdict"] = f"too few events for a goodness of fit (fewer than {FEW_EVENTS})"
    if len(events) >= FEW_EVENTS:
        row["fit_p"] = fit_p = goodness_of_fit(cosines, rng)
        fits = "is" if fit_p >= FIT_LEVEL else "is NOT"
        row["verdict"] = f"the distribution {fits} that of isotropic background and signal"
    return [
        row | {"test": name, **_mean(cosines, weight), "background": background[name], "p": p}
        for (name, weight), p in zip(weights.items(), found, strict=True)
    ]


def _mean(cosines: Array, weight: Array) -> dict[str, float]:
    """Weighted mean cosine and its statistical error, from the spread of the events."""
    mean = float(np.average(cosines, weights=weight))
    error = np.sqrt(np.square(weight * (cosines - mean)).sum()) / weight.sum()
    return {"statistic": mean, "statistic_err": float(error)}


def _expected(events: pd.DataFrame, times: pd.DataFrame, test: DirectionTest) -> Array:
    """Unit vectors that signal prefers at each event [n, 3], in the detector's coordinates."""
    if not test.site:
        return expected_directions(np.zeros(len(events)), test)
    time_s = events[_KEYS].merge(times, "left", _KEYS)["time_s"].to_numpy(np.float64)
    for source in events["source"].unique():
        _check_times(time_s[events["source"] == source], source)
    return expected_directions(time_s, test)


def expected_directions(time_s: Array, preferred: Preferred) -> Array:
    """Unit vectors of signal [n, 3] in the detector at the times [n], in seconds since 1970."""
    site, axes = preferred.site, preferred.axes
    if not (site and axes):
        axis = np.array(preferred.axis, np.float64)
        return np.tile(axis / np.linalg.norm(axis), (len(time_s), 1))
    sun = sun_direction(time_s, site.latitude_deg, site.longitude_deg)
    # Neutrinos come from the Sun, and recoils go on.
    return -sun @ axes.matrix.T


def _check_times(time_s: Array, source: str) -> None:
    key = f"`columns.time` of source '{source}'"
    low, high = TIMES_S
    problem = ""
    if unknown := int((~np.isfinite(time_s)).sum()):
        problem = f"{unknown} of {len(time_s)} events have no finite time"
    elif time_s.min() < low or time_s.max() > high:
        problem = f"times from {time_s.min():.10g} to {time_s.max():.10g} are not in 1980..2100"
    elif len(time_s) > 1 and np.ptp(time_s) == 0:
        problem = f"all {len(time_s)} events have the same time, so that scrambling changes nothing"
    if problem:
        raise ValueError(
            f"{key}: {problem}; expected the time of each event in seconds since 1970, UTC"
        )


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """The table, from predictions {set}/{method}.parquet and events {set}/{source}/{part}."""
    tests = {name: DirectionTest(**block) for name, block in params["tests"].items()}
    times = {
        name: _times(inputs["events"], name) if test.site else _NO_TIMES
        for name, test in tests.items()
    }
    rows = []
    for path in map(Path, inputs["predictions"]):
        name, method = path.parent.name, path.stem
        rng = generator(params["seed"], "observed p", name, method)
        try:
            found = direction_test(read_predictions(path), times[name], tests[name], rng)
        except ValueError as error:
            raise ValueError(f"observed.{name}.direction_test: {error}") from error
        rows += [{"set": name, "method": method} | row for row in found]
    return {"table": observed_p_table(rows)}


def observed_p_table(rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    """The result table; what a row does not have is empty."""
    columns = ["set", "method", "against", "test", "events", "statistic", "statistic_err"]
    table = pd.DataFrame(
        rows, columns=[*columns, "background", "p", "permutations", "fit_p", "verdict"]
    )
    return table.astype({"permutations": "Int64"})


def _times(files: Sequence[str], name: str) -> pd.DataFrame:
    """Times of the events of a set of measured events."""
    tables = [_NO_TIMES]
    for file in map(Path, files):
        if file.parts[-3] == name:
            table = pd.read_parquet(file).assign(source=file.parent.name)
            tables.append(table.reindex(columns=[*_NO_TIMES]))
    return pd.concat(tables, ignore_index=True)
