"""Accuracy of the CNN on WIMPs and electronic recoils, for any share of WIMPs."""

import logging
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.core.tables import Inputs, Params
from pipeline.xenon.xenon1t.scores import read_scores

logger = logging.getLogger(__name__)

# A. Scaffidi's talk, 9 September 2021. Its three numbers imply a share of WIMPs of 35 %. Those of
# Khosa et al. (arXiv 1911.09210), as quoted in the talk, imply 45 %.
PUBLISHED = pd.DataFrame(
    [
        ("talk of 2021", 0.35, 0.9803, 0.9807, 0.9639),
        ("Khosa et al.", 0.45, 0.872, 0.934, 0.812),
    ],
    columns=["source", "wimp_share", "accuracy", "recall", "precision"],
)


def classifier_table(
    er_logit: NDArray[np.floating], wimp_logit: NDArray[np.floating], shares: Sequence[float]
) -> pd.DataFrame:
    """Accuracy, recall and precision with errors, and the published values.

    An event is classified as a WIMP if p > 1/2. The recall r and the share f of electronic recoils
    classified as WIMPs are measured, with binomial errors. For a share w of WIMPs, the accuracy is
    w r + (1 - w) (1 - f) and the precision w r / (w r + (1 - w) f); the errors of r and f are
    propagated to first order. Columns source, wimp_share, events_er, events_wimp, and accuracy,
    recall and precision, each with `_err`.

    Raises:
        ValueError: events of one kind are missing.
    """
    n_er, n_wimp = len(er_logit), len(wimp_logit)
    if not n_er or not n_wimp:
        raise ValueError("no event that triggers to test the classifier on; simulate more")
    r, f = float((wimp_logit > 0).mean()), float((er_logit > 0).mean())
    dr, df = np.sqrt(r * (1 - r) / n_wimp), np.sqrt(f * (1 - f) / n_er)
    rows = []
    for w in shares:
        positive = w * r + (1 - w) * f
        rows.append(
            {
                "source": "here",
                "wimp_share": w,
                "events_er": n_er,
                "events_wimp": n_wimp,
                "accuracy": w * r + (1 - w) * (1 - f),
                "accuracy_err": np.hypot(w * dr, (1 - w) * df),
                "recall": r,
                "recall_err": dr,
                "precision": w * r / positive if positive else np.nan,
                "precision_err": (
                    w * (1 - w) * np.hypot(f * dr, r * df) / positive**2 if positive else np.nan
                ),
            }
        )
    return pd.concat([pd.DataFrame(rows), PUBLISHED], ignore_index=True)


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Table of the accuracy of the CNN on images that it was not trained on."""
    er, wimp = (
        read_scores(inputs[name][0]).query("triggered")["logit"].to_numpy()
        for name in ("er", "wimp")
    )
    table = classifier_table(er, wimp, params["shares"])
    logger.info(
        "classifier of images\n%s", table.to_string(index=False, float_format="{:.4g}".format)
    )
    return {"table": table}
