"""Which beta and R: a scan on events that no network learnt from.

The figure of merit asks for no model of a signal. It is how well TS separates nuclear from
electronic recoils of the training's flat spectra, as the search does not know the WIMP's mass: the
area under the ROC curve, and the share of electronic recoils rejected where half of the nuclear
ones are kept. The area decides. R sets how far TS follows the classifier, hence how little is left
of an anomaly score, so the least R counts that is within one standard error of the largest area
(Breiman et al., Classification and Regression Trees, 1984, section 3.4.3), and of that R the beta
with the largest area.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.core.tables import Inputs, Params
from pipeline.statistics.roc import area_under_curve, auc_error
from pipeline.xenon.darwin.score import anomaly_score, read_terms
from pipeline.xenon.events.table import RECOILS

NR_ACCEPTANCE = 0.5


class Weights(NamedTuple):
    """Those of the terms of TS."""

    beta: float
    ratio: float


def scan_scores(terms: pd.DataFrame, ratios: Sequence[float]) -> pd.DataFrame:
    """Figures of merit of every beta in `terms`, a table of `read_terms`, with every R.

    Columns beta, ratio, events_er, events_nr (triggered), auc, auc_err, er_rejection,
    er_rejection_err (binomial), chosen (bool, in one row).

    Raises:
        ValueError: there are no triggered events of both recoils.
    """
    rows = []
    for beta, table in terms[terms["triggered"]].groupby("beta"):
        is_nr = (table["recoil"] == RECOILS.index("NR")).to_numpy()
        n, m = int(is_nr.sum()), int((~is_nr).sum())
        if not n or not m:
            raise ValueError("the choice of beta and R needs triggered events of both recoils")
        kl, reconstruction, logit = (
            table[name].to_numpy() for name in ("kl", "reconstruction", "logit")
        )
        for ratio in ratios:
            ts = anomaly_score(kl, reconstruction, logit, float(str(beta)), ratio)
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
                    "er_rejection": rejection,
                    "er_rejection_err": np.sqrt(rejection * (1 - rejection) / m),
                }
            )
    scan = pd.DataFrame(rows)
    if scan.empty:
        raise ValueError("the choice of beta and R needs triggered events of both recoils")
    return scan.assign(chosen=scan.index == _best(scan))


def chosen_weights(scan: pd.DataFrame) -> Weights:
    """beta and R of the row that is chosen."""
    row = scan[scan["chosen"]].iloc[0]
    return Weights(float(row["beta"]), float(row["ratio"]))


def er_rejection(ts: NDArray[np.float64], is_nr: NDArray[np.bool_]) -> float:
    """Share of electronic recoils below the TS that half of the nuclear ones reach."""
    threshold = np.quantile(ts[is_nr], 1 - NR_ACCEPTANCE)
    return float((ts[~is_nr] < threshold).mean())


def _best(scan: pd.DataFrame) -> int:
    top = scan.iloc[scan["auc"].argmax()]
    as_good = scan[scan["auc"] >= top["auc"] - top["auc_err"]]
    least = as_good[as_good["ratio"] == as_good["ratio"].min()]
    return int(least["auc"].idxmax())


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """The scan of beta and R on validation events."""
    terms = pd.concat([read_terms(path) for path in inputs["terms"]])
    return {"table": scan_scores(terms, params["ratios"])}
