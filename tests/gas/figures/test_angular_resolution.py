import numpy as np
import pandas as pd
from matplotlib.patches import StepPatch

from pipeline.gas.figures.angular_resolution import draw_angular_resolution


def test_densities_are_normalised_and_shares_end_at_one(evaluated):
    figure = draw_angular_resolution(evaluated.angles)
    test_sets = list(evaluated.angles["test_set"].unique())
    methods = list(evaluated.angles["method"].unique())
    upper, lower = figure.axes[: len(test_sets)], figure.axes[len(test_sets) :]
    assert [axis.get_title() for axis in upper] == test_sets
    for axis in upper:
        steps = [patch.get_data() for patch in axis.patches if isinstance(patch, StepPatch)]
        assert len(steps) == len(methods)
        for density, edges, _ in steps:
            np.testing.assert_allclose((density * np.diff(edges)).sum(), 1)
    for axis in lower:
        curves = [line for line in axis.lines if len(line.get_xdata()) > 2]
        assert [(c.get_ydata()[0], c.get_ydata()[-1]) for c in curves] == [(0, 1)] * len(methods)
        assert axis.get_xlabel() == r"angle $\theta$ [deg]"


def test_the_share_counts_the_events_below_the_angle(evaluated):
    angles = evaluated.angles
    own = angles[(angles["test_set"] == angles["test_set"][0]) & (angles["method"] == "RCN")]
    below = own.loc[own["angle_high_deg"] <= 30.0, "events"].sum() / own["events"].sum()
    axis = draw_angular_resolution(angles).axes[4]
    curve = axis.lines[0]
    assert np.interp(30.0, curve.get_xdata(), curve.get_ydata()) == below


def test_many_test_sets_stand_in_rows_of_four(evaluated):
    one = evaluated.angles[evaluated.angles["test_set"] == evaluated.angles["test_set"][0]]
    names = [f"{energy}keV" for energy in range(20, 70, 10)]
    figure = draw_angular_resolution(pd.concat(one.assign(test_set=name) for name in names))
    titles = [axis.get_title() for axis in figure.axes if axis.get_title()]
    assert titles == names
    assert len(figure.axes) == 2 * len(names)
    first, fifth = (
        next(a for a in figure.axes if a.get_title() == n) for n in (names[0], names[4])
    )
    figure.draw_without_rendering()
    assert fifth.get_position().y1 < first.get_position().y0
