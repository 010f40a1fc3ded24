"""The pictures of recoils in three dimensions."""

import numpy as np
import pytest
from mpl_toolkits.mplot3d import proj3d

from pipeline.gas.figures.arrow import draw_arrow
from pipeline.gas.figures.track_stages import draw_track_stages
from pipeline.gas.voxels.stages import RAW, SMEARED, VOXELS

START = ["start_x_mm", "start_y_mm", "start_z_mm"]
DIRECTION = ["direction_x", "direction_y", "direction_z"]


@pytest.fixture(scope="module")
def panels(stages):
    return [axis for axis in draw_track_stages(stages).axes if hasattr(axis, "get_zlabel")]


def test_one_panel_per_stage_with_its_points(panels, stages):
    assert [axis.get_title()[4:] for axis in panels] == [RAW, SMEARED, VOXELS]
    for axis, (_, stage) in zip(panels, stages.groupby("stage", sort=False), strict=True):
        drawn = np.column_stack([np.asarray(x) for x in axis.collections[0]._offsets3d])
        expected = stage[["x_mm", "y_mm", "z_mm"]].to_numpy()
        np.testing.assert_allclose(np.sort(drawn, axis=0), np.sort(expected, axis=0))
        labels = axis.get_xlabel(), axis.get_ylabel(), axis.get_zlabel()
        assert labels == ("x [mm]", "y [mm]", "z [mm]")


def test_the_scales_are_equal(panels):
    for axis in panels:
        sizes = [np.ptp(axis.get_xlim()), np.ptp(axis.get_ylim()), np.ptp(axis.get_zlim())]
        np.testing.assert_allclose(sizes, sizes[0])


def test_the_arrow_points_from_the_start_along_the_true_direction(panels, stages):
    for axis, (_, stage) in zip(panels, stages.groupby("stage", sort=False), strict=True):
        (arrow,) = axis.texts
        start = stage[START].iloc[0].to_numpy(float)
        ahead = start + stage[DIRECTION].iloc[0].to_numpy(float)
        tail, towards = (
            np.array(proj3d.proj_transform(*point, axis.get_proj())[:2]) for point in (start, ahead)
        )
        np.testing.assert_allclose(arrow.xyann, tail)
        drawn, expected = np.array(arrow.xy) - tail, towards - tail
        cosine = drawn @ expected / np.linalg.norm(drawn) / np.linalg.norm(expected)
        assert cosine > 0.99
        # TriggerOutcome broadside: not a stub.
        assert np.linalg.norm(drawn) > 0.01


def test_voxels_are_coloured_by_their_counts(stages):
    voxels = stages[stages["stage"] == VOXELS]
    figure = draw_arrow(voxels)
    drawn = figure.axes[0].collections[0]
    assert sorted(drawn.get_array()) == sorted(voxels["count"])
    assert figure.axes[1].get_xlabel() == "ionisation electrons per voxel"
