"""Made-up results of the xenon search, in tables of the functions that the rules use."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.statistics.excess.config import Wimp
from pipeline.statistics.excess.coverage import coverage
from pipeline.statistics.excess.data import observe
from pipeline.statistics.excess.extended_poisson import (
    ANOMALY,
    COUNTING,
    LIKELIHOOD_RATIO,
    SHAPE,
)
from pipeline.statistics.excess.limit_coverage import limit_coverage
from pipeline.statistics.excess.limits import upper_limits
from pipeline.statistics.excess.nuisance import against_uncertainty
from pipeline.statistics.excess.scan import global_significances
from pipeline.statistics.excess.search import significances
from pipeline.statistics.excess.shifts import shifts
from pipeline.statistics.excess.toys import merge, run_batch
from pipeline.xenon.config.rates import Rates
from pipeline.xenon.config.search import Coverage, Search, WimpMap
from pipeline.xenon.darwin.accuracy import accuracy_table
from pipeline.xenon.darwin.separation import roc_table
from pipeline.xenon.rates.checks import independent
from pipeline.xenon.rates.choices import ratios_table, seeds_table
from pipeline.xenon.rates.goodness_of_fit import goodness_of_fit
from pipeline.xenon.rates.measured import CS1, LOG_RATIO, SCORE
from pipeline.xenon.rates.simulated import SimulatedRecoils, recoils_of
from pipeline.xenon.rates.trigger import TriggerOutcome, trigger_table
from pipeline.xenon.rates.weighted_scores import search_samples, weighted_scores

BENCHMARK = Wimp()
SEARCH = Search(
    exposures_t_yr=(1, 5, 20),
    map=WimpMap(
        exposure_t_yr=20,
        masses_GeV=(20, 50, 500),
        # Not in order: users may give them in any order.
        cross_sections_cm2=(1e-46, 1e-47),
    ),
    background_toys=100,
    signal_toys=100,
)


RATES = Rates(electron_recoils_keV=(1.0, 7.5), nuclear_recoils_keV=(1.0, 60.0))


def uniform(low_keV: float, high_keV: float) -> dict[str, object]:
    """The plain block of a spectrum that is uniform in energy."""
    return {"kind": "uniform", "low_keV": low_keV, "high_keV": high_keV}


def made_scores(n: int = 1500, high_keV: tuple[float, float] = (100.0, 100.0)) -> pd.DataFrame:
    """A table of scores: ER, then NR above 5 keV; scores and latent means depend on energy."""
    rng = np.random.default_rng(1)
    recoil = np.repeat([0, 1], n).astype(np.uint8)
    energy = np.concatenate([rng.uniform(low, high_keV[i], n) for i, low in enumerate((1.0, 5.0))])
    logit = rng.normal(4.0 * recoil - 2, 1)
    latent = np.column_stack([rng.normal(0, 0.1, 2 * n), energy / 10, rng.normal(0, 1, 2 * n)])
    return pd.DataFrame(
        {
            "event_id": np.arange(2 * n),
            "recoil": recoil,
            "energy_keV": energy,
            "triggered": True,
            "cs1_photons": 5 * energy,
            "stands_for": 1.0,
            "logit": logit,
            "ts": 100 + energy + 5 * logit,
            "latent_mean": list(latent),
        }
    )


def made_background() -> pd.DataFrame:
    """Scores of the background's samples; some electronic recoils have those of nuclear ones."""
    events = made_scores(high_keV=(7.5, 60.0))
    events.loc[:1499:75, "ts"] += 20
    return events


