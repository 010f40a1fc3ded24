"""A page of single events in three dimensions: where a network does well and where it fails."""

import html
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go  # type: ignore[import-untyped]
from matplotlib.figure import Figure
from numpy.typing import NDArray
from plotly.offline import get_plotlyjs  # type: ignore[import-untyped]

from pipeline.core.tables import Inputs, Params
from pipeline.figures.style import COLOURS
from pipeline.gas.voxels.shards import VoxelBatch, open_shard, read_row_group, voxel_centres
from pipeline.statistics.directional.density import Density, region_edges
from pipeline.statistics.directional.predictions import (
    PREDICTED,
    START,
    angles_rad,
    cosines,
    density_of,
    read_predictions,
)

Array = NDArray[np.float64]

EACH = 4  # events of a group on the page, for each test set
LEVELS = (0.68, 0.95)  # probability inside the regions
ARROW_MM = 12.0
POLAR, AZIMUTHS = 361, 73  # points of the grid in which the edges of regions are looked for
# What the list tells of each network's prediction of an event.
TOLD = ("angle [deg]", "kappa", "head-tail probability", "start x, y, z +- error [mm]")

_SCRIPT = """
const rows = document.querySelectorAll("tr[data-event]");
function show(row) {
  const event = EVENTS[row.dataset.event];
  Plotly.react("plot", event.data, event.layout, {responsive: true});
  rows.forEach(other => other.classList.toggle("shown", other === row));
}
rows.forEach(row => row.addEventListener("click", () => show(row)));
show(rows[0]);
"""
_STYLE = """
body { font-family: system-ui, sans-serif; margin: 1rem; color: #222; }
#plot { height: 75vh; } .list { max-height: 40vh; overflow-y: auto; }
table { border-collapse: collapse; font-size: .85rem; }
td, th { padding: .2rem .7rem; border-bottom: 1px solid #ddd; text-align: right; }
tr[data-event] { cursor: pointer; } tr.shown { background: #d6e9f8; }
"""


@dataclass(frozen=True)
class Shown:
    """An event on the page."""

    set: str
    group: str
    batch: VoxelBatch  # of this event alone
    predictions: Mapping[str, pd.Series]  # by network


def chosen(predictions: pd.DataFrame, each: int = EACH) -> dict[str, list[int]]:
    """Rows of a prediction table by group, `each` of a group at most.

    With a truth: the largest angles with the right head-tail, those nearest to the median angle,
    and the wrong head-tails, the most confident first. Without: by kappa.
    """
    cosine, kappa = cosines(predictions), predictions["kappa"].to_numpy("float64")
    if np.isnan(cosine).all():
        middle = np.abs(kappa - np.nanmedian(kappa))
        groups = {"smallest kappa": kappa, "median kappa": middle, "largest kappa": -kappa}
    else:
        angle = angles_rad(predictions)
        sure = cosine if np.isnan(kappa).all() else -kappa
        groups = {
            "largest angle": np.where(cosine >= 0, -angle, np.nan),
            "median angle": np.abs(angle - np.nanmedian(angle)),
            "wrong head-tail": np.where(cosine < 0, sure, np.nan),
        }
    return {
        group: [int(i) for i in np.argsort(order, kind="stable") if np.isfinite(order[i])][:each]
        for group, order in groups.items()
    }


def events_at(shards: Sequence[Path], rows: Sequence[int]) -> dict[int, VoxelBatch]:
    """Single events of shards by their place in file order."""
    found: dict[int, VoxelBatch] = {}
    first = 0
    for shard in map(open_shard, shards):
        for group in range(shard.row_groups):
            if first > max(rows, default=-1):
                return found
            batch = read_row_group(shard.path, group)
            inside = [row for row in rows if first <= row < first + len(batch)]
            found |= {row: batch.take(np.array([row - first])) for row in inside}
            first += len(batch)
    return found


def draw_event(event: Shown, bins: int, cell_mm: Array) -> go.Figure:
    """Voxels, true direction, and each network's direction with its regions, from the start.

    The place of a predicted start is drawn too.
    """
    centres = (voxel_centres(event.batch.voxels, bins) - bins / 2) * cell_mm
    start = (event.batch.start[0] - bins / 2) * cell_mm
    if not np.isfinite(start).all():
        start = centres.mean(0)
    charge = event.batch.counts
    marker = {
        "size": 3,
        "color": np.log10(charge).tolist(),
        "colorscale": "Viridis",
        "colorbar": {"title": "log10 electrons", "len": 0.5},
    }
    figure = go.Figure(_scatter(centres, "voxels", mode="markers", marker=marker))
    truth = event.batch.direction[0]
    if np.isfinite(truth).all():
        figure.add_trace(_arrow(start, truth, "true direction", COLOURS[6]))
    for (name, row), colour in zip(event.predictions.items(), COLOURS, strict=False):
        direction = row[PREDICTED].to_numpy("float64")
        if not np.isfinite(direction).all():
            continue
        figure.add_trace(_arrow(start, direction, name, colour))
        if np.isfinite(row["kappa"]):
            edges = start + ARROW_MM * contours(density_of(row.to_frame().T))
            figure.add_trace(
                _scatter(edges, f"{name}, 68 and 95 %", mode="lines", line=_line(colour))
            )
        found = row[START].to_numpy("float64") / 1000
        if np.isfinite(found).all():
            cross = {"symbol": "cross", "size": 5, "color": colour}
            title = f"{name}, start of the track"
            figure.add_trace(_scatter(found[None, :3], title, mode="markers", marker=cross))
    axes = {f"{a}axis": {"title": f"{a} [mm]"} for a in "xyz"}
    figure.update_layout(
        scene={**axes, "aspectmode": "data"},
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        legend={"y": 0.93},
    )
    return figure


