"""Evaluation of all methods on one test set: cut scans, crossings, angles and the summary."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.core.seeds import generator
from pipeline.core.tables import Inputs, Params
from pipeline.gas.config.card import Card
from pipeline.gas.config.evaluation import Evaluation
from pipeline.gas.config.mixture import GasMixture
from pipeline.gas.config.response import Response
from pipeline.gas.config.voxels import Grid
from pipeline.gas.evaluation.conditions import other_frames, outside
from pipeline.gas.evaluation.resolution import resolution_table
from pipeline.gas.evaluation.scans import bootstrap_crossing, efficiency_scan
from pipeline.gas.evaluation.summary import Evaluated, Training, summary_table
from pipeline.gas.published import BEST_EXPECTED
from pipeline.statistics.directional.predictions import angles_rad, read_predictions

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Given:
    """Networks that were not trained in this study, and what is known of the test set."""

    cards: Mapping[str, Card]
    frames: Mapping[str, int]  # in which they predict
    shipped: Sequence[str]  # those that came with the checkout
    grid: Grid
    gases: Mapping[str, GasMixture | None]  # of the sources; None: not stated
    response: Response | None = None  # that has measured the events

    def training(self, name: str) -> Training:
        """The training of a network, from its card."""
        card = self.cards[name]
        weights = "shipped" if name in self.shipped else "given"
        return Training(card.views, card.hours * 60, weights)

    def remark(self, name: str, predictions: pd.DataFrame) -> str:
        """In what the test set lies outside the range of a network's card."""
        card = self.cards[name]
        remarks = outside(card.conditions, self.grid, self.gases, predictions, self.response)
        return "; ".join([*remarks, *other_frames(card, self.frames[name])])


@dataclass(frozen=True)
class Tables:
    """Result tables of one test set; each begins with the columns test_set and method."""

    scans: pd.DataFrame  # `efficiency_scan` of every method
    crossings: pd.DataFrame  # fraction_cut, error, share: where a method passes Best-Expected
    angles: pd.DataFrame  # angle_low_deg, angle_high_deg, events
    summary: pd.DataFrame  # `summary_table`
    resolution: pd.DataFrame  # `resolution_table`


def evaluate_test_set(
    test_set: str,
    predictions: Mapping[str, pd.DataFrame],
    published_as: Mapping[str, str],
    trainings: Mapping[str, Training],
    settings: Evaluation,
    rng: np.random.Generator,
    differs: str = "",
    given: Given | None = None,
    members: Mapping[str, Sequence[str]] | None = None,
) -> Tables:
    """Evaluate every method on one test set.

    Args:
        predictions: prediction table by method; Best-Expected must be among them.
        published_as: the name in the paper of methods that have another name here.
        trainings: the training of each network that was trained in this study.
        differs: how the test set differs from the published ones; empty: not at all.
        given: the networks that were not, if there are any.
        members: the networks of each method that is an ensemble.
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
        training, remark = trainings.get(method), ""
        if given and method in given.cards:
            training, remark = given.training(method), given.remark(method, table)
        if remark:
            logger.warning("%s on %s, outside its card: %s", method, test_set, remark)
        evaluated.append(
            Evaluated(test_set, method, table, published_as.get(method), training, remark)
        )
    return Tables(
        scans=pd.concat(scans, ignore_index=True),
        crossings=pd.DataFrame(
            crossings, columns=["test_set", "method", "fraction_cut", "error", "share"]
        ),
        angles=pd.concat(angles, ignore_index=True),
        summary=summary_table(evaluated, settings.bootstrap, rng, differs, members),
        resolution=resolution_table(test_set, predictions),
    )


def training_of(history: pd.DataFrame) -> Training:
    """A training of this study, from its history table."""
    return Training(int(history["events_seen"].iloc[-1]), float(history["seconds"].sum() / 60))


def _labelled(table: pd.DataFrame, label: dict[str, str]) -> pd.DataFrame:
    return pd.concat([pd.DataFrame([label] * len(table)), table], axis=1)


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """The tables of one test set.

    Of `params`, `methods` are display names in the order of the prediction files, and `networks`
    maps each network to its name in the paper. Paths of histories end in NETWORK/history.csv.
    Studies with networks that were not trained have the keys of `Given` too.
    """
    test = params["test_set"]
    tables = evaluate_test_set(
        test,
        {
            name: read_predictions(path)
            for name, path in zip(params["methods"], inputs["predictions"], strict=True)
        },
        params["networks"],
        {Path(path).parent.name: training_of(pd.read_csv(path)) for path in inputs["histories"]},
        Evaluation.model_validate(params["evaluation"]),
        generator(params["seed"], "evaluation", test),
        params["differs"],
        _given(params) if "cards" in params else None,
        params.get("ensembles"),
    )
    return vars(tables)


def _given(params: Params) -> Given:
    return Given(
        {name: Card.model_validate(card) for name, card in params["cards"].items()},
        params["frames"],
        params["shipped"],
        Grid.model_validate(params["grid"]),
        {name: gas and GasMixture.model_validate(gas) for name, gas in params["gases"].items()},
        Response.model_validate(params["response"]) if "response" in params else None,
    )