def made_weighted() -> pd.DataFrame:
    """Weighted scores for the masses of the search; nuclear recoils below 5 keV do not trigger."""
    events = made_background()
    unseen = np.linspace(1, 5, 1500 * 4 // 55, endpoint=False)
    return weighted_scores(events, RATES, SEARCH.map.masses_GeV, made_recoils(events, unseen))


def made_recoils(
    events: pd.DataFrame, unseen_keV: NDArray[np.float64]
) -> dict[str, SimulatedRecoils]:
    """Events, which are selected, and nuclear recoils that are not; both kinds even in energy."""
    unseen = pd.DataFrame({"recoil": np.uint8(1), "energy_keV": unseen_keV, "stands_for": 1.0})
    simulated = pd.concat([events, unseen])
    selected = np.arange(len(simulated)) < len(events)
    return recoils_of(simulated, selected, {"ER": uniform(1, 7.5), "NR": uniform(1, 60)})


def made_search() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Merged pseudo-experiments and the significances they give."""
    samples = search_samples(made_weighted(), RATES)
    toys = merge([run_batch(samples, SEARCH.toy_sets().values(), 1, ("plots",), 0)])
    return toys, significances(toys)


def made_significances(score: NDArray[np.float64]) -> pd.DataFrame:
    """Significances of all tests that are 1, 2, 3 and 4 times the mean score."""
    tests = [ANOMALY, COUNTING, LIKELIHOOD_RATIO, SHAPE]
    found = pd.DataFrame({"test": tests, "significance": np.arange(1, 5) * score.mean()})
    return found.assign(significance_err=0.1, exposure_t_yr=20.0, **BENCHMARK.plain())


def made_choices() -> dict[str, pd.DataFrame]:
    """Tables of significances by seed of the networks, 1 to 3, and by R, of which 2 is chosen."""
    ones = np.ones(10)
    events = pd.DataFrame({"ts": 3 * ones, "beta": 1.0, "ratio": 2.0})
    events = events.assign(kl=1.0, reconstruction=0.5, reconstruction_drawn=0.75, logit=0.0)
    scored = {seed: events.assign(ts=ts * ones) for seed, ts in ((1, 3.0), (2, 4.0), (3, 5.0))}
    return {
        "seeds": seeds_table(scored, made_significances),
        "ratios": ratios_table(events, [0.0, 2.0, 30.0], made_significances),
    }


def made_checks() -> dict[str, pd.DataFrame]:
    """Tables of coverage, of limits, of the background's uncertainty and of data, by file name."""
    samples = search_samples(made_weighted(), RATES)
    uncertain = against_uncertainty(samples, BENCHMARK, 20.0, (0.0, 0.05), (200, 100), 1)
    parts, exposure = independent([samples], 20.0, Coverage(parts=3))
    covered = coverage(parts, BENCHMARK, exposure, 200, 1)
    true = [BENCHMARK.cross_section_cm2]
    of_limits = limit_coverage(parts, BENCHMARK.mass_GeV, true, exposure, 0.9, 100, 1)
    data = made_scores(20, (7.5, 60.0))["ts"].to_numpy()
    observed = observe(samples, BENCHMARK, 20.0, data, (100, 100), 1)
    fit = goodness_of_fit(samples, *made_measured(), BENCHMARK, 20.0, 100, 1)
    return {
        "coverage": covered,
        "limit_coverage": of_limits,
        "limits": upper_limits(samples, 20.0, 0.9, 100, 1, data),
        "response_uncertainty": shifts(
            samples, BENCHMARK, 20.0, {("g1", 0.02): np.full(3000, 1.01)}
        ),
        "trials": global_significances(samples, {50.0: 1e-46}, 20.0, 100, 1),
        "background_uncertainty": uncertain,
        "observed": observed.assign(primary=True, global_p_value=0.5, outside_region=3),
        "goodness_of_fit": fit["goodness"],
        "observed_histograms": fit["histograms"],
    }


def made_measured() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Quantities of the simulated events of `made_weighted`, and of observed ones."""
    scores = (made_scores(high_keV=(7.5, 60.0)), made_scores(20, (7.5, 60.0)))
    simulated, observed = (
        table[[SCORE, CS1]].assign(**{LOG_RATIO: 2 - 0.1 * table["logit"]}) for table in scores
    )
    return simulated, observed


def made_separation() -> tuple[pd.DataFrame, pd.DataFrame]:
    """ROC curves and accuracies of two sets."""
    scores = made_scores()
    return roc_table(scores), accuracy_table({"validation": scores, "test": scores[::2]})


def made_trigger() -> pd.DataFrame:
    """Above 3 keV all events trigger, half of the others leave an S2; the region ends at 8 keV."""
    energy = np.geomspace(1, 10, 3000)
    seen = energy > 3
    s2_only = ~seen & (np.arange(3000) % 2 == 0)
    seen = TriggerOutcome(energy, seen, s2_only, seen & (energy < 8), np.ones(3000))
    return trigger_table({"ER": seen, "NR": seen}, {"ER": (1.0, 10.0), "NR": (1.0, 10.0)})
