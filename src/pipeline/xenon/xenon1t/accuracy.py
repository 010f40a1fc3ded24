"""Accuracy of classifiers of WIMPs and electronic recoils, for any share of WIMPs."""

from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.xenon.rates.recoil_spectra import Spectrum
from pipeline.xenon.xenon1t.recoil_weights import wimp_weights

# A. Scaffidi's talk, 9 September 2021. Its three numbers imply a share of WIMPs of 35 %. Those of
# Khosa et al. (arXiv 1911.09210), as quoted in the talk, imply 45 %.
PUBLISHED = pd.DataFrame(
    [
        ("talk of 2021", 0.35, 0.9803, 0.9807, 0.9639),
        ("Khosa et al.", 0.45, 0.872, 0.934, 0.812),
    ],
    columns=["source", "wimp_share", "accuracy", "recall", "precision"],
)


CNN, FOUR_NUMBERS = "CNN", "four numbers"


def classifier_table(er: pd.DataFrame, wimp: pd.DataFrame, shares: Sequence[float]) -> pd.DataFrame:
    """Accuracy, recall and precision of both classifiers with errors, and the published values.

    `er` and `wimp` are image scores of events that trigger. An event is classified as a WIMP if
    p > 1/2. The recall r and the share f of electronic recoils classified as WIMPs are measured,
    with binomial errors. For a share w of WIMPs, the accuracy is w r + (1 - w) (1 - f) and the
    precision w r / (w r + (1 - w) f); the errors of r and f are propagated to first order. Columns
    source, wimp_share, events_er, events_wimp, and accuracy, recall and precision, each with
    `_err`, and `accuracy_gain`, the accuracy less that of the network of four numbers, with its
    error from the same events.

    Raises:
        ValueError: events of one kind are missing.
    """
    if er.empty or wimp.empty:
        raise ValueError("no event that triggers to test the classifier on; simulate more")
    right = {
        source: (wimp[column].to_numpy() > 0, er[column].to_numpy() <= 0)
        for source, column in ((CNN, "logit"), (FOUR_NUMBERS, "logit_four_numbers"))
    }
    reference = right[FOUR_NUMBERS]
    rows = []
    for (source, (of_wimp, of_er)), w in product(right.items(), shares):
        wimp_gain, er_gain = map(_difference, (of_wimp, of_er), reference)
        gain = {
            "accuracy_gain": w * wimp_gain[0] + (1 - w) * er_gain[0],
            "accuracy_gain_err": float(np.hypot(w * wimp_gain[1], (1 - w) * er_gain[1])),
        }
        row = {"source": source, "wimp_share": w, "events_er": len(er), "events_wimp": len(wimp)}
        rows.append(row | _of_mixture(w, _share(of_wimp), _share(~of_er)) | gain)
    return pd.concat([pd.DataFrame(rows), PUBLISHED], ignore_index=True)


def mass_table(
    er_logit: NDArray[np.floating],
    nr: pd.DataFrame,
    generated: Spectrum,
    masses_GeV: Sequence[float],
    share: float,
) -> pd.DataFrame:
    """Accuracy, recall and precision as in `classifier_table` for WIMPs of several masses.

    Args:
        er_logit: logits of electronic recoils that trigger.
        nr: triggered nuclear recoils with energy_keV and logit, which are weighted to the WIMPs.
        generated: spectrum of the nuclear recoils before the trigger, on any scale.
        masses_GeV: masses; those whose WIMPs give none of these recoils have no row.
        share: share of WIMPs among the events.
    """
    energy, logit = nr["energy_keV"].to_numpy(float), nr["logit"].to_numpy()
    false = _share(er_logit > 0)
    rows = []
    for mass in masses_GeV:
        weight = wimp_weights(energy, generated, mass)
        if weight.sum() > 0:
            recall = _weighted_share(logit > 0, weight)
            rows.append({"mass_GeV": mass, **_of_mixture(share, recall, false)})
    return pd.DataFrame(rows)


def _share(chosen: NDArray[np.bool_]) -> tuple[float, float]:
    """Share of events that are chosen, and its binomial error."""
    share = float(chosen.mean())
    return share, float(np.sqrt(share * (1 - share) / len(chosen)))


def _difference(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> tuple[float, float]:
    """Difference of two shares of the same events, and its error."""
    difference = one.astype(float) - other
    return float(difference.mean()), float(difference.std() / np.sqrt(len(difference)))


def _weighted_share(
    positive: NDArray[np.bool_], weight: NDArray[np.float64]
) -> tuple[float, float]:
    """Share of weighted events that are positive, and its error."""
    share = float(np.average(positive, weights=weight))
    return share, float(np.linalg.norm(weight * (positive - share)) / weight.sum())


def _of_mixture(
    w: float, recall: tuple[float, float], false: tuple[float, float]
) -> dict[str, float]:
    """Accuracy, recall and precision for a share `w` of WIMPs; see `classifier_table`."""
    (r, dr), (f, df) = recall, false
    positive = w * r + (1 - w) * f
    return {
        "accuracy": w * r + (1 - w) * (1 - f),
        "accuracy_err": float(np.hypot(w * dr, (1 - w) * df)),
        "recall": r,
        "recall_err": dr,
        "precision": w * r / positive if positive else np.nan,
        "precision_err": (
            w * (1 - w) * float(np.hypot(f * dr, r * df)) / positive**2 if positive else np.nan
        ),
    }
