"""The attention of a network and the stages of its decisions as a step of the workflow."""

from collections.abc import Sequence
from typing import cast

import numpy as np
import pandas as pd

from pipeline.core.tables import Inputs, Params
from pipeline.gas.config.attention import Attention
from pipeline.gas.config.networks import read_network
from pipeline.gas.evaluation.attention import Places, attention_table
from pipeline.gas.evaluation.direction_stages import (
    Decisions,
    decisions,
    failure_table,
    stage_table,
)
from pipeline.gas.networks.attention import attention_mm
from pipeline.gas.networks.loading import load_network
from pipeline.gas.networks.unet import DirectionUNet
from pipeline.gas.voxels.dataset import chosen_events, cut_batches, grid_bins, spread_evenly
from pipeline.gas.voxels.shards import open_shard
from pipeline.statistics.directional.predictions import START, read_predictions


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Tables of the heads, of the stages and of their failures.

    `inputs` has the weights, the predictions of every set and the shards of all sets; `params` has
    the number of shards of each set.
    """
    settings, network = Attention.model_validate(params["attention"]), params["network"]
    batch_size = read_network(network).batch_size
    bins = grid_bins(inputs["shards"])
    model = load_network(inputs["weights"][0], read_network(network), bins)
    shards = iter(inputs["shards"])
    places, decided = {}, {}
    for (name, files), predictions in zip(
        params["sets"].items(), inputs["predictions"], strict=True
    ):
        places[name], decided[name] = read_set(
            cast(DirectionUNet, model),
            [next(shards) for _ in range(files)],
            *(predictions, bins, settings.events, batch_size),
        )
    return {
        "attention": attention_table(places, settings.nominal),
        "stages": stage_table(decided, settings.nominal),
        "failures": failure_table(decided, settings.start_mm, settings.axis_deg),
    }


def read_set(
    model: DirectionUNet,
    shards: Sequence[str],
    predictions: str,
    bins: int,
    most: int,
    batch_size: int,
) -> tuple[Places, Decisions]:
    """At most so many events of some shards, with their rows of the predictions."""
    table, cell_um = read_predictions(predictions), open_shard(shards[0]).cell_um
    kept = spread_evenly(len(table), most)
    batches = list(cut_batches(chosen_events(shards, kept), batch_size, pool_events=0))
    table, heads_mm = table[kept], attention_mm(model, batches, bins, cell_um)
    true_um = (np.concatenate([batch.start for batch in batches]) - bins / 2) * cell_um
    start_mm = 1e-3 * table[START[:3]].to_numpy(np.float64)
    return Places(heads_mm, start_mm, 1e-3 * true_um), decisions(table, true_um)
