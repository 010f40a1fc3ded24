"""3D drawing of a recoil, shared by the figures of tracks and arrows."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import FormatStrFormatter, LogLocator, MaxNLocator, NullLocator
from mpl_toolkits.mplot3d import Axes3D, proj3d  # type: ignore[import-untyped]
from mpl_toolkits.mplot3d.art3d import Path3DCollection  # type: ignore[import-untyped]

from pipeline.figures.style import ARROW

_POSITION = ["x_mm", "y_mm", "z_mm"]
_START = ["start_x_mm", "start_y_mm", "start_z_mm"]
_DIRECTION = ["direction_x", "direction_y", "direction_z"]
_CUBE_SHARE = 0.55  # edge of the cube in panel widths


def draw_stage(
    figure: Figure, place: tuple[int, int, int], stage: pd.DataFrame
) -> tuple[Axes3D, Path3DCollection]:
    """One stage of a `track_stages` table in the subplot `place`, with the true direction.

    Voxels are coloured by their counts and drawn at about their size.
    """
    axis: Axes3D = figure.add_subplot(*place, projection="3d")
    points, counts = stage[_POSITION].to_numpy(), stage["count"].to_numpy()
    start, direction = stage[_START].to_numpy()[0], stage[_DIRECTION].to_numpy()[0]
    low, high = np.minimum(points.min(0), start), np.maximum(points.max(0), start)
    middle, half = 0.5 * (low + high), 0.52 * (high - low).max()
    look: dict[str, Any]
    if counts.max() > 1:
        edge_pt = 72 * _CUBE_SHARE * figure.get_figwidth() / place[1]
        voxel_pt = edge_pt * stage["voxel_mm"].iloc[0] / (2 * half)
        scale = LogNorm(min(1, counts.min()), counts.max())
        look = {"c": counts, "norm": scale, "cmap": "viridis", "marker": "s", "s": voxel_pt**2}
    else:
        look = {"color": "#404040", "s": 1.5, "alpha": 0.6}
    drawn = axis.scatter(*points.T, linewidths=0, depthshade=False, **look)
    for name, centre in zip("xyz", middle, strict=True):
        axis.set(**{f"{name}lim": (centre - half, centre + half), f"{name}label": f"{name} [mm]"})
        side = getattr(axis, f"{name}axis")
        side.labelpad = -4
        side.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axis.tick_params(labelsize=7, pad=-3)
    axis.set_box_aspect((1, 1, 1), zoom=0.88)
    axis.view_init(*_broadside(points, direction))
    _draw_direction(axis, start, start + 0.7 * half * direction)
    return axis, drawn


def count_scale(
    figure: Figure, voxels: Path3DCollection, axes: Sequence[Axes3D], charge: bool = False
) -> None:
    """Draw the colour scale of the counts, or of the charge of a readout, below `axes`."""
    bar = figure.colorbar(
        voxels, ax=axes, orientation="horizontal", shrink=0.5, aspect=40, pad=0.06
    )
    what = "measured charge per voxel [electrons]" if charge else "ionisation electrons per voxel"
    bar.set_label(what)
    bar.ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    bar.ax.xaxis.set_major_formatter(FormatStrFormatter("%g"))
    bar.ax.xaxis.set_minor_locator(NullLocator())


def _draw_direction(axis: Axes3D, tail: np.ndarray, tip: np.ndarray) -> None:
    """Draw an arrow in the projection, because the head of a 3D arrow may be seen edge-on."""
    (x0, x1), (y0, y1), _ = proj3d.proj_transform(*np.stack([tail, tip], axis=1), axis.get_proj())
    axis.annotate(
        "",
        xy=(x1, y1),
        xytext=(x0, y0),
        arrowprops={
            "arrowstyle": "-|>,head_width=0.25,head_length=0.5",
            "color": ARROW,
            "linewidth": 1.6,
            "shrinkA": 0,
            "shrinkB": 0,
        },
    )


def _broadside(points: np.ndarray, direction: np.ndarray) -> tuple[float, float]:
    """Elevation and azimuth [deg] of a view that hardly foreshortens track and direction."""
    spread = np.cov(points.T)
    spread = spread / np.trace(spread) + np.outer(direction, direction)
    x, y, z = np.linalg.eigh(spread)[1][:, 0]
    sign = 1 if z >= 0 else -1
    elevation = np.degrees(np.arcsin(abs(z)))
    return float(np.clip(elevation, 25, 60)), float(np.degrees(np.arctan2(sign * y, sign * x)))
