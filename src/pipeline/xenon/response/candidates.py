"""Which of many electronic recoils are simulated in full: more of those like nuclear recoils.

A search knows its background no better than it knows the few electronic recoils that look like
nuclear ones. They have little charge for their light, which shows before S2 is simulated, the slow
part of the response. Recoils are therefore taken with unequal probabilities, and each stands for
the inverse of its own (Horvitz and Thompson 1952, J. Am. Stat. Assoc. 47, 663).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from pipeline.xenon.response.bands import EVENTS_PER_BIN, standardised

Array = NDArray[np.float64]

LEAKAGE = 0.25  # share of the probability that goes by rarity
RAREST = 1e-4  # recoils of which there are fewer are preferred no more than these


def take(
    light: Array, charge: Array, seen: NDArray[np.bool_], number: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], Array]:
    """Indices (number,) of the recoils that are taken, rising, and what each stands for (number,).

    The recoils must be of one sample, in random order. Light and charge make a band, and u is the
    normal tail probability of a recoil's distance below it. Recoils are taken with probabilities
    proportional to 1 - LEAKAGE + LEAKAGE / (u ln(1 / RAREST)), one at most. A sum over those that
    are taken, times what they stand for, has the expected value of the same sum over all, times
    `number` / n.

    Args:
        light: S1 photons over the light collection (n,).
        charge: extracted electrons, corrected for the lifetime (n,).
        seen: which recoils have an S1 in coincidence; the others are not preferred.
        number: recoils to take.
        rng: random numbers.
    """
    usable = seen & (charge > 0)
    preferred = np.ones(len(light))
    if usable.sum() >= EVENTS_PER_BIN:
        log_light, log_ratio = np.log(light[usable]), np.log(charge[usable] / light[usable])
        standard, _, _ = standardised(log_light, log_ratio, np.ones(len(log_light)))
        tail = np.maximum(ndtr(standard), RAREST)
        preferred[usable] = 1 - LEAKAGE + LEAKAGE / (tail * np.log(1 / RAREST))
    probability = _probabilities(preferred, number)
    reached = np.cumsum(probability) + rng.random()
    taken = np.flatnonzero(np.diff(np.floor(reached), prepend=0.0) > 0)[:number]
    return taken, number / len(light) / probability[taken]


def _probabilities(preferred: Array, number: int) -> Array:
    """Proportional to `preferred` (n,), one at most, with the sum `number`."""
    probability = np.zeros(len(preferred))
    while True:
        rest = probability < 1
        left = number - np.sum(~rest)
        probability[rest] = left * preferred[rest] / preferred[rest].sum()
        if (probability <= 1).all():
            return probability
        probability = np.minimum(probability, 1)