def event_page(events: Sequence[Shown], bins: int, cell_mm: Array) -> str:
    """The page: a list of the events, and the one that is chosen. It needs no network."""
    # `<` would end the script early if a name held a tag.
    drawn = [draw_event(event, bins, cell_mm).to_plotly_json() for event in events]
    content = json.dumps(drawn, default=_plain).replace("<", "\\u003c")
    networks = list(events[0].predictions) if events else []
    head = ["set", "group", "event", "energy [keV]"]
    head += [f"{name}: {what}" for name in networks for what in TOLD]
    lines = "".join(
        f"<tr data-event='{i}'>{''.join(map(_cell, _line_of(event)))}</tr>"
        for i, event in enumerate(events)
    )
    table = f"<table><tr>{''.join(f'<th>{html.escape(h)}</th>' for h in head)}</tr>{lines}</table>"
    return (
        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'><title>Events</title>"
        f"<style>{_STYLE}</style><script>{get_plotlyjs()}</script></head>\n"
        f"<body><div id='plot'></div>\n<div class='list'>{table}</div>\n"
        f"<script>const EVENTS = {content};{_SCRIPT if events else ''}</script></body></html>\n"
    )


def _line_of(event: Shown) -> Iterator[str]:
    batch = event.batch
    yield from (event.set, event.group, f"{batch.source[0]} {batch.event_id[0]}")
    yield f"{batch.energy_keV[0]:g}"
    for row in event.predictions.values():
        yield _number(np.degrees(angles_rad(row.to_frame().T))[0], ".1f")
        yield _number(row["kappa"], ".1f")
        yield _number(row["head_tail_probability"], ".3f")
        *place, error = (_number(value, ".1f") for value in row[START].astype("float64") / 1000)
        yield "-" if error == "-" else f"{', '.join(place)} +- {error}"


def _number(value: float, form: str) -> str:
    return f"{value:{form}}" if np.isfinite(value) else "-"


def _cell(text: str) -> str:
    return f"<td>{html.escape(text)}</td>"


def _scatter(points: Array, name: str, **look: Any) -> go.Scatter3d:
    x, y, z = np.round(points.astype(np.float64), 3).T.tolist()
    return go.Scatter3d(x=x, y=y, z=z, name=name, **look)


def _line(colour: str) -> dict[str, Any]:
    return {"color": colour, "width": 3}


def _arrow(start: Array, direction: Array, name: str, colour: str) -> go.Scatter3d:
    ends = np.stack([start, start + ARROW_MM * direction])
    marker = {"size": [0, 5], "color": colour}
    line = {"color": colour, "width": 7}
    return _scatter(ends, name, mode="lines+markers", marker=marker, line=line)


def contours(density: Density) -> Array:
    """Edges of the regions of one density, on the unit sphere.

    Lines [m, 3] one after the other with a row of NaN behind each: places at which the density is
    that of the edge of the region of highest density, of each of `LEVELS`.
    """
    pole = density.mean()[0][0]
    across = np.linalg.svd(pole[None])[2][1:]

    def place(azimuth: Array, polar: Array) -> Array:
        circle = np.stack([np.cos(azimuth), np.sin(azimuth)], axis=-1) @ across
        return np.cos(polar)[..., None] * pole + np.sin(polar)[..., None] * circle

    azimuth, polar = np.linspace(0, 2 * np.pi, AZIMUTHS), np.linspace(0, np.pi, POLAR)
    points: Array = place(*np.meshgrid(azimuth, polar)).reshape(1, -1, 3)
    values = density.log_density(points).reshape(POLAR, AZIMUTHS)
    edges = np.unique(region_edges(density, LEVELS)[0])
    lines = Figure().add_subplot().contour(azimuth, polar, values, levels=edges).allsegs
    found = [place(*line.T) for of_level in lines for line in of_level]
    gap = np.full((1, 3), np.nan)
    return np.concatenate([part for line in found for part in (line, gap)] or [gap])


def _plain(value: Any) -> Any:
    return value.tolist()


def from_files(inputs: Inputs, params: Params) -> str:
    """The page from its entry in the chain's catalogue; see `FigureSpec`."""
    shards, predictions = map(Path, inputs["shards"]), iter(inputs["predictions"])
    events = []
    for name, files in params["sets"].items():
        own = list(islice(shards, files))
        shard = open_shard(own[0])
        tables = {n: read_predictions(next(predictions)) for n in params["networks"]}
        groups = chosen(next(iter(tables.values())))
        found = events_at(own, [row for rows in groups.values() for row in rows])
        events += [
            Shown(name, group, found[row], {n: t.iloc[row] for n, t in tables.items()})
            for group, rows in groups.items()
            for row in rows
        ]
    return event_page(events, shard.bins, np.array(shard.cell_um) / 1000)
