"""Weights that turn simulated events into those of a slightly different response.

Photons and electrons are detected independently of each other, so that g1, extraction and lifetime
change the distribution of two numbers only, binomial ones: given the number of detected photons or
extracted electrons all else in an event is as before. The weight is the ratio of two binomial
probabilities, exact to the 1e-5 of S1's light that is lost after its window. Yields change the
share of electrons among the quanta, whose distribution at each energy is tilted exponentially
(which moves its mean and keeps its width, to first order) or widened. Photons, electrons and shares
change independently of each other: their weights are factors.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations, combinations_with_replacement, product
from math import prod
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
from pipeline.xenon.response.bands import standardised
from pipeline.xenon.response.electroluminescence import charge_constants
from pipeline.xenon.response.scintillation import light_collection

Array = NDArray[np.float64]

COLUMNS = ["event_id", "recoil", "energy_keV", "photons", "electrons", "depth_cm"]
COLUMNS += ["drift_time_us", "s1_photons_detected", "electrons_extracted", "triggered"]
COLUMNS += ["stands_for"]

ENERGIES = 500  # at which NEST gives the electrons' mean share; between them it is interpolated

Changes = Mapping[Quantity, float]


def read_counts(shards: Sequence[str | Path]) -> pd.DataFrame:
    """COLUMNS of the events of response shards; ValueError where one is damaged."""
    parts = []
    for path in shards:
        with open_parquet(path, "response shard") as file:
            parts.append(file.read(columns=COLUMNS).to_pandas())
    return pd.concat(parts, ignore_index=True)


def ratios(events: pd.DataFrame, changes: Changes, detector: Detector) -> Array:
    """Weights (n,) of events if quantities of `detector` were larger.

    Args:
        events: COLUMNS of all events of a sample of electronic and one of nuclear recoils, those
            that do not trigger too.
        changes: relative changes, of both signs, by quantity.
        detector: detector of the events.

    Raises:
        ValueError: weights are not finite, as of a probability below zero.
    """
    return np.exp(_log_ratios(events, changes, detector))


def cubic_terms(
    events: pd.DataFrame, uncertainties: Changes, detector: Detector
) -> dict[tuple[Quantity, ...], Array]:
    """ln of the weights as a polynomial: the coefficient (n,) of each product of parameters.

    A parameter is the change of a quantity over its relative uncertainty. Keys hold a quantity for
    each parameter of the product: up to three, of which two differ at most. The polynomial of each
    factor is fitted to changes by one and two uncertainties, and by 1.5 of two quantities.
    `events` and `detector` are as in `ratios`; see there for exceptions.
    """
    terms: dict[tuple[Quantity, ...], Array] = {}
    for quantities in _FACTORS:
        own = [quantity for quantity in uncertainties if quantity in quantities]
        points = [{one: steps} for one in own for steps in (-2.0, -1.0, 1.0, 2.0)]
        points += [
            {one: up, other: right}
            for one, other in combinations(own, 2)
            for up, right in product((-1.5, 1.5), repeat=2)
        ]
        products = [
            names
            for order in (1, 2, 3)
            for names in combinations_with_replacement(own, order)
            if len(set(names)) <= 2
        ]
        if not points:
            continue
        values = [
            _log_ratios(events, {name: at[name] * uncertainties[name] for name in at}, detector)
            for at in points
        ]
        design = [
            [prod(at.get(name, 0.0) for name in names) for names in products] for at in points
        ]
        terms |= zip(products, np.linalg.pinv(np.array(design)) @ np.array(values), strict=True)
    return terms


def _log_ratios(events: pd.DataFrame, changes: Changes, detector: Detector) -> Array:
    """Sum over the factors that change; the others are one."""
    found = np.zeros(len(events))
    for quantities, log_ratio in _FACTORS.items():
        if changes.keys() & quantities:
            found += log_ratio(events, changes, detector)
    if not np.isfinite(found).all():
        changed = ", ".join(f"{name} by {change:+.0%}" for name, change in changes.items())
        raise ValueError(
            f"{np.sum(~np.isfinite(found))} of {len(found)} simulated events have no finite weight "
            f"in a response with {changed}. Make search.response_uncertainties smaller, or check "
            "g1, extraction and lifetime of the detector"
        )
    return found


def _of_photons(events: pd.DataFrame, changes: Changes, detector: Detector) -> Array:
    p = detector.s1.g1 * light_collection(detector, events["depth_cm"].to_numpy())
    return _binomial(events["photons"], events["s1_photons_detected"], p, p * (1 + changes["g1"]))


def _of_electrons(events: pd.DataFrame, changes: Changes, detector: Detector) -> Array:
    other = _survival(events, detector, 1 + changes.get("lifetime", 0.0))
    other *= 1 + changes.get("extraction", 0.0)
    p = _survival(events, detector)
    return _binomial(events["electrons"], events["electrons_extracted"], p, other)


def _survival(events: pd.DataFrame, detector: Detector, longer: float = 1.0) -> Array:
    """Probabilities (n,) of an electron to leave the liquid, of a `longer` lifetime."""
    charge = charge_constants(detector)
    drift = events["drift_time_us"].to_numpy(float)
    return charge.extraction * np.exp(-drift / (charge.lifetime * longer))


def _binomial(numbers: pd.Series, detected: pd.Series, p: Array, other: Array) -> Array:
    """ln of the ratio of the probabilities of `detected` of `numbers` (n,) by `other` and by p."""
    n, k = numbers.to_numpy(float), detected.to_numpy(float)
    # A probability is at most 1; the last digit keeps the logarithm finite.
    other = np.minimum(other, 1 - 1e-9)
    return np.asarray(xlogy(k, other / p) + xlog1py(n - k, -other) - xlog1py(n - k, -p), np.float64)


def _of_shares(events: pd.DataFrame, changes: Changes, detector: Detector) -> Array:
    """Shares of electrons are tilted, which moves their mean, and widened, at each energy."""
    liquid = detector.liquid
    field_V_per_cm = liquid.field_V_per_cm * (1 + changes.get("field", 0.0))
    other = liquid.model_copy(update={"field_V_per_cm": field_V_per_cm})
    longer: dict[Recoil, float] = {
        "er": changes.get("er_charge_yield", 0.0),
        "nr": changes.get("nr_charge_yield", 0.0),
    }
    wider: dict[Recoil, float] = {"er": changes.get("er_fluctuation", 0.0), "nr": 0.0}
    quanta = (events["photons"] + events["electrons"]).to_numpy(float)
    share = events["electrons"].to_numpy(float) / np.maximum(quanta, 1)
    energy, code = events["energy_keV"].to_numpy(float), events["recoil"].to_numpy()
    stands_for = events["stands_for"].to_numpy(float)
    found = np.zeros(len(events))
    for recoil, more in longer.items():
        rows = np.flatnonzero(code == recoil_code(recoil))
        if not len(rows):
            continue
        here, there = (_interpolated_share(recoil, energy[rows], of) for of in (liquid, other))
        weight = stands_for[rows]
        standard, width, cell = standardised(energy[rows], share[rows], weight)
        log = (there - here + more * here) / width * standard
        log += standard**2 / 2 * (1 - (1 + wider[recoil]) ** -2)
        mean = np.bincount(cell, weight * np.exp(log)) / np.bincount(cell, weight)
        found[rows] = log - np.log(mean[cell])
    return found


def _interpolated_share(recoil: Recoil, energy_keV: Array, liquid: Liquid) -> Array:
    """`electron_share`, which is smooth, between ENERGIES of those given (n,)."""
    nodes = np.geomspace(energy_keV.min(), energy_keV.max(), ENERGIES)
    return np.interp(energy_keV, nodes, electron_share(recoil, nodes, liquid))


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


# What a factor of the weights depends on, and its logarithm.
_FACTORS: Mapping[frozenset[Quantity], Callable[[pd.DataFrame, Changes, Detector], Array]] = {
    frozenset(("g1",)): _of_photons,
    frozenset(("extraction", "lifetime")): _of_electrons,
    frozenset(("field", "er_charge_yield", "nr_charge_yield", "er_fluctuation")): _of_shares,
}
