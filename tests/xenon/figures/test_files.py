"""Every figure of the anomaly search as files."""

import pytest
from helpers.made_search import (
    BENCHMARK,
    SEARCH,
    made_checks,
    made_choices,
    made_measured,
    made_scores,
    made_search,
    made_separation,
    made_trigger,
    made_weighted,
)

from pipeline.xenon.config.rates import Rates
from pipeline.xenon.config.region import Region
from pipeline.xenon.figures.classifier import draw_classifier
from pipeline.xenon.figures.coverage import draw_coverage
from pipeline.xenon.figures.latent import draw_latent
from pipeline.xenon.figures.limits import draw_limits
from pipeline.xenon.figures.map import draw_map
from pipeline.xenon.figures.network_seeds import draw_network_seeds
from pipeline.xenon.figures.observed import draw_observed
from pipeline.xenon.figures.ratios import draw_ratios
from pipeline.xenon.figures.scores import draw_scores
from pipeline.xenon.figures.significance import draw_significance
from pipeline.xenon.figures.stacked import draw_stacked
from pipeline.xenon.figures.statistic import draw_statistic
from pipeline.xenon.figures.trigger import draw_trigger
from pipeline.xenon.figures.uncertainty import draw_uncertainty
from pipeline.xenon.rates.weighted_scores import search_samples

LEVELS = (1.0, 2.0, 3.0)


@pytest.fixture
def drawings():
    scores = made_scores()
    toys, significance = made_search()
    ts = {"ER": scores["ts"].to_numpy(), "wimp 20GeV": scores["ts"].to_numpy()}
    weighted, checks, choices = made_weighted(), made_checks(), made_choices()
    samples = search_samples(weighted, Rates())
    simulated, observed = made_measured()
    simulated = simulated.assign(background=1.0, signal=1.0)
    tables = checks["goodness_of_fit"], checks["observed_histograms"]
    return {
        "observed": lambda: draw_observed(tables, observed, simulated, Region(), BENCHMARK),
        "coverage": lambda: draw_coverage(checks["coverage"]),
        "uncertainty": lambda: draw_uncertainty(checks["background_uncertainty"]),
        "classifier": lambda: draw_classifier(*made_separation()),
        "latent": lambda: draw_latent({"ER": scores}),
        "limits": lambda: draw_limits(checks["limits"], significance, SEARCH.map, LEVELS),
        "map": lambda: draw_map(significance, SEARCH.map, LEVELS),
        "network_seeds": lambda: draw_network_seeds(choices["seeds"]),
        "ratios": lambda: draw_ratios(choices["ratios"]),
        "scores": lambda: draw_scores(ts, weighted, BENCHMARK, 200.0),
        "significance": lambda: draw_significance(significance, BENCHMARK, LEVELS),
        "stacked": lambda: draw_stacked(weighted, samples, [BENCHMARK], 200.0),
        "statistic": lambda: draw_statistic(toys, significance, BENCHMARK, 20.0),
        "trigger": lambda: draw_trigger(made_trigger()),
    }


@pytest.mark.slow  # the run of the xenon chain draws each of them once
def test_a_file_of_each_kind(drawings, check_figure):
    for name, draw in drawings.items():
        check_figure(name, draw)
