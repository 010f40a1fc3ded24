import numpy as np
import pytest

from pipeline.gas.figures.calibration import draw_calibration


@pytest.fixture(scope="module")
def panels(calibration):
    histogram, fits = calibration
    figure = draw_calibration({"HCN": histogram, "other": histogram}, {"HCN": fits, "other": fits})
    return [axis for axis in figure.axes if axis.get_xlabel()]


def test_a_row_of_two_panels_per_network(panels):
    assert [axis.get_title().split(":")[0] for axis in panels] == ["HCN", "HCN", "other", "other"]
    assert "[deg]" in panels[0].get_ylabel()
    assert "kappa" in panels[1].get_ylabel()


def test_the_picture_holds_every_event_of_the_histogram(panels, calibration):
    histogram, _ = calibration
    (mesh,) = [x for x in panels[0].collections if x.get_array() is not None]
    shown = mesh.get_array()
    assert shown.sum() == histogram["events"].sum()
    # The column of the smallest kappa holds its events at their angles.
    first = histogram[histogram["kappa_low"] == histogram["kappa_low"].min()]
    np.testing.assert_array_equal(np.ma.filled(shown[:, 0], 0), first["events"])


def test_points_and_curves_are_the_table(panels, calibration):
    _, fits = calibration
    fits = fits[fits["events"] > 0]
    centres = 0.5 * (fits["kappa_low"] + fits["kappa_high"])
    for axis, column in ((panels[0], "mean_angle_deg"), (panels[1], "kappa_fit")):
        (points,) = [bars.lines[0] for bars in axis.containers]
        np.testing.assert_allclose(points.get_xdata(orig=False), centres)
        np.testing.assert_allclose(points.get_ydata(orig=False), fits[column])
    (expected,) = [x for x in panels[0].lines if x.get_linestyle() == "--"]
    np.testing.assert_allclose(expected.get_ydata(), fits["expected_angle_deg"])


def test_dashed_lines_are_one_bin_from_the_diagonal(panels, calibration):
    _, fits = calibration
    width = fits["kappa_high"].iloc[0] - fits["kappa_low"].iloc[0]
    offsets = [
        x.get_ydata()[0] - x.get_xdata()[0] for x in panels[1].lines if x.get_linestyle() == "--"
    ]
    np.testing.assert_allclose(sorted(offsets), [-width, width])
