"""Significance against the uncertainty of the background."""

import pandas as pd

from pipeline.statistics.excess.nuisance import COMMON, COMPONENTS, NOTHING
from pipeline.xenon.figures.uncertainty import draw_uncertainty


def test_a_search_that_knows_all_is_drawn_apart():
    table = pd.DataFrame(
        {
            "uncertainty_of": [NOTHING, COMMON, COMMON, COMPONENTS],
            "test": "counting",
            "background_uncertainty": [0.0, 0.0, 0.05, 0.026],
            "significance": [3.0, 1.5, 0.7, 1.0],
            "significance_err": 0.1,
        }
    )
    (axis,) = draw_uncertainty(table).axes
    points = {tuple(line.get_ydata()): list(line.get_xdata()) for line in axis.lines}
    assert points[3.0,][0] < 0
    assert points[1.5, 0.7] == [0, 5]
    assert [label.get_text() for label in axis.get_xticklabels()] == ["all\nknown", "0", "5"]
