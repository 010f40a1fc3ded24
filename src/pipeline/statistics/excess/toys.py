"""Pseudo-experiments of the extended Poisson search, in seeded batches that can be merged.

A toy draws its number of events from a Poisson distribution and their scores from weighted
samples, by index. In background-only toys, which p-values come from, the simulated background is
resampled, and its rates and the detector's response vary within their uncertainties. Toys with
signal, whose median is the sensitivity, have the nominal ones. Those of all models at one exposure
share their background events, drawn anew in each set.
"""

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm, poisson

from pipeline.core.progress import Progress
from pipeline.core.seeds import generator
from pipeline.statistics.excess.config import ToySet
from pipeline.statistics.excess.extended_poisson import (
    COUNTING,
    LIKELIHOOD_RATIO,
    likelihood_ratio,
)
from pipeline.statistics.excess.moments import relative_error, resampled_significances
from pipeline.statistics.excess.samples import Samples

Array = NDArray[np.float64]

# Random numbers for a key of words and numbers.
_Rng = Callable[..., np.random.Generator]

BACKGROUND, SIGNAL = "background", "signal"
# What a set of toys is for. Without a model (mass and cross-section 0) are the background-only
# toys that serve all models; those of the likelihood ratio belong to the model that it tests.
KEYS = ["test", "hypothesis", "exposure_t_yr", "mass_GeV", "cross_section_cm2"]


def run_batch(
    samples: Samples,
    sets: Iterable[ToySet],
    seed: int,
    identity: tuple[str, ...],
    batch: int,
) -> pd.DataFrame:
    """Toys of the sets: a row per KEYS with `batch` and `q`, one value a toy.

    Random numbers depend on seed, `identity`, hypothesis, exposure, model and batch only, so
    sets and batches may run in any order and place. Columns `background` and `signal` are
    expected events, `background_uncertainty` is relative, `resampled` of toys with signal holds
    `resampled_significances`, `events_needed` is `Samples.events_needed`, `p_counting` is the exact
    p-value of the median number of events with signal, `counting_err` the error of its
    significance, and `simulated` are `effective_events` of the background.
    """

    def rng(*key: str | float) -> np.random.Generator:
        return generator(seed, *identity, *map(str, key), batch)

    rows: list[dict[str, object]] = []
    for toys in sets:
        size = toys.background_toys + toys.signal_toys
        progress = Progress(
            f"batch {batch}", size * len(toys.cross_sections_cm2), "toys with all models"
        )
        for exposure in toys.cross_sections_cm2:
            if toys.mass_GeV is None:
                rows += _background_alone(samples, toys.background_toys, exposure, rng)
            else:
                rows += _one_mass(samples, toys, toys.mass_GeV, exposure, rng)
            progress.update(size)
        progress.finish()
    uncertainty = samples.background_uncertainty
    simulated = samples.background.effective_events
    return pd.DataFrame(rows).assign(
        batch=batch, background_uncertainty=uncertainty, simulated=simulated
    )


def _background_alone(
    samples: Samples, toys: int, exposure: float, rng: _Rng
) -> list[dict[str, object]]:
    """Rows of an exposure [t yr] without a WIMP model."""
    background, blind = samples.background, samples.blind(exposure)
    events, sums = samples.draw_uncertain(
        rng(BACKGROUND, exposure), exposure, background.values(blind.functions), toys
    )
    label = (BACKGROUND, exposure, 0.0, 0.0, blind.background, 0.0)
    return _rows(label, blind.statistics(events, sums))


