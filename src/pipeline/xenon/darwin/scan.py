"""Choice of the weights beta and R, by a scan on events that no network was trained on.

The figures of merit need no model of a signal, because the search does not know the WIMP mass. They
measure how well TS separates nuclear from electronic recoils with the flat spectra of the training
samples: the area under the ROC curve, and the share of electronic recoils rejected while half of
the nuclear recoils are kept. The choice uses the area. The larger R, the more TS follows the
classifier and the less it is an anomaly score. The scan therefore chooses the smallest R whose area
lies within one standard error of the largest (Breiman et al., Classification and Regression Trees,
1984, section 3.4.3), and of the betas that reach that with it the smallest.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.core.tables import Inputs, Params
from pipeline.statistics.roc import area_under_curve, auc_error
from pipeline.xenon.darwin.anomaly_score import anomaly_score
from pipeline.xenon.darwin.score import read_terms
from pipeline.xenon.events.table import RECOILS

NR_ACCEPTANCE = 0.5


class Weights(NamedTuple):
    """Weights beta and R of the score TS."""

    beta: float
    ratio: float


def scan_scores(terms: pd.DataFrame, ratios: Sequence[float]) -> pd.DataFrame:
    """Figures of merit for each beta in `terms`, a table of `read_terms`, and each R of `ratios`.

    Columns beta, ratio, events_er, events_nr (triggered), auc, auc_err, auc_drawn (with z
    drawn from q, for comparison), er_rejection, er_rejection_err (binomial), chosen (bool, true in
    one row).

    Raises:
        ValueError: triggered events of one recoil are missing.
    """
    rows = []
    for beta, table in terms[terms["triggered"]].groupby("beta"):
        is_nr = (table["recoil"] == RECOILS.index("NR")).to_numpy()
        n, m = int(is_nr.sum()), int((~is_nr).sum())
        if not n or not m:
            raise ValueError("the choice of beta and R needs triggered events of both recoils")
        names = ("kl", "logit", "reconstruction", "reconstruction_drawn")
        kl, logit, *reconstructions = (table[name].to_numpy() for name in names)
        for ratio in ratios:
            ts, drawn = (
                anomaly_score(kl, reconstruction, logit, float(str(beta)), ratio)
                for reconstruction in reconstructions
            )
            auc = area_under_curve(ts, is_nr)
            rejection = er_rejection(ts, is_nr)
            rows.append(
                {
                    "beta": beta,
                    "ratio": ratio,
                    "events_er": m,
                    "events_nr": n,
                    "auc": auc,
                    "auc_err": auc_error(auc, n, m),
                    "auc_drawn": area_under_curve(drawn, is_nr),
                    "er_rejection": rejection,
                    "er_rejection_err": np.sqrt(rejection * (1 - rejection) / m),
                }
            )
    scan = pd.DataFrame(rows)
    if scan.empty:
        raise ValueError("the choice of beta and R needs triggered events of both recoils")
    return scan.assign(chosen=scan.index == _best(scan))


def chosen_weights(scan: pd.DataFrame) -> Weights:
    """Weights in the chosen row of a scan."""
    row = scan[scan["chosen"]].iloc[0]
    return Weights(float(row["beta"]), float(row["ratio"]))


def er_rejection(ts: NDArray[np.float64], is_nr: NDArray[np.bool_]) -> float:
    """Share of electronic recoils below the TS that half of the nuclear recoils reach."""
    threshold = np.quantile(ts[is_nr], 1 - NR_ACCEPTANCE)
    return float((ts[~is_nr] < threshold).mean())


def _best(scan: pd.DataFrame) -> int:
    top = scan.iloc[scan["auc"].argmax()]
    as_good = scan[scan["auc"] >= top["auc"] - top["auc_err"]]
    # The best of what is equally good would change from machine to machine.
    return int(as_good.sort_values(["ratio", "beta"]).index[0])


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Table of the scan of beta and R on validation events."""
    terms = pd.concat([read_terms(path) for path in inputs["terms"]])
    return {"table": scan_scores(terms, params["ratios"])}
