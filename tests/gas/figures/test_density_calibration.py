import numpy as np
import pandas as pd
import pytest

from pipeline.gas.evaluation.calibration import ALL
from pipeline.gas.figures.density_calibration import draw_density_calibration


@pytest.fixture(scope="module")
def panels(densities):
    figure = draw_density_calibration(
        *({"HCN": densities[name]} for name in ("test_sets", "pit", "head_tail"))
    )
    return figure.axes


def points(panel):
    return [bars.lines[0] for bars in panel.containers]


def test_three_panels_name_the_network(panels):
    assert [p.get_title().split(":")[0] for p in panels] == ["HCN"] * 3
    assert [p.get_xlabel() for p in panels] == ["PIT", "region", "predicted probability"]


def test_pits_and_coverages_are_those_of_each_test_set(panels, densities):
    labels = panels[0].get_legend_handles_labels()[1]
    assert labels == ["right", "boasting"]
    for test, pit, coverage in zip(labels, points(panels[0]), points(panels[1]), strict=True):
        rows = densities["pit"][densities["pit"]["test_set"] == test]
        np.testing.assert_allclose(pit.get_ydata(orig=False), rows["share"] * len(rows))
        numbers = densities["test_sets"].set_index("test_set").loc[test]
        expected = [100 * numbers[f"coverage_{level}"] - level for level in (68, 90, 95)]
        np.testing.assert_allclose(coverage.get_ydata(orig=False), expected)
    right, boasting = (line.get_ydata(orig=False) for line in points(panels[1]))
    assert (boasting < right).all()


def test_wrong_senses_are_of_all_test_sets_together(panels, densities):
    (line,) = points(panels[2])
    rows = densities["head_tail"]
    rows = rows[(rows["test_set"] == ALL) & (rows["events"] > 0)]
    np.testing.assert_allclose(line.get_xdata(orig=False), rows["wrong_predicted"])
    np.testing.assert_allclose(line.get_ydata(orig=False), rows["wrong_observed"])


def test_one_test_set_of_two_energies_names_them(densities):
    tables = {
        name: table[table["test_set"] != ALL].assign(
            energy_keV=np.where(table.loc[table["test_set"] != ALL, "test_set"] == "right", 40, 50),
            test_set="both",
        )
        for name, table in densities.items()
    }
    figure = draw_density_calibration(
        *({"HCN": tables[name]} for name in ("test_sets", "pit", "head_tail"))
    )
    labels = figure.axes[0].get_legend_handles_labels()[1]
    assert labels == ["both, 40 keV", "both, 50 keV"]


def test_titles_with_a_long_name_do_not_leave_the_page(densities):
    figure = draw_density_calibration(
        *({"UNet_shipped": densities[name]} for name in ("test_sets", "pit", "head_tail"))
    )
    figure.draw_without_rendering()
    for panel in figure.axes:
        title = panel.title.get_window_extent()
        assert figure.bbox.x0 < title.x0 < title.x1 < figure.bbox.x1


def test_sets_beyond_the_colours_have_hollow_markers(densities):
    """No two of them look alike, and the groups of regions stay apart."""
    one = {
        name: table[table["test_set"] == "right"]
        for name, table in densities.items()
        if name in ("test_sets", "pit", "head_tail")
    }
    sets = [f"set {i}" for i in range(12)]
    tables = {
        name: pd.concat(table.assign(test_set=test) for test in sets) for name, table in one.items()
    }
    figure = draw_density_calibration(
        *({"HCN": tables[name]} for name in ("test_sets", "pit", "head_tail"))
    )
    coverages = points(figure.axes[1])
    looks = {(p.get_color(), p.get_marker(), p.get_markerfacecolor()) for p in coverages}
    assert len(looks) == len(sets)
    places = np.array([p.get_xdata(orig=False) for p in coverages])
    assert places[:, 0].max() < places[:, 1].min()
