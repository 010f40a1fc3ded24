import numpy as np
import pandas as pd
import pytest
from helpers.made_search import BENCHMARK, SEARCH, made_search

from pipeline.statistics.excess.config import Wimp
from pipeline.statistics.excess.extended_poisson import ANOMALY, COUNTING, LIKELIHOOD_RATIO, SHAPE
from pipeline.statistics.excess.search import log_kde_p
from pipeline.statistics.excess.tail import Tail
from pipeline.xenon.figures.limits import draw_limits
from pipeline.xenon.figures.looks import LOOKS, NAMES
from pipeline.xenon.figures.map import SHOWN, draw_map
from pipeline.xenon.figures.significance import draw_significance
from pipeline.xenon.figures.statistic import draw_statistic
from pipeline.xenon.published import CURVES, LIMITS, SIGNIFICANCE


@pytest.fixture(scope="module")
def results():
    return made_search()


@pytest.fixture(scope="module")
def table(results):
    return results[1]


def of_benchmark(table, test):
    return table[
        (table["test"] == test)
        & (table["mass_GeV"] == BENCHMARK.mass_GeV)
        & (table["cross_section_cm2"] == BENCHMARK.cross_section_cm2)
    ]


def test_curves_are_the_table(table):
    figure = draw_significance(table, BENCHMARK, (1, 2, 3))
    axis = figure.axes[0]
    for test, look in LOOKS.items():
        rows = of_benchmark(table, test)
        curve = next(x for x in axis.lines if x.get_color() == look.colour)
        np.testing.assert_array_equal(curve.get_xdata(), [1, 5, 20])
        np.testing.assert_array_equal(curve.get_ydata(), rows["significance"])
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert set(NAMES.values()) < set(labels)
    assert [text.get_text() for text in axis.texts] == [rf"{n}$\sigma$" for n in (1, 2, 3)]


def test_extrapolated_values_are_open_markers(table):
    changed = table.assign(extrapolated=table["exposure_t_yr"] == 20)
    axis = draw_significance(changed, BENCHMARK, (3,)).axes[0]
    look = LOOKS[ANOMALY]
    # Caps of error bars are markers too.
    markers = [
        x for x in axis.lines if (x.get_color(), x.get_marker()) == (look.colour, look.marker)
    ]
    (filled,) = [
        x for x in markers if x.get_markerfacecolor() == look.colour and len(x.get_xdata())
    ]
    (hollow,) = [x for x in markers if x.get_markerfacecolor() == "white"]
    assert list(filled.get_xdata()) == [1, 5]
    assert list(hollow.get_xdata()) == [20]


def test_exposures_that_outnumber_the_simulation_are_crossed_out(table):
    changed = table.assign(outnumbered=table["exposure_t_yr"] == 20)
    axis = draw_significance(changed, BENCHMARK, (3,)).axes[0]
    crosses = [x.get_xydata() for x in axis.lines if x.get_marker() == "x"]
    (found,) = {tuple(points[:, 0]) for points in crosses}
    assert found == (20,)
    assert len(crosses) == 4


def test_limits_that_need_more_simulated_events_are_open(table):
    mass, band = np.repeat([20.0, 50.0, 500.0], 5), np.tile([-2.0, -1.0, 0.0, 1.0, 2.0], 3)
    limits = pd.DataFrame({"mass_GeV": mass, "band_sigma": band, "beyond": "no"})
    limits = limits.assign(cross_section_cm2=1e-47 * 2**band, events_needed=0)
    limits = limits.assign(confidence_level=0.9, exposure_t_yr=20.0)
    marked = limits.assign(events_needed=1000 * (mass == 50))
    tests = {test: marked if test == LIKELIHOOD_RATIO else limits for test in LOOKS}
    limits = pd.concat([of.assign(test=test) for test, of in tests.items()])
    axes = draw_limits(limits, table, SEARCH.map, (3.0,)).axes
    assert set(SHOWN) == set(LOOKS)
    for test in SHOWN:
        (circles,) = [
            x.get_xdata().tolist()
            for axis in axes
            for x in axis.lines
            if x.get_marker() == "o" and x.get_color() == LOOKS[test].colour
        ]
        assert circles == ([50] if test == LIKELIHOOD_RATIO else [])


def test_published_value_stands_beside_its_own_wimp_only(table):
    def stars(wimp):
        axis = draw_significance(table, wimp, (3,)).axes[0]
        return [x.get_xydata().tolist() for x in axis.lines if x.get_marker() == "*"]

    assert stars(BENCHMARK) == [[[200.0, 3.0]]]
    assert stars(Wimp(mass_GeV=20, cross_section_cm2=1e-46)) == []


def test_map_has_every_model_in_its_place(table):
    figure = draw_map(table, SEARCH.map, (1.0, 3.0))
    axis = figure.axes[1]
    assert axis.get_title() == NAMES[COUNTING]
    (mesh,) = [x for x in axis.collections if type(x).__name__ == "QuadMesh"]
    shown = np.asarray(mesh.get_array()).reshape(2, 3)
    for i, cross_section in enumerate((1e-47, 1e-46)):
        for j, mass in enumerate((20, 50, 500)):
            row = table[
                (table["test"] == COUNTING)
                & (table["exposure_t_yr"] == 20)
                & (table["mass_GeV"] == mass)
                & (table["cross_section_cm2"] == cross_section)
            ]
            assert shown[i, j] == pytest.approx(row["significance"].iloc[0])
    low, high = axis.get_ylim()
    assert low < 1e-47 < 1e-46 < high


