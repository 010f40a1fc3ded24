"""Accuracy of the CNN on WIMPs and electronic recoils, for any share of WIMPs."""

from collections.abc import Sequence

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
    recall, false = _share_above_zero(wimp_logit), _share_above_zero(er_logit)
    rows = [
        {"source": "here", "wimp_share": w, "events_er": n_er, "events_wimp": n_wimp}
        | _of_mixture(w, recall, false)
        for w in shares
    ]
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
    false = _share_above_zero(er_logit)
    rows = []
    for mass in masses_GeV:
        weight = wimp_weights(energy, generated, mass)
        if weight.sum() > 0:
            recall = _weighted_share(logit > 0, weight)
            rows.append({"mass_GeV": mass, **_of_mixture(share, recall, false)})
    return pd.DataFrame(rows)


def _share_above_zero(logit: NDArray[np.floating]) -> tuple[float, float]:
    """Share of events with a positive logit, and its binomial error."""
    share = float((logit > 0).mean())
    return share, float(np.sqrt(share * (1 - share) / len(logit)))


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
