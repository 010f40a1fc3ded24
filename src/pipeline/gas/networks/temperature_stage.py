"""The temperature of a network, from events of its training set that it has not learnt from."""

from pathlib import Path

import pandas as pd

from pipeline.core.tables import Inputs, Params
from pipeline.gas.config.networks import read_network
from pipeline.gas.config.sets import TrainingSet
from pipeline.gas.networks.prediction import predict
from pipeline.gas.networks.temperature import fit_temperature, temperature_table, unseen_share
from pipeline.gas.voxels.shards import open_shard
from pipeline.gas.voxels.split import in_validation


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Table of one row, see `temperature_table`, from weights and shards."""
    network = read_network(params["network"])
    fraction = TrainingSet.model_validate(params["training_set"]).validation_fraction
    shards = [Path(path) for path in inputs["shards"]]
    share = unseen_share(network, fraction, sum(open_shard(path).events for path in shards))
    predictions = predict(
        inputs["weights"][0],
        shards,
        network,
        lambda batch: in_validation(batch, params["seed"], share),
        share,
    )
    return {"table": temperature_table(fit_temperature(predictions))}
