"""The gap between measured and simulated events as a step of the workflow."""

import logging
from collections.abc import Sequence

import numpy as np
import pandas as pd
from torch import nn

from pipeline.core.seeds import generator
from pipeline.core.tables import Inputs, Params
from pipeline.gas.comparison.domain_gap import Events, domain_gap
from pipeline.gas.config.detector import DomainGap
from pipeline.gas.config.networks import read_network
from pipeline.gas.networks.activations import activations
from pipeline.gas.networks.loading import load_network
from pipeline.gas.response.moments import event_summaries
from pipeline.gas.response.units import check_energies, check_units
from pipeline.gas.voxels.dataset import chosen_events, cut_batches, grid_bins, spread_evenly
from pipeline.statistics.directional.predictions import cosines, read_predictions

logger = logging.getLogger(__name__)


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Table of the gap between two test sets, and the energy distances at rising numbers.

    `inputs` has the shards of both, the table of predictions of each, and the network's weights.
    """
    settings, network = DomainGap.model_validate(params["gap"]), read_network(params["network"])
    bins = grid_bins([*inputs["data"], *inputs["simulated"]])
    model = load_network(inputs["weights"][0], network, bins)
    tables = {
        name: read_predictions(inputs[f"{name}_predictions"][0]) for name in ("data", "simulated")
    }
    measured_keV, simulated_keV = (table["energy_keV"].to_numpy() for table in tables.values())
    check_energies(measured_keV, simulated_keV, "domain_gap")
    data, simulated = (
        read_events(model, inputs[name], table, bins, settings.events, network.batch_size)
        for name, table in tables.items()
    )
    check_units(data.summaries, simulated.summaries, "domain_gap")
    table, growth = domain_gap(data, simulated, generator(params["seed"], "domain gap"))
    logger.info("%s", table["verdict"].iloc[0])
    return {"table": table, "growth": growth}


def read_events(
    model: nn.Module,
    shards: Sequence[str],
    predictions: pd.DataFrame,
    bins: int,
    most: int,
    batch_size: int,
) -> Events:
    """At most so many events of some shards, evenly spread, with their rows of the predictions."""
    kept = spread_evenly(len(predictions), most)
    batches = list(cut_batches(chosen_events(shards, kept), batch_size, pool_events=0))
    return Events(
        summaries=np.concatenate(
            [event_summaries(batch.voxels, batch.counts, batch.offsets, bins) for batch in batches]
        ),
        activations=activations(model, batches, bins),
        kappa=predictions["kappa"].to_numpy()[kept],
        cosine=cosines(predictions)[kept],
    )
