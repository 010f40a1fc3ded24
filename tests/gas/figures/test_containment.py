import numpy as np
import pytest

from pipeline.gas.figures.containment import draw_containment
from pipeline.gas.published import PUBLISHED_CONTAINED


def test_points_errors_and_reference(containment):
    (axis,) = draw_containment(containment, {"train": PUBLISHED_CONTAINED}).axes
    points, _, (bars,) = axis.containers[0].lines
    np.testing.assert_allclose(
        points.get_xdata(orig=False), 100 * containment["contained_fraction"]
    )
    half = [0.5 * np.ptp(segment[:, 0]) for segment in bars.get_segments()]
    np.testing.assert_allclose(half, 100 * containment["contained_fraction_err"])
    (published,) = [x for x in axis.lines if x.get_markerfacecolor() == "none"]
    # The row of the training set, and the 2 766 798 of 3 million tracks of the paper.
    np.testing.assert_allclose(published.get_xydata(), [[92.2266, 0]])
    assert axis.get_xlabel() == "contained recoils [%]"
    labels = [label.get_text() for label in axis.get_yticklabels()]
    assert labels[1] == "40keV_443um\ntest_40keV"


@pytest.mark.parametrize("published", [{}, {"elsewhere": 0.5}])
def test_without_a_published_value_there_is_no_reference(containment, published):
    (axis,) = draw_containment(containment, published).axes
    assert all(line.get_markerfacecolor() != "none" for line in axis.lines)
