"""The temperature of a network or an ensemble, from events that no network has learnt from."""

from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.core.tables import Inputs, Params
from pipeline.gas.config.networks import read_network
from pipeline.gas.networks.ensemble import combined
from pipeline.gas.networks.prediction import predict
from pipeline.gas.networks.temperature import (
    fit_temperature,
    read_temperature,
    temperature_table,
    tempered,
    unseen_share,
)
from pipeline.gas.voxels.shards import VoxelBatch, open_shard, with_true_start
from pipeline.gas.voxels.split import in_validation


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Table of one row, see `temperature_table`, from the shards of the training set.

    `weights` and the settings `networks` are those of one network, or of the members of an
    ensemble, whose own temperatures are in the files `temperatures`.
    """
    networks = [read_network(block) for block in params["networks"]]
    shards = [Path(path) for path in inputs["shards"]]
    stored = sum(open_shard(path).events for path in shards)
    share = min(unseen_share(own, params["validation_fraction"], stored) for own in networks)

    def unseen(batch: VoxelBatch) -> np.ndarray:
        return in_validation(batch, params["seed"], share)

    tables = [
        predict(weights, shards, network, unseen, share)
        for weights, network in zip(inputs["weights"], networks, strict=True)
    ]
    if inputs["temperatures"]:
        temperatures = map(read_temperature, inputs["temperatures"])
        tables = list(map(tempered, tables, temperatures))
    (predictions,) = tables if len(tables) == 1 else [combined(tables)]
    return {"table": temperature_table(fit_temperature(with_true_start(predictions, shards)))}
