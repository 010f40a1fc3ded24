"""The eight images of single clusters."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from pipeline.core.tables import Inputs, Params
from pipeline.emulsion.clusters.table import Clusters, read_clusters
from pipeline.emulsion.config.detector import PLANES
from pipeline.emulsion.networks.prediction import read_predictions
from pipeline.emulsion.rejection.curves import threshold_at
from pipeline.figures.style import PAGE_INCH

STEP_DEG = 180 / PLANES
CENTRE_PX = 28  # rows and columns that are shown


@dataclass(frozen=True)
class Shown:
    """A cluster and what is written beside its images."""

    images: NDArray[np.uint8]  # [8, rows, columns]
    text: str


def draw_clusters(clusters: Sequence[Shown]) -> Figure:
    """A row of eight images for each cluster, all in the colours of its brightest pixel."""
    figure = Figure(figsize=(PAGE_INCH, 0.95 * len(clusters) + 0.3))
    axes = figure.subplots(len(clusters), PLANES, squeeze=False)
    for number, (row, cluster) in enumerate(zip(axes, clusters, strict=True)):
        edge = max((cluster.images.shape[-1] - CENTRE_PX) // 2, 0)
        centre = cluster.images[:, edge : edge + CENTRE_PX, edge : edge + CENTRE_PX]
        for plane, (axis, image) in enumerate(zip(row, centre, strict=True)):
            mesh = axis.imshow(image, cmap="cividis", vmin=centre.min(), vmax=centre.max())
            axis.set(xticks=[], yticks=[])
            axis.grid(visible=False)
            if number == 0:
                axis.set_title(f"{plane * STEP_DEG:g}°", fontsize=8)
        row[0].set_ylabel(cluster.text, fontsize=7, rotation=0, ha="right", va="center")
        figure.colorbar(mesh, ax=list(row), fraction=0.012, pad=0.01).ax.tick_params(labelsize=6)
    figure.supxlabel("angle of the analyser; colours: counts", fontsize=8)
    return figure


def chosen_events(scores: pd.DataFrame, threshold: float) -> dict[str, int]:
    """Clusters [event_id] of the highest score, the one next to the threshold, the lowest."""
    logit = scores["logit"].to_numpy()
    events = scores["event_id"].to_numpy()
    places = {
        "highest score": logit.argmax(),
        "at the threshold": np.abs(logit - threshold).argmin(),
        "lowest score": logit.argmin(),
    }
    return {name: int(events[place]) for name, place in places.items()}


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`.

    `inputs` are the `predictions` of a network, and one shard of each of the `samples` to show,
    whose first one is the signal that sets the threshold.
    """
    predictions = read_predictions(inputs["predictions"], ["sample", "event_id", "logit"])
    by_sample = dict(list(predictions.groupby("sample")))
    threshold = threshold_at(by_sample[params["samples"][0]]["logit"], params["efficiency"])
    shown = []
    for sample, path in zip(params["samples"], inputs["shards"], strict=True):
        known = np.concatenate([part.event_id for part in read_clusters(path)])
        scores = by_sample[sample]
        scores = scores[scores["event_id"].isin(known)]
        chosen = chosen_events(scores, threshold)
        logits = scores.set_index("event_id")["logit"]
        images = dict(_images(path, chosen))
        shown += [
            Shown(images[event], f"{sample}\n{name}\nlogit {logits[event]:.1f}")
            for name, event in chosen.items()
        ]
    return draw_clusters(shown)


def _images(path: str, chosen: Mapping[str, int]) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """(event_id, images) of some clusters of a shard."""
    part: Clusters
    for part in read_clusters(path):
        for i in np.flatnonzero(np.isin(part.event_id, list(chosen.values()))):
            yield int(part.event_id[i]), part.images[i]
