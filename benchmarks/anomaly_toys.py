"""Speed of the extended Poisson search's pseudo-experiments.

One thread. Usage: python benchmarks/anomaly_toys.py [--events N] [--toys N] [--models N], the
background events of a toy, toys per hypothesis and WIMP models of the map.
"""

import time

import numpy as np
from machine import describe_machine
from options import parsed

from pipeline.statistics.excess.samples import Samples
from pipeline.statistics.excess.search import significances
from pipeline.statistics.excess.toys import merge, run_batch
from pipeline.statistics.excess.weighted_scores import WeightedScores
from pipeline.xenon.config.search import Search, WimpMap

SIMULATED = 10_000  # events of each kind


def main() -> None:
    """Print toys per second for one model and for a map, and what the tests make of them."""
    arguments = parsed(__doc__, events=6500.0, toys=10_000, models=64)
    print(describe_machine())
    samples = _samples(arguments.events / 200)
    warm_up = Search(map=WimpMap(masses_GeV=()), background_toys=100, signal_toys=100)
    run_batch(samples, warm_up.toy_sets().values(), 1, ("benchmark",), 0)  # compiles
    for models in (0, arguments.models):
        cross_sections = tuple(np.geomspace(1e-48, 1e-47, models)) if models else ()
        search = Search(
            exposures_t_yr=(200.0,),
            map=WimpMap(masses_GeV=(50.0,), cross_sections_cm2=cross_sections),
            background_toys=arguments.toys,
            signal_toys=arguments.toys,
        )
        start = time.perf_counter()
        toys = run_batch(samples, search.toy_sets().values(), 1, ("benchmark",), 0)
        seconds = time.perf_counter() - start
        print(
            f"{2 * arguments.toys} toys of {arguments.events:g} events, {models + 1} models: "
            f"{seconds:.1f} s, {2 * arguments.toys / seconds:,.0f} toys/s"
        )
        if not models:
            start = time.perf_counter()
            table = significances(merge([toys]))
            print(table.drop(columns=["mass_GeV", "cross_section_cm2"]).to_string(index=False))
            print(f"significances: {time.perf_counter() - start:.2f} s")


def _samples(background_per_t_yr: float) -> Samples:
    """Overlapping scores; one event in 700 of the background is a nuclear recoil's."""
    rng = np.random.default_rng(1)
    score = np.concatenate([rng.gamma(4, 20, SIMULATED), rng.gamma(5, 20, SIMULATED)])
    weight = np.repeat([1.0, 1 / 700], SIMULATED)
    background = WeightedScores(score, weight * background_per_t_yr / weight.sum())
    signal = WeightedScores(rng.gamma(5, 20, SIMULATED), np.full(SIMULATED, 2.2e47 / SIMULATED))
    return Samples.cross_fitted(background, {Search().benchmark.mass_GeV: signal})


if __name__ == "__main__":
    main()
