"""Weights that turn simulated events into those of a slightly different response.

Photons and electrons are detected independently of each other, so that g1, extraction and lifetime
change the distribution of two numbers only, binomial ones: given the number of detected photons or
extracted electrons all else in an event is as before. The weight is the ratio of two binomial
probabilities, exact to the 1e-5 of S1's light that is lost after its window. Yields change the
share of electrons among the quanta, whose distribution at each energy is tilted exponentially
(which moves its mean and keeps its width, to first order) or widened.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import nestpy
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import xlog1py, xlogy

from pipeline.core.parquet_io import open_parquet
from pipeline.xenon.config.detector import Detector, Liquid
from pipeline.xenon.config.response import Quantity
from pipeline.xenon.config.samples import Recoil
from pipeline.xenon.events.nest import INTERACTIONS
from pipeline.xenon.events.raw import recoil_code
from pipeline.xenon.response.electroluminescence import charge_constants

Array = NDArray[np.float64]

COLUMNS = ["event_id", "recoil", "energy_keV", "photons", "electrons", "depth_cm"]
COLUMNS += ["drift_time_us", "s1_photons_detected", "electrons_extracted", "triggered"]

EVENTS_PER_BIN = 200  # of energy, in which mean and width of the electrons' share are measured


def read_counts(shards: Sequence[str | Path]) -> pd.DataFrame:
    """COLUMNS of the events of response shards; ValueError where one is damaged."""
    parts = []
    for path in shards:
        with open_parquet(path, "response shard") as file:
            parts.append(file.read(columns=COLUMNS).to_pandas())
    return pd.concat(parts, ignore_index=True)


def ratios(events: pd.DataFrame, quantity: Quantity, change: float, detector: Detector) -> Array:
    """Weights (n,) of events if a quantity of `detector` were larger by a relative `change`.

    Args:
        events: COLUMNS of all events of a sample of electronic and one of nuclear recoils, those
            that do not trigger too.
        quantity: what changes.
        change: relative change, of both signs.
        detector: detector of the events.
    """
    return _RATIOS[quantity](events, change, detector)


def _of_g1(events: pd.DataFrame, change: float, detector: Detector) -> Array:
    height = 1 - events["depth_cm"].to_numpy(float) / detector.geometry.height_cm
    collection = np.polynomial.Polynomial(detector.s1.collection)
    p = np.asarray(detector.s1.g1 * collection(height), np.float64)
    return _binomial(events["photons"], events["s1_photons_detected"], p, p * (1 + change))


def _of_extraction(events: pd.DataFrame, change: float, detector: Detector) -> Array:
    p = _survival(events, detector)
    return _binomial(events["electrons"], events["electrons_extracted"], p, p * (1 + change))


def _of_lifetime(events: pd.DataFrame, change: float, detector: Detector) -> Array:
    other = _survival(events, detector, 1 + change)
    p = _survival(events, detector)
    return _binomial(events["electrons"], events["electrons_extracted"], p, other)


def _survival(events: pd.DataFrame, detector: Detector, longer: float = 1.0) -> Array:
    """Probabilities (n,) of an electron to leave the liquid, of a `longer` lifetime."""
    charge = charge_constants(detector)
    drift = events["drift_time_us"].to_numpy(float)
    return charge.extraction * np.exp(-drift / (charge.lifetime * longer))


def _binomial(numbers: pd.Series, detected: pd.Series, p: Array, other: Array) -> Array:
    """Ratio of the probabilities of `detected` out of `numbers` (n,) by `other` and by p."""
    n, k = numbers.to_numpy(float), detected.to_numpy(float)
    # A probability is at most 1; the last digit keeps the logarithm finite.
    other = np.minimum(other, 1 - 1e-9)
    return np.exp(xlogy(k, other / p) + xlog1py(n - k, -other) - xlog1py(n - k, -p))


def _of_field(events: pd.DataFrame, change: float, detector: Detector) -> Array:
    liquid = detector.liquid
    other = liquid.model_copy(update={"field_V_per_cm": liquid.field_V_per_cm * (1 + change)})

    def shift(recoil: Recoil, energy_keV: Array) -> Array:
        here, there = (electron_share(recoil, energy_keV, of) for of in (liquid, other))
        return np.asarray(there - here, np.float64)

    return _tilted(events, ("er", "nr"), shift)


def electron_share(recoil: Recoil, energies_keV: Array, liquid: Liquid) -> Array:
    """NEST's mean share of electrons among the quanta of recoils [n]."""
    nest = nestpy.NESTcalc(nestpy.detectors.VDetector())
    yields = [
        nest.GetYields(
            interaction=INTERACTIONS[recoil],
            energy=energy,
            density=liquid.density_g_per_cm3,
            drift_field=liquid.field_V_per_cm,
        )
        for energy in energies_keV.tolist()
    ]
    return np.array([y.ElectronYield / (y.ElectronYield + y.PhotonYield) for y in yields])


