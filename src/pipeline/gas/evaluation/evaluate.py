"""Evaluation of all methods on one test set: cut scans, crossings, angles and the summary."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.core.seeds import generator
from pipeline.core.tables import Inputs, Params
from pipeline.gas.config.evaluation import Evaluation
from pipeline.gas.evaluation.scans import bootstrap_crossing, efficiency_scan
from pipeline.gas.evaluation.summary import Evaluated, TrainingCost, summary_table
from pipeline.gas.published import BEST_EXPECTED
from pipeline.statistics.directional.predictions import angles_rad, read_predictions


@dataclass(frozen=True)
class Tables:
    """Result tables of one test set; each begins with the columns test_set and method."""

    scans: pd.DataFrame  # `efficiency_scan` of every method
    crossings: pd.DataFrame  # fraction_cut, error, share: where a method passes Best-Expected
    angles: pd.DataFrame  # angle_low_deg, angle_high_deg, events
    summary: pd.DataFrame  # `summary_table`


def evaluate_test_set(
    test_set: str,
    predictions: Mapping[str, pd.DataFrame],
    published_as: Mapping[str, str],
    trainings: Mapping[str, TrainingCost],
    settings: Evaluation,
    rng: np.random.Generator,
    differs: str = "",
) -> Tables:
    """Evaluate every method on one test set.

    Args:
        predictions: prediction table by method; Best-Expected must be among them.
        published_as: the name in the paper of methods that have another name here.
        trainings: what the training of each network cost.
        differs: in what the test set differs from the published ones; empty if in nothing.
    """
    edges = np.linspace(0.0, 180.0, settings.angle_bins + 1)
    scans, crossings, angles, evaluated = [], [], [], []
    for method, table in predictions.items():
        label = {"test_set": test_set, "method": method}
        scan = efficiency_scan(table, settings.cuts, settings.bootstrap, rng)
        scans.append(_labelled(scan, label))
        counts, _ = np.histogram(np.degrees(angles_rad(table)), edges)
        histogram = {"angle_low_deg": edges[:-1], "angle_high_deg": edges[1:], "events": counts}
        angles.append(_labelled(pd.DataFrame(histogram), label))
        if table["kappa"].notna().any():
            reference = predictions[BEST_EXPECTED]
            found = bootstrap_crossing(table, reference, settings.cuts, settings.bootstrap, rng)
            crossings.append(label | vars(found))
        evaluated.append(
            Evaluated(test_set, method, table, published_as.get(method), trainings.get(method))
        )
    return Tables(
        scans=pd.concat(scans, ignore_index=True),
        crossings=pd.DataFrame(
            crossings, columns=["test_set", "method", "fraction_cut", "error", "share"]
        ),
        angles=pd.concat(angles, ignore_index=True),
        summary=summary_table(evaluated, settings.bootstrap, rng, differs),
    )


def training_cost(history: pd.DataFrame) -> TrainingCost:
    """The cost of a training, from its history table."""
    return TrainingCost(int(history["events_seen"].iloc[-1]), float(history["seconds"].sum() / 60))


def _labelled(table: pd.DataFrame, label: dict[str, str]) -> pd.DataFrame:
    return pd.concat([pd.DataFrame([label] * len(table)), table], axis=1)


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """The tables of one test set.

    Of `params`, `methods` are display names in the order of the prediction files, and `networks`
    maps each network to its name in the paper.
    """
    test, networks = params["test_set"], params["networks"]
    histories = zip(networks, inputs["histories"], strict=True)
    tables = evaluate_test_set(
        test,
        {
            name: read_predictions(path)
            for name, path in zip(params["methods"], inputs["predictions"], strict=True)
        },
        networks,
        {name: training_cost(pd.read_csv(path)) for name, path in histories},
        Evaluation.model_validate(params["evaluation"]),
        generator(params["seed"], "evaluation", test),
        params["differs"],
    )
    return vars(tables)
