import numpy as np
import pytest
from matplotlib.text import Annotation

from pipeline.gas.figures.cut_scan import draw_cut_scan
from pipeline.gas.figures.methods import looks
from pipeline.gas.published import BEST_EXPECTED, NON_ML, NON_ML_TRUE


@pytest.fixture(scope="module")
def figure(evaluated):
    return draw_cut_scan(evaluated.scans, evaluated.crossings, evaluated.summary)


@pytest.fixture(scope="module")
def first(figure):
    return figure.axes[0]


def rows(table, method, test_set="40keV_443um"):
    return table[(table["test_set"] == test_set) & (table["method"] == method)]


def lines(axis, colour):
    return [line for line in axis.lines if line.get_color() == colour]


def test_one_panel_per_test_set(figure, evaluated):
    assert [axis.get_title() for axis in figure.axes] == list(evaluated.scans["test_set"].unique())
    assert figure.axes[0].get_yscale() == "log"
    assert "cosine distance" in figure.axes[0].get_ylabel()
    assert figure.axes[-1].get_xlabel() == "efficiency cut [%]"


def test_the_curve_is_the_table(first, evaluated):
    scan = rows(evaluated.scans, "HCN")
    curve = max(lines(first, looks(["RCN", "HCN"])["HCN"].colour), key=lambda x: len(x.get_xdata()))
    np.testing.assert_allclose(curve.get_xdata(), 100 * scan["fraction_cut"])
    np.testing.assert_allclose(curve.get_ydata(), scan["cosine_distance"])


def test_published_values_stand_beside_ours_as_open_markers(first, evaluated):
    colour = looks([NON_ML])[NON_ML].colour
    (published,) = [x for x in lines(first, colour) if x.get_markerfacecolor() == "none"]
    # The paper states no efficiency here: the value stands at ours.
    own = 100 * (1 - rows(evaluated.summary, NON_ML)["efficiency"].iloc[0])
    np.testing.assert_allclose(published.get_xydata(), [[own, 0.556]])
    reference = lines(first, looks([BEST_EXPECTED])[BEST_EXPECTED].colour)
    assert [x.get_ydata()[0] for x in reference if x.get_linestyle() == ":"] == [0.098]


def test_published_uncut_values_do_not_cover_each_other(first):
    places = [
        (x.get_xdata()[0], x.get_ydata()[0])
        for x in first.lines
        if x.get_markerfacecolor() == "none" and x.get_xdata()[0] < 0
    ]
    assert len(places) == 2  # RCN and HCN, both 0.104
    assert len(set(places)) == 2
    assert {distance for _, distance in places} == {0.104}


def test_arrows_lead_to_the_true_head_tail(first, evaluated):
    arrows = [x for x in first.texts if isinstance(x, Annotation) and not x.get_text()]
    tips = [arrow.xy for arrow in arrows]
    row = rows(evaluated.scans, NON_ML_TRUE).iloc[0]
    assert (100 * row["fraction_cut"], row["cosine_distance"]) in tips
    assert len(tips) == 2


def test_a_dashed_line_marks_the_crossing_and_none_where_there_is_none(evaluated):
    crossings = evaluated.crossings.assign(
        fraction_cut=[0.01, np.nan, 0.013, 0.013], error=[0.002, np.nan, np.nan, 0.003]
    )
    figure = draw_cut_scan(evaluated.scans, crossings, evaluated.summary)
    texts = [[x.get_text() for x in axis.texts if x.get_text()] for axis in figure.axes]
    assert texts[0] == [r"HCN: 1.0 $\pm$ 0.2 %"]
    assert texts[1] == []
    assert texts[2] == ["HCN: 1.3 %"]
    dashed = [x.get_xdata()[0] for x in figure.axes[0].lines if x.get_linestyle() == "--"]
    assert dashed == [1.0]


def test_the_published_cut_of_hcn_is_dotted_where_it_has_a_published_value(figure):
    colour = looks(["RCN", "HCN"])["HCN"].colour
    dotted = {
        axis.get_title(): [
            x.get_xdata()[0] for x in lines(axis, colour) if x.get_linestyle() == ":"
        ]
        for axis in figure.axes
    }
    assert dotted == {
        "40keV_443um": [1.0],
        "40keV_200um": [],
        "50keV_443um": [],
        "50keV_200um": [1.0],
    }


def test_the_label_of_a_late_crossing_stays_within_its_panel(evaluated):
    crossings = evaluated.crossings.assign(fraction_cut=0.88, error=0.27)
    figure = draw_cut_scan(evaluated.scans, crossings, evaluated.summary)
    figure.draw_without_rendering()
    for axis in figure.axes:
        labels = [x for x in axis.texts if x.get_text()]
        assert labels
        for label in labels:
            assert axis.bbox.x0 < label.get_window_extent().x0
            assert label.get_window_extent().x1 < axis.bbox.x1


def test_the_legend_has_published_values_only_if_there_are_any(figure, evaluated):
    unknown = evaluated.summary.assign(published_cosine_distance=np.nan)
    other = draw_cut_scan(evaluated.scans, evaluated.crossings, unknown)
    known, none = (
        {text.get_text() for text in drawn.legends[0].get_texts()} for drawn in (figure, other)
    )
    assert known - none == {"published", "published Best-Expected"}
