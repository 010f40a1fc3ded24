"""Accuracy of the classifier of recoils as a function of true energy."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pandas as pd

from pipeline.core.tables import Inputs, Params
from pipeline.xenon.darwin.score import read_terms
from pipeline.xenon.events.table import RECOILS

LOW_ENERGY_KEV = 15.0  # below, recoils are hard to classify; most WIMP recoils are there
BINS_KEV = (0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 15.0, 20.0, 30.0, 40.0, 60.0, 80.0, 100.0)


def accuracy_table(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Accuracy, recall and precision for named sets of events, which are tables of `read_terms`.

    An event is classified as nuclear, the positive class, if p > 1/2. Rows of a set: all energies,
    energies below 15 keV, and the bins BINS_KEV. Columns set, low_keV, high_keV, events_er,
    events_nr (triggered), accuracy, accuracy_err (binomial), recall, precision. Accuracy and
    precision hold for the shares of recoils in the set.
    """
    ranges = [(0.0, np.inf), (0.0, LOW_ENERGY_KEV)]
    ranges += pairwise(BINS_KEV)
    rows = []
    for name, table in tables.items():
        events = table[table["triggered"]].drop_duplicates(["recoil", "event_id"])
        for low, high in ranges:
            # Events of unknown energy count in the first row only.
            energy = events["energy_keV"].fillna(np.inf if high < np.inf else 0)
            inside = events[(energy >= low) & (energy < high)]
            rows.append({"set": name, "low_keV": low, "high_keV": high, **_rates(inside)})
    return pd.DataFrame(rows)


def _rates(events: pd.DataFrame) -> dict[str, float]:
    is_nr = (events["recoil"] == RECOILS.index("NR")).to_numpy()
    called_nr = (events["logit"] > 0).to_numpy()
    accuracy = _mean(is_nr == called_nr)
    return {
        "events_er": int((~is_nr).sum()),
        "events_nr": int(is_nr.sum()),
        "accuracy": accuracy,
        "accuracy_err": float(np.sqrt(accuracy * (1 - accuracy) / max(len(events), 1))),
        "recall": _mean(called_nr[is_nr]),
        "precision": _mean(is_nr[called_nr]),
    }


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Table of the accuracy of the classifier on events that it was not trained on, by set."""
    sets = {name: pd.concat(map(read_terms, files)) for name, files in inputs.items()}
    return {"table": accuracy_table(sets)}
