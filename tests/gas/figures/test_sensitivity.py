import numpy as np
import pytest

from pipeline.gas.figures.methods import looks
from pipeline.gas.figures.sensitivity import (
    draw_median_p,
    draw_needed_by_cut,
    draw_needed_by_signal,
)
from pipeline.gas.methods import methods

NAMES = methods(["RCN", "HCN"])
TEST_SET = "40keV_443um"
NON_ML = looks(NAMES.values())["Non-ML standard"].colour
HCN = looks(NAMES.values())["HCN"].colour


def points(axis, colour, face):
    """Markers of one colour and face, as (x, y)."""
    return [
        tuple(place)
        for line in axis.lines
        if line.get_color() == colour and line.get_markerfacecolor() == face
        for place in line.get_xydata()
        if line.get_marker() in "osvD"
    ]


@pytest.fixture(scope="module")
def by_signal(needed):
    return draw_needed_by_signal(needed, NAMES, TEST_SET)


def test_rows_are_levels_and_columns_statistics(by_signal, levels):
    labels = [axis.get_ylabel() for axis in by_signal.axes[::3]]
    assert labels == [f"recoils needed, {level}" for level in levels]
    assert ["dipole" in axis.get_title() for axis in by_signal.axes[:3]] == [True, False, False]
    assert by_signal.axes[-1].get_xlabel() == "fraction of recoils from the Sun"


def test_recoils_are_the_tables(by_signal, needed):
    own = needed.query(
        "method == 'HCN' and fraction_cut == 0 and statistic == 'dipole' and level == '90% CL'"
    )
    shown = {y for _, y in points(by_signal.axes[0], HCN, HCN)}
    assert set(own["recoils"]) <= shown


def test_limits_are_open_and_point_up(by_signal, needed):
    limits = needed.query(
        "method == 'non_ml' and statistic == 'dipole' and level == '3 sigma' "
        "and beyond == 'above grid'"
    )
    assert len(limits) == 3
    axis = by_signal.axes[3]
    shown = sorted(y for _, y in points(axis, NON_ML, "white"))
    np.testing.assert_allclose(shown, sorted(limits["recoils"]))
    tops = [
        segment[:, 1].max()
        for bars in axis.containers
        if bars.lines[0].get_markerfacecolor() == "white"
        for segment in bars.lines[2][0].get_segments()
    ]
    assert (np.sort(tops) > shown).all()


def test_a_level_beyond_the_toys_has_crosses_and_no_numbers(by_signal):
    axis = by_signal.axes[6]
    crosses = [x for x in axis.lines if x.get_marker() == "x"]
    assert sum(len(x.get_xdata()) for x in crosses) == 3 * 5  # fractions x curves
    assert all((x.get_ydata() == 0.96).all() for x in crosses)


def test_cuts_appear_for_methods_with_kappa_only(needed):
    figure = draw_needed_by_cut(needed, NAMES, TEST_SET, 0.3)
    cuts = sorted(x for x, _ in points(figure.axes[0], HCN, HCN))
    assert len(cuts) == 2 * 4  # plain and weighted, four cuts
    assert abs(cuts[-1] - 80) < 5
    assert len(points(figure.axes[0], NON_ML, NON_ML)) == 1
    assert "[%]" in figure.axes[-1].get_xlabel()


def test_the_right_scale_is_the_exposure(needed):
    figure = draw_needed_by_cut(needed, NAMES, TEST_SET, 0.3)
    row = needed.query("signal_fraction == 0.3 and beyond == 'no'").iloc[0]
    (scale,) = figure.axes[2].child_axes
    figure.draw_without_rendering()
    assert "for 1 keV" in scale.get_ylabel()
    shown = np.divide(scale.get_ylim(), figure.axes[2].get_ylim())
    assert shown == pytest.approx(row["exposure_m3_yr"] / row["recoils"])
    unknown = needed.assign(exposure_m3_yr=np.nan)
    assert not draw_needed_by_cut(unknown, NAMES, TEST_SET, 0.3).axes[2].child_axes


def test_median_p_is_open_beyond_the_toys(median_p, levels, background_toys):
    figure = draw_median_p(median_p, NAMES, levels, TEST_SET, 0.3, background_toys)
    own = median_p.query(
        "method == 'HCN' and fraction_cut == 0 and signal_fraction == 0.3 "
        "and statistic in ['dipole', 'dipole_kappa']"
    )
    axis = figure.axes[0]
    for beyond, face in ((True, "white"), (False, HCN)):
        expected = own.loc[own["beyond_toys"] == beyond, ["recoils", "median_p"]]
        assert len(expected)
        shown = points(axis, HCN, face)
        assert {tuple(row) for row in expected.to_numpy()} == set(shown)
    (hatched,) = [x for x in axis.patches if x.get_hatch()]
    assert hatched.get_y() + hatched.get_height() == pytest.approx(1 / background_toys)
    assert [x.get_text() for x in axis.texts] == list(levels)


def test_an_unknown_selection_is_refused_with_those_there_are(
    needed, median_p, levels, background_toys
):
    with pytest.raises(ValueError, match=r"no test_set nowhere; it has \['40keV_443um'\]"):
        draw_needed_by_signal(needed, NAMES, "nowhere")
    with pytest.raises(ValueError, match=r"no signal_fraction 0.7"):
        draw_median_p(median_p, NAMES, levels, TEST_SET, 0.7, background_toys)