def _one_mass(
    samples: Samples, toys: ToySet, mass: float, exposure: float, rng: _Rng
) -> list[dict[str, object]]:
    """The rows of a mass's models at an exposure [t yr]."""
    background, signal = samples.background, samples.signals[mass]
    cross_sections = toys.cross_sections_cm2[exposure]
    b = exposure * background.expected
    expected = exposure * np.array(cross_sections) * signal.expected
    blind = samples.blind(exposure)
    gains = samples.gains(mass, expected, exposure)
    (surprise, gain), (surprise_alone, gain_alone) = (
        (sample.values(blind.functions), sample.values(gains)) for sample in (signal, background)
    )
    _, alone = samples.draw_uncertain(
        rng(BACKGROUND, exposure), exposure, gain_alone, toys.background_toys
    )
    events, sums = background.draw_sums(
        rng(SIGNAL, exposure), b, np.hstack([surprise_alone, gain_alone]), toys.signal_toys
    )
    resampled = resampled_significances(
        samples,
        signal,
        (np.hstack([surprise_alone, gain_alone]), np.hstack([surprise, gain])),
        exposure,
        np.array(cross_sections),
        rng("resampled", exposure, mass),
    )
    typical = np.asarray(poisson.median(b + expected), np.float64)
    counted = samples.number_of_events(exposure).at_least(typical)
    rows = []
    for i, (sigma, s) in enumerate(zip(cross_sections, expected.tolist(), strict=True)):
        more, added = signal.draw_sums(
            rng(SIGNAL, exposure, mass, sigma),
            s,
            np.column_stack([surprise, gain[:, i]]),
            toys.signal_toys,
        )
        both = sums[:, [0, 1, 2 + i]] + added
        model = (exposure, mass, sigma, b, s)
        rows += _rows((BACKGROUND, *model), {LIKELIHOOD_RATIO: likelihood_ratio(alone[:, i], s)})
        with_signal = _rows(
            (SIGNAL, *model),
            blind.statistics(events + more, both[:, :2])
            | {LIKELIHOOD_RATIO: likelihood_ratio(both[:, 2], s)},
        )
        needed = samples.events_needed(mass, s / b)
        error = norm.isf(counted[i]) * relative_error(resampled[COUNTING][:, i])
        for row in with_signal:
            row["p_counting"], row["counting_err"] = counted[i], abs(error)
            row["resampled"] = resampled[str(row["test"])][:, i].astype(np.float32)
            row["events_needed"] = needed if row["test"] == LIKELIHOOD_RATIO else 0
        rows += with_signal
    return rows


def merge(batches: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Join the toys of batches: one row per KEYS, `q` in the order of the batch numbers.

    Raises ValueError if a batch is there twice or batches differ in exposures, models or expected
    events.
    """
    every = pd.concat(list(batches), ignore_index=True).sort_values([*KEYS, "batch"])
    twice = every.duplicated([*KEYS, "batch"])
    if twice.any():
        raise ValueError(
            f"batch {every[twice].iloc[0]['batch']} is given twice; merge each batch once"
        )
    of_key = every.groupby(KEYS, sort=True)
    joined = of_key.agg(
        background=("background", "first"),
        signal=("signal", "first"),
        background_uncertainty=("background_uncertainty", "first"),
        events_needed=("events_needed", "first"),
        p_counting=("p_counting", "first"),
        counting_err=("counting_err", "first"),
        simulated=("simulated", "first"),
        q=("q", lambda parts: np.concatenate(list(parts))),
        resampled=("resampled", lambda parts: np.concatenate(list(parts))),
        batches=("batch", tuple),
    )
    # Processors differ in last digits.
    expected = of_key[["background", "signal", "background_uncertainty"]]
    same = np.allclose(expected.min(), expected.max(), rtol=1e-9, atol=0)
    if joined["batches"].nunique() > 1 or not same:
        raise ValueError(
            "batches were made with different settings or scores; run them again with the same"
        )
    return joined.drop(columns="batches").reset_index()


def _rows(label: tuple[object, ...], found: dict[str, Array]) -> list[dict[str, object]]:
    """A row for each test; `label` has the other KEYS, then the expected events."""
    names = dict(zip([*KEYS[1:], "background", "signal"], label, strict=True))
    rest = {"resampled": np.empty(0, np.float32), "events_needed": 0}
    rest |= {"p_counting": np.nan, "counting_err": np.nan}
    return [{"test": test, **names, "q": q.astype(np.float32), **rest} for test, q in found.items()]
