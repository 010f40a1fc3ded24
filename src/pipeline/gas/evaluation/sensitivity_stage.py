"""Systematic errors from the fitted response as a step of the workflow."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.core.progress import Progress
from pipeline.core.seeds import generator
from pipeline.core.tables import Inputs, Params, read_table, read_tables
from pipeline.gas.baselines.best_expected import best_expected
from pipeline.gas.baselines.non_ml import non_ml_directions, tuned_parameters
from pipeline.gas.config.evaluation import NonML
from pipeline.gas.config.networks import read_network
from pipeline.gas.config.response import Response
from pipeline.gas.config.sensitivity import ResponseSensitivity
from pipeline.gas.config.symmetry import drift_of, orientations
from pipeline.gas.config.voxels import Grid
from pipeline.gas.networks.loading import load_network
from pipeline.gas.networks.prediction import predict_batches
from pipeline.gas.response.fitted import with_fitted
from pipeline.gas.response.sensitivity import (
    Cosines,
    Parameters,
    covariance_of,
    needed_with_systematic,
    sensitivity_table,
)
from pipeline.gas.tracks.table import TrackBatch, count_tracks, read_tracks
from pipeline.gas.voxels.dataset import cut_batches, spread_evenly
from pipeline.gas.voxels.shards import VoxelBatch, concatenate
from pipeline.gas.voxels.views import make_views
from pipeline.statistics.directional.predictions import cosines, prediction_table

# Makes the prediction table of events.
Method = Callable[[VoxelBatch], pd.DataFrame]


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Slopes and systematic errors of every method; with `needed`, those of recoils needed.

    `inputs` has the tracks, the tables of the fit, the tunings of the baselines and the weights of
    the networks in their order. A network's factor on kappa, which hardly moves directions, is
    left out; parameters of the baselines are those tuned to the test set.
    """
    settings = ResponseSensitivity.model_validate(params["sensitivity"])
    grid = Grid.model_validate(params["grid"])
    response = with_fitted(Response.model_validate(params["response"]), inputs["fit"])
    fit = read_table(inputs["fit"][0])
    values = fit["value"].to_numpy()
    parameters = Parameters(
        list(fit["parameter"]),
        values,
        covariance_of(fit, read_table(inputs["correlation"][0])),
        settings.relative_step * values,
    )
    found = cosines_of_variants(
        _methods(inputs, params, grid, response),
        Tracks(inputs["tracks"], settings.events, grid, params["seed"], params["rotate"]),
        response,
        parameters,
    )
    table = sensitivity_table(found, parameters)
    shown = {"table": table.assign(method=table["method"].map(params["names"]))}
    if inputs.get("needed"):
        needed = needed_with_systematic(read_tables(inputs["needed"]), table)
        shown["needed"] = needed.assign(method=needed["method"].map(params["names"]))
    return shown


class Tracks:
    """Tracks of some tables, spread over all of them, to be measured with any response."""

    def __init__(
        self, tables: Sequence[str], events: int, grid: Grid, seed: int, rotate: bool
    ) -> None:
        sizes = [count_tracks(path) for path in tables]
        kept = np.split(spread_evenly(sum(sizes), events), np.cumsum(sizes)[:-1])
        self._parts: list[tuple[str, str, list[TrackBatch]]] = []
        for path, chosen in zip(map(Path, tables), kept, strict=True):
            first, batches = 0, []
            for batch in read_tracks(path):
                batches.append(batch.take(np.flatnonzero(chosen[first : first + len(batch)])))
                first += len(batch)
            self._parts.append((path.parent.name, path.stem, batches))
        self._grid, self._seed, self._rotate = grid, seed, rotate

    def measured(self, response: Response) -> VoxelBatch:
        """The contained events; the same random numbers in every call."""
        views = []
        for source, part, batches in self._parts:
            rng = generator(self._seed, "response sensitivity", source, part)
            for batch in batches:
                views.append(make_views(batch, source, self._grid, response, rng, self._rotate)[0])
        return concatenate(views)


def cosines_of_variants(
    methods: Mapping[str, Method], tracks: Tracks, response: Response, parameters: Parameters
) -> dict[str, Cosines]:
    """Cosines of the nominal events, and of those with each parameter changed, by method."""
    steps = np.diag(parameters.steps)
    changes = np.concatenate([np.zeros((1, len(steps))), -steps, steps])
    progress = Progress("response sensitivity", len(changes), "variants")
    columns: dict[str, list[pd.Series]] = {name: [] for name in methods}
    for change in changes:
        changed = dict(zip(parameters.names, parameters.values + change, strict=True))
        events = tracks.measured(response.replaced(changed))
        for name, predict in methods.items():
            table = predict(events)
            index = pd.MultiIndex.from_frame(table[["source", "event_id"]])
            columns[name].append(pd.Series(cosines(table), index))
        progress.update(1)
    progress.finish()
    k = len(steps)
    found = {}
    for name, series in columns.items():
        # Not every variant of a track is inside the grid.
        joined = pd.concat(series, axis=1).to_numpy()
        found[name] = Cosines(joined[:, 0], joined[:, 1 : k + 1], joined[:, k + 1 :])
    return found


def _methods(inputs: Inputs, params: Params, grid: Grid, response: Response) -> dict[str, Method]:
    """Networks and baselines by their names in paths."""
    networks = {
        name: _network(weights, block, grid, response)
        for (name, block), weights in zip(
            params["networks"].items(), inputs["weights"], strict=True
        )
    }
    settings = NonML.model_validate(params["non_ml"])
    tuned = tuned_parameters(read_table(inputs["non_ml"][0]), settings)
    radii = read_table(inputs["best_expected"][0])
    eps_cm = float(radii.loc[radii["tuned"], "eps_cm"].iloc[0])

    def non_ml(chosen: NonML) -> Method:
        return lambda batch: prediction_table(
            batch, non_ml_directions(batch, grid.bins, grid.cell_um, chosen)
        )

    return {
        **networks,
        "non_ml": non_ml(settings),
        "non_ml_tuned": non_ml(tuned),
        "best_expected": lambda batch: prediction_table(
            batch, best_expected(batch, grid.bins, grid.cell_um, eps_cm)
        ),
    }


def _network(weights: str, block: dict[str, Any], grid: Grid, response: Response) -> Method:
    settings = read_network(block)
    model = load_network(weights, settings, grid.bins)
    allowed = orientations(grid.cell_um, drift_of(response))

    def predict(batch: VoxelBatch) -> pd.DataFrame:
        batches = cut_batches([batch], settings.batch_size, pool_events=0)
        return predict_batches(model, batches, grid.bins, grid.cell_um, allowed, settings)

    return predict
