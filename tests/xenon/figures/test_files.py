"""Every figure of the xenon chain as files, with its caption."""

import pytest
from helpers.made_search import (
    BENCHMARK,
    SEARCH,
    made_scores,
    made_search,
    made_separation,
    made_trigger,
    made_weighted,
)

from pipeline.xenon.figures.classifier import draw_classifier
from pipeline.xenon.figures.latent import draw_latent
from pipeline.xenon.figures.map import draw_map
from pipeline.xenon.figures.scores import draw_scores
from pipeline.xenon.figures.significance import draw_significance
from pipeline.xenon.figures.statistic import draw_statistic
from pipeline.xenon.figures.trigger import draw_trigger

LEVELS = (1.0, 2.0, 3.0)


@pytest.fixture(scope="module")
def drawings():
    scores = made_scores()
    toys, significance = made_search()
    ts = {"ER": scores["ts"].to_numpy(), "wimp 20GeV": scores["ts"].to_numpy()}
    return {
        "xenon_classifier": lambda: draw_classifier(*made_separation()),
        "xenon_latent": lambda: draw_latent({"ER": scores}),
        "xenon_map": lambda: draw_map(significance, SEARCH.map, LEVELS),
        "xenon_scores": lambda: draw_scores(ts, made_weighted(), BENCHMARK, 200.0),
        "xenon_significance": lambda: draw_significance(significance, BENCHMARK, LEVELS),
        "xenon_statistic": lambda: draw_statistic(toys, BENCHMARK, 20.0),
        "xenon_trigger": lambda: draw_trigger(made_trigger()),
    }


@pytest.mark.parametrize(
    "name",
    [
        "xenon_classifier",
        "xenon_latent",
        "xenon_map",
        "xenon_scores",
        "xenon_significance",
        "xenon_statistic",
        "xenon_trigger",
    ],
)
def test_a_file_of_each_kind_and_a_caption(name, drawings, check_figure):
    check_figure(name, drawings[name])
