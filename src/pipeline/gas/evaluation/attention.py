"""How far from the start of a track the attention heads of a U-Net look.

A network finds the start first. Heads that attend to other places than in the training events are
a sign of another readout. This needs no truth: the distance of the heads from the predicted start
is known for measured events too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from pipeline.statistics.means import mean_with_error

CENTRE, START = "charge centre", "predicted start"


@dataclass(frozen=True)
class Places:
    """Places [mm] in n events of one set, from the middle of the grid."""

    heads: np.ndarray  # float64 [n, heads, 3], of the attention
    start: np.ndarray  # float64 [n, 3], predicted start of the track
    true_start: np.ndarray  # float64 [n, 3]; NaN: not known

    def named(self) -> dict[str, np.ndarray]:
        """Places [n, 3] of each head, of the charge centre and of the predicted start."""
        heads = {f"head {i + 1}": self.heads[:, i] for i in range(self.heads.shape[1])}
        return {**heads, CENTRE: np.zeros_like(self.start), START: self.start}

    def from_start(self) -> np.ndarray:
        """Distances [n, heads] of the heads from the predicted start."""
        distances: np.ndarray = np.linalg.norm(self.heads - self.start[:, None], axis=2)
        return distances


def attention_table(sets: Mapping[str, Places], nominal: str) -> pd.DataFrame:
    """Mean distances of each place from the true and from the predicted start, for each set.

    `shift_mm` is that from the predicted start minus that in the nominal set. The chi-squared of a
    set is that of all heads' shifts together, with their correlations; both sets are taken as
    independent.
    """
    return pd.DataFrame(
        [row for name in sets for row in _rows(name, sets[name], sets[nominal], name == nominal)]
    )


def _rows(name: str, places: Places, nominal: Places, same: bool) -> Iterator[dict[str, object]]:
    chi2, p_value = (np.nan, np.nan) if same else _test(places.from_start(), nominal.from_start())
    reference = nominal.named()
    for place, found in places.named().items():
        true, predicted = (
            _mean_length(found - start) for start in (places.true_start, places.start)
        )
        before = _mean_length(reference[place] - nominal.start)
        yield {
            "set": name,
            "place": place,
            "events": len(found),
            "true_mm": true[0],
            "true_mm_err": true[1],
            "predicted_mm": predicted[0],
            "predicted_mm_err": predicted[1],
            "shift_mm": predicted[0] - before[0],
            "shift_mm_err": 0.0 if same else np.hypot(predicted[1], before[1]),
            "chi2": chi2,
            "p_value": p_value,
        }


def _mean_length(difference: np.ndarray) -> tuple[float, float]:
    """Mean length of vectors [n, 3], and its error."""
    return mean_with_error(np.linalg.norm(difference, axis=1))


def _test(first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    """Chi-squared of the difference of the means of [n, k] and [m, k], and its p-value."""
    covariance = sum(np.cov(x, rowvar=False) / len(x) for x in (first, second))
    shift = first.mean(0) - second.mean(0)
    chi2 = float(shift @ np.linalg.pinv(covariance, hermitian=True) @ shift)
    return chi2, float(stats.chi2.sf(chi2, len(shift)))
