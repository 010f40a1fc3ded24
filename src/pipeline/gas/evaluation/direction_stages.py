"""The stages of a decision on a direction: start of the track, head-tail, axis.

Each stage has an observable with a truth, and the value that the network's own density expects,
which measured events have too. The first stage that fails is the cause of a wrong direction: from
a wrong start follow a wrong head-tail and a wrong axis.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.statistics.directional.density import Density
from pipeline.statistics.directional.predictions import START, cosines, density_of
from pipeline.statistics.directional.vmf import mean_cosine
from pipeline.statistics.means import mean_with_error

NONE = "none"
FAILURES = ("start", "head-tail", "axis", NONE)
OBSERVABLES = ("start_mm", "wrong_head_tail", "axis_cosine_distance", "cosine_distance")
# Expected length of a Gaussian vector over the error of each of its three coordinates.
MEAN_LENGTH = np.sqrt(8 / np.pi)


@dataclass(frozen=True)
class Decisions:
    """Observables of the stages of n events; NaN where the truth is not known."""

    start_mm: np.ndarray  # float64 [n], predicted from true start
    cosine: np.ndarray  # float64 [n], of the true and the predicted direction
    expected: Mapping[str, np.ndarray]  # float64 [n] of each of OBSERVABLES

    def observables(self) -> dict[str, np.ndarray]:
        """True values [n] of each of OBSERVABLES, NaN where not known."""
        wrong = np.where(np.isfinite(self.cosine), self.cosine < 0, np.nan)
        values = (self.start_mm, wrong, 1 - np.abs(self.cosine), 1 - self.cosine)
        return dict(zip(OBSERVABLES, values, strict=True))

    def failures(self, start_mm: float, axis_deg: float) -> np.ndarray:
        """The first stage that fails, an index [n] of `FAILURES`."""
        failed = [
            self.start_mm > start_mm,
            self.cosine < 0,
            np.abs(self.cosine) < np.cos(np.radians(axis_deg)),
        ]
        return np.select(failed, range(len(failed)), len(failed))


def decisions(table: pd.DataFrame, true_start_um: np.ndarray) -> Decisions:
    """The stages of a table of predictions with a density and a start; true starts [n, 3].

    Starts are from the middle of the grid. The axis expected of a mixture of von Mises-Fisher
    distributions is that of each component about its own axis, 1 - E|cos| = tanh(kappa/2) / kappa.
    """
    found = table[START].to_numpy(np.float64)
    expected = (
        1e-3 * MEAN_LENGTH * found[:, 3],
        1 - table["head_tail_probability"].to_numpy(np.float64),
        axis_distance(density_of(table)),
        1 - mean_cosine(table["kappa"].to_numpy(np.float64)),
    )
    return Decisions(
        1e-3 * np.linalg.norm(found[:, :3] - true_start_um, axis=1),
        cosines(table),
        dict(zip(OBSERVABLES, expected, strict=True)),
    )


def axis_distance(density: Density) -> np.ndarray:
    """Mean 1 - |cos| [n] of the components' directions to the components' own axes."""
    kappa = np.maximum(density.kappa, 1e-6)
    distance: np.ndarray = (density.weight * np.tanh(kappa / 2) / kappa).sum(1)
    return distance


def stage_table(sets: Mapping[str, Decisions], nominal: str) -> pd.DataFrame:
    """Means of each observable, true and as the network expects it, for each set.

    `shift` is the expected value minus that in the nominal set.
    """
    rows = []
    for name, found in sets.items():
        for quantity, true in found.observables().items():
            mean, error = mean_with_error(true)
            expected, expected_err = mean_with_error(found.expected[quantity])
            before, before_err = mean_with_error(sets[nominal].expected[quantity])
            rows.append(
                {
                    "set": name,
                    "quantity": quantity,
                    "events": len(true),
                    "true": mean,
                    "true_err": error,
                    "expected": expected,
                    "expected_err": expected_err,
                    "shift": expected - before,
                    "shift_err": 0.0 if name == nominal else np.hypot(expected_err, before_err),
                }
            )
    return pd.DataFrame(rows)


def failure_table(sets: Mapping[str, Decisions], start_mm: float, axis_deg: float) -> pd.DataFrame:
    """Share of the events in which each stage fails first, and what they cost, for each set.

    The contributions of a set add up to its mean cosine distance. Sets without truth have no rows.
    """
    return pd.DataFrame(
        [row for name, found in sets.items() for row in _failures(name, found, start_mm, axis_deg)],
        columns=[
            *("set", "first_failure", "events", "share", "share_err"),
            *("contribution", "contribution_err"),
        ],
    )


def _failures(
    name: str, found: Decisions, start_mm: float, axis_deg: float
) -> Iterator[dict[str, object]]:
    if not np.isfinite(found.cosine).any():
        return
    first = found.failures(start_mm, axis_deg)
    for i, stage in enumerate(FAILURES):
        share, share_err = mean_with_error((first == i).astype(float))
        cost, cost_err = mean_with_error(np.where(first == i, 1 - found.cosine, 0))
        yield {
            "set": name,
            "first_failure": stage,
            "events": int((first == i).sum()),
            "share": share,
            "share_err": share_err,
            "contribution": cost,
            "contribution_err": cost_err,
        }
