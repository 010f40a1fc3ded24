"""Figures of the significance by seed of the networks and by R."""

from helpers.made_search import made_choices

from pipeline.statistics.excess.extended_poisson import ANOMALY
from pipeline.xenon.figures.looks import LOOKS, NAMES
from pipeline.xenon.figures.network_seeds import draw_network_seeds
from pipeline.xenon.figures.ratios import draw_ratios
from pipeline.xenon.rates.choices import AT_MEAN, DRAWN


def test_every_seed_has_a_point_beside_mean_and_spread():
    """Seeds with 3, 4 and 5 sigma; the ensemble has 4."""
    axis = draw_network_seeds(made_choices()["seeds"]).axes[0]
    look = LOOKS[ANOMALY]
    points = [
        line
        for line in axis.lines
        if (line.get_color(), line.get_marker()) == (look.colour, look.marker)
    ]
    assert [line.get_ydata()[0] for line in points] == [3, 4, 5, 4]
    hollow = [line.get_markerfacecolor() == "white" for line in points]
    assert hollow == [False, False, False, True]
    labels = [label.get_text() for label in axis.get_xticklabels()]
    assert labels == ["seed 1", "seed 2", "seed 3", "ensemble"]
    band = next(patch for patch in axis.patches if patch.get_facecolor()[:3] != (0, 0, 0))
    assert [band.get_y(), band.get_y() + band.get_height()] == [3, 5]


def test_curves_are_the_table_and_the_chosen_weight_is_marked():
    table = made_choices()["ratios"]
    figure = draw_ratios(table)
    axis = figure.axes[0]
    (line,) = [line for line in axis.lines if line.get_linestyle() == "--"]
    assert set(line.get_xdata()) == {2.0}
    own = table[table["test"] == ANOMALY].groupby("z")["significance"].apply(list)
    curves = [
        line
        for line in axis.lines
        if (line.get_color(), line.get_marker()) == (LOOKS[ANOMALY].colour, LOOKS[ANOMALY].marker)
    ]
    filled, hollow = (
        [line for line in curves if (line.get_markerfacecolor() == "none") == drawn]
        for drawn in (False, True)
    )
    for (line,), z in ((filled, AT_MEAN), (hollow, DRAWN)):
        assert list(line.get_xdata()) == [0, 2, 30]
        assert list(line.get_ydata()) == own[z]
    labels = {text.get_text() for text in figure.legends[0].get_texts()}
    assert labels == {*NAMES.values(), "R of the search"}