def _of_charge_yield(recoil: Recoil) -> Callable[[pd.DataFrame, float, Detector], Array]:
    def of(events: pd.DataFrame, change: float, detector: Detector) -> Array:
        return _tilted(
            events, (recoil,), lambda own, e: change * electron_share(own, e, detector.liquid)
        )

    return of


def _tilted(
    events: pd.DataFrame, recoils: Sequence[Recoil], shift: Callable[[Recoil, Array], Array]
) -> Array:
    """Weights that move the mean share of electrons by `shift` (of recoil and energies [keV])."""

    def log_weight(recoil: Recoil, energy_keV: Array, standard: Array, width: Array) -> Array:
        return shift(recoil, energy_keV) / width * standard

    return _by_energy(events, recoils, log_weight)


def _of_fluctuation(events: pd.DataFrame, change: float, _detector: Detector) -> Array:
    """A normal distribution of a width larger by `change`, over one of the width that is there."""

    def log_weight(_recoil: Recoil, _energy: Array, standard: Array, _width: Array) -> Array:
        return standard**2 / 2 * (1 - (1 + change) ** -2)

    return _by_energy(events, ("er",), log_weight)


def _by_energy(
    events: pd.DataFrame,
    recoils: Sequence[Recoil],
    log_weight: Callable[[Recoil, Array, Array, Array], Array],
) -> Array:
    """Weights of mean one in each bin of energy.

    `log_weight` takes the recoil, energies, standardised shares of electrons and their widths in
    the bin. The share's trend within a bin is a straight line.
    """
    found = np.ones(len(events))
    quanta = (events["photons"] + events["electrons"]).to_numpy(float)
    share = events["electrons"].to_numpy(float) / np.maximum(quanta, 1)
    energy, code = events["energy_keV"].to_numpy(float), events["recoil"].to_numpy()
    for recoil in recoils:
        rows = np.flatnonzero(code == recoil_code(recoil))
        rows = rows[np.argsort(energy[rows], kind="stable")]
        for own in np.array_split(rows, max(len(rows) // EVENTS_PER_BIN, 1)) if len(rows) else ():
            line = np.polynomial.Polynomial.fit(energy[own], share[own], 1)
            rest = share[own] - line(energy[own])
            width = np.full(len(own), max(float(rest.std()), 1e-9))
            weight = np.exp(log_weight(recoil, energy[own], rest / width, width))
            found[own] = weight / weight.mean()
    return found


_RATIOS: Mapping[Quantity, Callable[[pd.DataFrame, float, Detector], Array]] = {
    "g1": _of_g1,
    "extraction": _of_extraction,
    "lifetime": _of_lifetime,
    "field": _of_field,
    "er_charge_yield": _of_charge_yield("er"),
    "nr_charge_yield": _of_charge_yield("nr"),
    "er_fluctuation": _of_fluctuation,
}
