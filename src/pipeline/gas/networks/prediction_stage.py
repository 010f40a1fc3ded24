"""Predictions of a trained network for a test set, from files."""

from pathlib import Path

from pipeline.core.tables import Described, Inputs, Params
from pipeline.gas.config.networks import read_network
from pipeline.gas.networks.prediction import predict
from pipeline.gas.networks.temperature import read_temperature, tempered
from pipeline.statistics.directional.predictions import described


def from_files(inputs: Inputs, params: Params) -> dict[str, Described]:
    """The prediction table of a network with these settings, with its temperature."""
    shards = [Path(path) for path in inputs["shards"]]
    table = predict(inputs["weights"][0], shards, read_network(dict(params)))
    for file in inputs["temperature"]:
        table = tempered(table, read_temperature(file))
    return {"table": described(table)}
