"""The fit of a readout response as a step of the workflow."""

import logging

import numpy as np
import pandas as pd

from pipeline.core.tables import Inputs, Params
from pipeline.gas.config.detector import DetectorFit
from pipeline.gas.config.voxels import Grid
from pipeline.gas.response.fit import fit_response
from pipeline.gas.response.model import Model, Sample, joined, sample
from pipeline.gas.response.units import check_units
from pipeline.gas.tracks.table import read_tracks
from pipeline.gas.voxels.shards import read_shard

UNIT_EVENTS = 500  # simulated events with which units are compared

logger = logging.getLogger(__name__)


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Fitted parameters and compared summaries of the events in `shards`.

    Memory: all tracks of the simulation, 14 kB each at 50 keV.
    """
    settings, grid = DetectorFit.model_validate(params["fit"]), Grid.model_validate(params["grid"])
    data = joined(
        [
            sample(batch.voxels, batch.counts, batch.offsets, grid.bins, batch.energy_keV)
            for path in inputs["shards"]
            for batch in read_shard(path)
        ]
    )
    if settings.energy_keV is not None:
        data = Sample(data.values, np.full(len(data), settings.energy_keV, np.float32))
    tracks = [batch for path in inputs["tracks"] for batch in read_tracks(path)]
    model = Model(tracks, settings.response, grid, params["seed"])
    if settings.energy_keV is not None:
        share = min(1.0, UNIT_EVENTS / sum(map(len, tracks)))
        check_units(data.values, model.sample({}, share).values, "detector_fit")
    fit = fit_response(data, model, settings.parameters)
    for name, value, error in zip(fit.names, fit.values, fit.errors, strict=True):
        logger.info("%s %.5g +- %.2g", name, value, error)
    logger.info(
        "chi-squared %.1f of %d, p = %.2g: %s",
        *(fit.chi2, fit.degrees_of_freedom, fit.p_value, fit.verdict),
    )
    return {
        "parameters": fit.table(),
        "moments": fit.moments,
        "correlation": fit.correlation_table(),
    }
