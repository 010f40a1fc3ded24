"""Separation of recoils by the scores: ROC curves of the test samples."""

import numpy as np
import pandas as pd

from pipeline.core.tables import Inputs, Params
from pipeline.xenon.darwin.accuracy import LOW_ENERGY_KEV
from pipeline.xenon.events.table import RECOILS

SCORES = {"logit": "classifier", "ts": "anomaly score"}  # columns of the score tables
ACCEPTANCE = np.linspace(0.005, 0.995, 199)


def roc_table(events: pd.DataFrame) -> pd.DataFrame:
    """Share of electronic recoils that pass a cut, for each share of nuclear recoils that pass.

    `events` are score tables of both recoils, of which triggered events are used. Columns score
    (names in SCORES), high_keV (upper limit of true energy; inf: none), nr_acceptance,
    er_acceptance.

    Raises:
        ValueError: triggered events of one recoil are missing, or the energy of one is unknown.
    """
    triggered = events[events["triggered"]]
    if triggered["energy_keV"].isna().any():
        raise ValueError("a ROC curve below 15 keV needs the true energy of all triggered events")
    tables = []
    for high_keV in (np.inf, LOW_ENERGY_KEV):
        chosen = triggered
        if high_keV < np.inf:
            chosen = triggered[triggered["energy_keV"] < high_keV]
        is_nr = chosen["recoil"] == RECOILS.index("NR")
        if is_nr.all() or not is_nr.any():
            raise ValueError("a ROC curve needs triggered events of both recoils below 15 keV")
        for column, name in SCORES.items():
            cut = np.quantile(chosen.loc[is_nr, column], 1 - ACCEPTANCE)
            electronic = np.sort(chosen.loc[~is_nr, column])
            passing = 1 - np.searchsorted(electronic, cut, side="left") / len(electronic)
            columns = {"nr_acceptance": ACCEPTANCE, "er_acceptance": passing}
            tables.append(pd.DataFrame({"score": name, "high_keV": high_keV, **columns}))
    return pd.concat(tables, ignore_index=True)


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Table of the ROC curves of the test samples."""
    columns = ["recoil", "energy_keV", "triggered", *SCORES]
    events = pd.concat(pd.read_parquet(path, columns=columns) for path in inputs["scores"])
    return {"table": roc_table(events)}
