"""Anomaly scores of one sample, from files."""

import pandas as pd

from pipeline.core.tables import Described, Inputs, Params
from pipeline.xenon.darwin.scan import chosen_weights
from pipeline.xenon.darwin.score import scores


def from_files(inputs: Inputs, _params: Params) -> dict[str, Described]:
    """Scores with the weights that the scan has chosen, from the terms of a sample."""
    weights = chosen_weights(pd.read_csv(inputs["scan"][0]))
    return {"table": scores(inputs["terms"][0], *weights)}
