"""Every figure as a file: PNG and PDF, with the same bytes each time it is drawn.

Drawn for one test set and two levels: laying out many panels takes seconds.
"""

from collections.abc import Callable

import pandas as pd
import pytest
from matplotlib.figure import Figure

from pipeline.figures.style import save
from pipeline.gas.figures.angular_resolution import draw_angular_resolution
from pipeline.gas.figures.arrow import draw_arrow
from pipeline.gas.figures.calibration import draw_calibration
from pipeline.gas.figures.containment import draw_containment
from pipeline.gas.figures.cut_scan import draw_cut_scan
from pipeline.gas.figures.density_calibration import draw_density_calibration
from pipeline.gas.figures.resolution import draw_resolution
from pipeline.gas.figures.sensitivity import (
    draw_median_p,
    draw_needed_by_cut,
    draw_needed_by_signal,
)
from pipeline.gas.figures.track_observables import draw_track_observables
from pipeline.gas.figures.track_stages import draw_track_stages
from pipeline.gas.methods import methods
from pipeline.gas.published import PUBLISHED_CONTAINED
from pipeline.gas.voxels.stages import VOXELS

NAMES = methods(["RCN", "HCN"])
TEST_SET = "40keV_443um"


@pytest.fixture
def drawings(
    evaluated,
    calibration,
    densities,
    containment,
    needed,
    median_p,
    levels,
    background_toys,
    comparison,
    stages,
) -> dict[str, Callable[[], Figure]]:
    histogram, fits = calibration

    def of_one(table: pd.DataFrame) -> pd.DataFrame:
        return table[table["test_set"] == TEST_SET]

    few = needed[needed["level"] != "5 sigma"]
    return {
        "angular_resolution": lambda: draw_angular_resolution(of_one(evaluated.angles)),
        "resolution": lambda: draw_resolution(evaluated.resolution, [TEST_SET]),
        "arrow": lambda: draw_arrow(stages[stages["stage"] == VOXELS]),
        "calibration": lambda: draw_calibration({"HCN": histogram}, {"HCN": fits}),
        "density_calibration": lambda: draw_density_calibration(
            *({"HCN": densities[name]} for name in ("test_sets", "pit", "head_tail"))
        ),
        "containment": lambda: draw_containment(containment, {"train": PUBLISHED_CONTAINED}),
        "cut_scan": lambda: draw_cut_scan(
            of_one(evaluated.scans), evaluated.crossings, evaluated.summary
        ),
        "median_p": lambda: draw_median_p(median_p, NAMES, levels, TEST_SET, 0.3, background_toys),
        "needed_by_cut": lambda: draw_needed_by_cut(few, NAMES, TEST_SET, 0.3),
        "needed_by_signal": lambda: draw_needed_by_signal(few, NAMES, TEST_SET),
        "track_observables": lambda: draw_track_observables(*comparison),
        "track_stages": lambda: draw_track_stages(stages),
    }


@pytest.mark.parametrize(
    "name",
    [
        "angular_resolution",
        "arrow",
        "calibration",
        "containment",
        "cut_scan",
        "density_calibration",
        "median_p",
        "needed_by_cut",
        "needed_by_signal",
        "track_observables",
        "track_stages",
    ],
)
def test_a_file_of_each_kind(name, drawings, check_figure):
    check_figure(name, drawings[name])


def test_pictures_of_points_repeat_too(drawings, tmp_path):
    paths = [tmp_path / "first.png", tmp_path / "second.png"]
    for path in paths:
        save(drawings["containment"](), [path])
    assert paths[0].read_bytes() == paths[1].read_bytes()
