"""Angular response of a detector and reconstruction, from a table of predictions."""

import logging
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from pipeline.statistics.directional.density import Density
from pipeline.statistics.directional.predictions import COMPONENTS, PREDICTED, TRUE, density_of

Array = NDArray[np.float64]
logger = logging.getLogger(__name__)

_FEW_EVENTS = 200


@dataclass(frozen=True)
class Response:
    """Angles between true and predicted directions of the events that pass, with their kappa.

    `cos_theta` and `kappa` have one entry per passing event; `kappa` is None for methods without
    an uncertainty. `efficiency` is the fraction of recoils that pass, `fraction_cut` the fraction
    of predicted events that the cut on kappa drops. `mixture` holds the densities where they have
    several components; None: they are those of `kappa`. With several recoil energies, events are
    in the order of these, `events` is the number at each and `efficiency` has one entry for each.
    """

    cos_theta: Array
    kappa: Array | None
    efficiency: float | Array
    fraction_cut: float = 0.0
    mixture: Density | None = None
    events: NDArray[np.int64] | None = None

    @property
    def first(self) -> NDArray[np.int64]:
        """Place of the first event of each energy, and the number of all events behind them."""
        events = [len(self.cos_theta)] if self.events is None else self.events
        return np.concatenate([[0], np.cumsum(events)]).astype(np.int64)

    def at_energy(self, place: int) -> Self:
        """The response at one of the energies."""
        some = slice(*self.first[place : place + 2])
        return replace(
            self,
            cos_theta=self.cos_theta[some],
            kappa=None if self.kappa is None else self.kappa[some],
            efficiency=float(np.atleast_1d(self.efficiency)[place]),
            mixture=None if self.mixture is None else self.mixture.take(some),
            events=None,
        )

    @classmethod
    def perfect(cls, passing: ArrayLike = (1,), recoils: ArrayLike = (1,)) -> Self:
        """Exact directions of the `passing` of all `recoils`, both numbers at each energy."""
        events, every = (np.asarray(numbers, np.int64) for numbers in (passing, recoils))
        return cls(np.ones(events.sum()), None, events / every, events=events)

    @classmethod
    def from_predictions(
        cls,
        table: pd.DataFrame,
        fraction_cut: float = 0.0,
        energy: NDArray[np.int64] | None = None,
        recoils: NDArray[np.int64] | None = None,
    ) -> Self:
        """Response from columns true_x/y/z, pred_x/y/z (NaN: omitted) and kappa (NaN: none).

        Columns of a density (`predictions.COMPONENTS`) are used where there are several components.
        `fraction_cut` drops that fraction of the predicted events, smallest kappa first; omitted
        and dropped events lower the efficiency. `energy` is the place of each row's recoil energy;
        None: all have one. `recoils` is the number of recoils at each energy, those included that
        the table lacks because they left the voxel grid; None: it has all of them. Raises
        ValueError for missing columns, no predicted event, fewer recoils than rows, directions of
        no length, or a cut without kappa.
        """
        missing = [name for name in [*TRUE, *PREDICTED, "kappa"] if name not in table]
        if missing:
            raise ValueError(f"prediction table lacks columns {missing}; it has {list(table)}")
        predicted = table[PREDICTED].notna().all(axis=1).to_numpy()
        if not predicted.any():
            raise ValueError("prediction table holds no predicted event (all pred_x/y/z are NaN)")
        kept = table[predicted]
        cos_theta = _cosines(kept[TRUE].to_numpy(float), kept[PREDICTED].to_numpy(float))
        kappa = kept["kappa"].to_numpy(float)
        known = not np.isnan(kappa).all()
        if not known and fraction_cut > 0:
            raise ValueError("a cut on kappa needs kappa, but this method predicts none")
        if known and not (np.isfinite(kappa) & (kappa >= 0)).all():
            raise ValueError("kappa must be finite and >= 0 for every predicted event, or NaN")
        passing = np.arange(len(kept))
        if known:
            n_dropped = min(round(fraction_cut * len(kept)), len(kept) - 1)
            passing = np.argsort(kappa, kind="stable")[n_dropped:]
            if len(passing) < _FEW_EVENTS:
                logger.warning(
                    "kappa cut %g: the response rests on %d events", fraction_cut, len(passing)
                )
        if energy is None:
            energy = np.zeros(len(table), np.int64)
        own = energy[predicted][passing]
        passing = passing[np.argsort(own, kind="stable")]
        every = _all_recoils(energy, recoils)
        events = np.bincount(own, minlength=len(every))
        mixture = density_of(kept) if known and {*COMPONENTS} <= {*kept} else None
        if mixture is not None:
            mixture = mixture.take(passing) if mixture.components > 1 else None
        own_kappa = kappa[passing] if known else None
        return cls(*(cos_theta[passing], own_kappa, events / every, fraction_cut, mixture, events))


def scan_cuts(
    table: pd.DataFrame,
    fractions: tuple[float, ...],
    energy: NDArray[np.int64] | None = None,
    recoils: NDArray[np.int64] | None = None,
) -> list[Response]:
    """Responses for each cut on kappa; only the uncut one for a method without kappa.

    See `Response.from_predictions` for `energy` and `recoils`.
    """
    uncut = Response.from_predictions(table, 0.0, energy, recoils)
    if uncut.kappa is None:
        return [uncut]
    return [Response.from_predictions(table, fraction, energy, recoils) for fraction in fractions]


def _all_recoils(energy: NDArray[np.int64], recoils: NDArray[np.int64] | None) -> NDArray[np.int64]:
    rows = np.bincount(energy, minlength=0 if recoils is None else len(recoils))
    if recoils is None:
        return rows
    if (rows > recoils).any():
        raise ValueError(
            f"{rows.tolist()} events at each energy are more than the recoils of the test set, "
            f"{recoils.tolist()}; run its voxels and predictions again"
        )
    return recoils


def _cosines(true: Array, predicted: Array) -> Array:
    lengths = np.linalg.norm(true, axis=1) * np.linalg.norm(predicted, axis=1)
    bad = ~(lengths > 0)
    if bad.any():
        raise ValueError(
            f"{bad.sum()} of {len(true)} true or predicted directions have no length or are NaN; "
            "an omitted event has NaN in pred_x, pred_y and pred_z and a finite true direction"
        )
    return np.clip((true * predicted).sum(axis=1) / lengths, -1.0, 1.0)