def test_cells_of_the_map_have_the_marks_of_the_table(table):
    """Extrapolated ones of the shape, those of the likelihood ratio that need more events."""
    heavy, strong = table["mass_GeV"] == 500, table["cross_section_cm2"] == 1e-46
    changed = table.assign(
        extrapolated=(table["test"] == SHAPE) & strong,
        events_needed=1000 * ((table["test"] == LIKELIHOOD_RATIO) & heavy),
    )
    axes = dict(zip(SHOWN, draw_map(changed, SEARCH.map, (3.0,)).axes, strict=False))
    marks = {
        test: [
            [tuple(place) for place in x.get_offsets().tolist()]
            for x in axis.collections
            if type(x).__name__ == "PathCollection"
        ]
        for test, axis in axes.items()
    }
    of_shape = [(20.0, 1e-46), (50.0, 1e-46), (500.0, 1e-46)]
    of_ratio = [(500.0, 1e-47), (500.0, 1e-46)]
    assert marks == {
        ANOMALY: [[], []],
        COUNTING: [[], []],
        SHAPE: [of_shape, []],
        LIKELIHOOD_RATIO: [[], of_ratio],
    }


def test_published_points_stand_in_every_panel(table):
    """Also those outside the grid."""
    figure = draw_map(table, SEARCH.map, (3.0,))
    published = {(x.wimp.mass_GeV, x.wimp.cross_section_cm2) for x in (*LIMITS, SIGNIFICANCE)}
    for axis in figure.axes[: len(SHOWN)]:
        lines = [line.get_xydata() for line in axis.lines]
        assert {tuple(points[0]) for points in lines if len(points) == 1} == published
        curves = {tuple(map(tuple, points)) for points in lines if len(points) > 1}
        assert curves == set(CURVES.values())
        (left, right), (low, high) = axis.get_xlim(), axis.get_ylim()
        assert all(left < mass < right and low < sigma < high for mass, sigma in published)


def test_legend_tells_limits_from_forecasts_and_a_significance(table):
    (legend,) = draw_map(table, SEARCH.map, (3.0,)).legends
    lines = {
        text.get_text(): line
        for text, line in zip(legend.get_texts(), legend.get_lines(), strict=True)
    }
    hollow = {name for name, line in lines.items() if line.get_markerfacecolor() == "white"}
    assert hollow == {
        "LZ, 4.2 t yr: expected limit, 90 % CL",
        "DARWIN, 200 t yr: expected limit, 90 % CL",
    }
    assert [name for name in lines if "90 % CL" not in name] == [
        r"arXiv 2410.00755, 200 t yr: about 3$\sigma$"
    ]
    looks = {(x.get_marker(), x.get_color(), name in hollow) for name, x in lines.items()}
    assert len(looks) == len(lines)


def test_significance_without_a_number_is_drawn_as_high(table):
    beyond = table["cross_section_cm2"] == 1e-46
    endless = table.assign(significance=table["significance"].mask(beyond, np.inf))
    axis = draw_map(endless, SEARCH.map, (3.0,)).axes[1]
    lines = next(x for x in axis.collections if type(x).__name__ == "QuadContourSet")
    (contour,) = lines.get_paths()
    assert np.isfinite(contour.vertices).all()
    assert len(contour.vertices) >= 3


def test_statistics_are_those_of_the_toys_and_their_median(results):
    toys, table = results
    figure = draw_statistic(toys, table, BENCHMARK, 20.0)
    assert len(figure.axes) == 3
    chosen = toys[
        (toys["test"] == ANOMALY)
        & (toys["hypothesis"] == "signal")
        & (toys["exposure_t_yr"] == 20)
        & (toys["mass_GeV"] == BENCHMARK.mass_GeV)
        & (toys["cross_section_cm2"] == BENCHMARK.cross_section_cm2)
    ]
    (line,) = [x for x in figure.axes[0].lines if x.get_linestyle() == "--"]
    assert line.get_xdata()[0] == pytest.approx(np.median(chosen["q"].iloc[0]))


def test_g0_is_the_density_that_gives_the_significance(results):
    """Its area beyond the median is the p-value, and the title has the significance."""
    toys, table = results
    axes = draw_statistic(toys, table, BENCHMARK, 20.0).axes
    rows = of_benchmark(table[table["exposure_t_yr"] == 20], ANOMALY)
    background = toys[
        (toys["test"] == ANOMALY)
        & (toys["hypothesis"] == "background")
        & (toys["exposure_t_yr"] == 20)
    ]["q"].iloc[0]
    background = np.asarray(background, float)
    curves = {line.get_label(): line.get_xydata() for line in axes[0].lines}
    q, g0 = curves["$g_0$, kernels"].T
    # The kernels reach beyond the axis, which ends at the lowest experiment.
    inside = np.exp(log_kde_p(background, q[0])) - np.exp(log_kde_p(background, q[-1]))
    assert np.trapezoid(g0, q) == pytest.approx(inside, rel=1e-3)
    q, g0 = curves["$g_0$, tail"].T
    inside = np.exp(Tail.of(background).log_p(q[0])) - np.exp(Tail.of(background).log_p(q[-1]))
    assert np.trapezoid(g0, q) == pytest.approx(inside, rel=1e-2)
    (row,) = rows.to_dict("records")
    assert axes[0].get_title().startswith(f"{row['significance']:.2f} ")
    assert axes[0].get_title().endswith("*") == row["extrapolated"]
