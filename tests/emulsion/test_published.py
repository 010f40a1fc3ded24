"""Published numbers."""

from pipeline.emulsion.published import INDEPENDENT_SCANS


def test_rejections_of_the_independent_scans():
    at_goal = {
        (p.energy_keV, p.background): round(p.rejection)
        for p in INDEPENDENT_SCANS
        if p.efficiency == 0.6
    }
    assert at_goal[100, "fog"] == 435
    assert at_goal[30, "fog"] == 91
    assert at_goal[60, "gamma"] == 200
