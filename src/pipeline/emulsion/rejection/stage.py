"""Tables of rejection: of networks, and of observables for comparison."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from pipeline.core.tables import Inputs, Params
from pipeline.emulsion.config.analysis import Rejection
from pipeline.emulsion.networks.prediction import read_predictions
from pipeline.emulsion.rejection.curves import (
    GOAL,
    REJECTION,
    efficiency_at_goal,
    rejection_at,
    rejection_curve,
)
from pipeline.emulsion.rejection.dense import fit_dense
from pipeline.emulsion.rejection.intervals import Array

PAIR = {
    "score": "network or observable",
    "trained_on": "training samples of a network; empty for an observable",
    "signal": "test sample of signal",
    "background": "test sample of background",
}
SHIFT, AXIS_RATIO, NEWSDM, DENSE = "shift", "axis ratio", "NEWSdm cuts", "8 observables, dense"


def rejection_tables(
    clusters: pd.DataFrame, score: str, labels: Mapping[str, str], settings: Rejection
) -> dict[str, pd.DataFrame]:
    """Tables "rejection" and "goal" of a score, for each signal and each background sample.

    `clusters` has columns sample, label and `score`; `labels` are the first columns of the rows.

    Raises:
        ValueError: a sample has both labels, or there is no sample of a label.
    """
    curves, goals = [], []
    for pair, signal, background in _pairs(clusters, score):
        curve = rejection_curve(signal, background, settings.efficiencies)
        curves.append(curve.assign(**labels, **pair))
        goals.append({**labels, **pair, **efficiency_at_goal(signal, background, settings.goal)})
    return {
        "rejection": pd.concat(curves, ignore_index=True)[[*PAIR, *REJECTION]],
        "goal": pd.DataFrame(goals)[[*PAIR, *GOAL]],
    }


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Tables of the networks: `predictions` are one file each, `networks` their names.

    `trained_on` maps a network to its training samples.
    """
    settings = Rejection.model_validate(params["rejection"])
    made = []
    for name, path in zip(params["networks"], inputs["predictions"], strict=True):
        labels = {"score": name, "trained_on": ", ".join(params["trained_on"][name])}
        clusters = read_predictions([path], ["sample", "label", "logit"])
        made.append(rejection_tables(clusters, "logit", labels, settings))
    return _joined(made)


def baseline_from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Tables of observables as scores.

    `test` and `train` are tables of observables, `test_samples` and `train_samples` the samples of
    each file; the dense network is trained on the latter.
    """
    settings = Rejection.model_validate(params["rejection"])
    test, train = (
        pd.concat(
            [
                pd.read_parquet(path).assign(sample=sample)
                for path, sample in zip(inputs[kind], params[f"{kind}_samples"], strict=True)
            ],
            ignore_index=True,
        )
        for kind in ("test", "train")
    )
    dense = fit_dense(train, settings.baseline, params["seed"])
    return baseline_tables(test, dense, sorted(set(train["sample"])), settings)


def baseline_tables(
    observables: pd.DataFrame,
    dense: Callable[[pd.DataFrame], Array],
    trained_on: Sequence[str],
    settings: Rejection,
) -> dict[str, pd.DataFrame]:
    """Tables "rejection" and "goal" of shift, axis ratio, NEWSdm's cuts and the dense network.

    The cuts are one point each: their row has the efficiency that they have.
    """
    scores = {
        SHIFT: observables["shift_nm"].to_numpy(np.float64),
        AXIS_RATIO: observables["axis_ratio"].to_numpy(np.float64),
        DENSE: dense(observables),
    }
    made = []
    for name, values in scores.items():
        labels = {"score": name, "trained_on": ", ".join(trained_on) if name == DENSE else ""}
        clusters = observables[["sample", "label"]].assign(value=values)
        made.append(rejection_tables(clusters, "value", labels, settings))
    cuts = [
        rejection_at(signal, background, [1.0]).assign(score=NEWSDM, trained_on="", **pair)
        for pair, signal, background in _pairs(observables, "newsdm")
    ]
    made.append({"rejection": pd.concat(cuts, ignore_index=True)[[*PAIR, *REJECTION]]})
    return _joined(made)


def _pairs(clusters: pd.DataFrame, score: str) -> Iterator[tuple[dict[str, str], Array, Array]]:
    """Names, and scores, of each signal sample with each background sample."""
    samples: dict[int, dict[str, Array]] = {0: {}, 1: {}}
    for name, rows in clusters.groupby("sample", sort=False):
        labels = rows["label"].unique()
        if len(labels) > 1:
            raise ValueError(f"sample '{name}' has signal and background; give each its own")
        samples[int(labels[0])][str(name)] = rows[score].to_numpy(np.float64)
    for label, kind in ((1, "signal"), (0, "background")):
        if not samples[label]:
            raise ValueError(f"there is no test sample of {kind} among {list(samples[1 - label])}")
    for signal, of_signal in samples[1].items():
        for background, of_background in samples[0].items():
            yield {"signal": signal, "background": background}, of_signal, of_background


def _joined(tables: Sequence[Mapping[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    names = ("rejection", "goal")
    found = {name: [t[name] for t in tables if name in t] for name in names}
    return {name: pd.concat(parts, ignore_index=True) for name, parts in found.items()}
