"""The fit of a response to genuine Degrad tracks, against simulated ones."""

import time

import numpy as np
import pyarrow.parquet as pq
import pytest
from helpers.made_tracks import along_z

from pipeline.core.seeds import generator
from pipeline.gas.config.response import Response
from pipeline.gas.config.sources import read_source
from pipeline.gas.config.voxels import Grid
from pipeline.gas.response.fit import fit_response
from pipeline.gas.response.model import Model, Sample
from pipeline.gas.tracks.simulator.source import simulated_batches

RANGES = {
    "diffusion.constant_transverse": (100.0, 600.0),
    "diffusion.constant_longitudinal": (100.0, 600.0),
    "gain.relative_rms": (0.1, 1.5),
    "threshold.electrons": (0.2, 3.0),
}
TRUE, START = (300.0, 240.0, 0.7, 1.2), (220.0, 220.0, 0.4, 0.8)


def degrad_tracks(folder):
    table = pq.read_table(folder / "he_co2_50keV.parquet", columns=["x_um", "y_um", "z_um"])
    x, y, z = (table[name].combine_chunks() for name in table.column_names)
    positions_um = np.stack([axis.flatten().to_numpy() for axis in (x, y, z)], axis=1)
    return along_z(x.offsets.to_numpy().astype(np.int64), positions_um)


def simulated_tracks(events):
    source = read_source({"kind": "simulation", "energies_keV": [50], "events_per_energy": events})
    made = simulated_batches(source, generator(1, "tracks of the fit"))
    return [along_z(tracks.offsets, tracks.positions_um) for tracks in made]


@pytest.mark.slow
def test_four_parameters_of_3000_degrad_events_within_a_minute(degrad_dir):
    truth, start = (Response().replaced(dict(zip(RANGES, v, strict=True))) for v in (TRUE, START))
    data = Model([degrad_tracks(degrad_dir)], truth, Grid(), seed=2).sample({})
    data = Sample(data.values[:3000], data.energy_keV[:3000])
    model = Model(simulated_tracks(12_000), start, Grid(), seed=1)
    began = time.process_time()
    fit = fit_response(data, model, RANGES)
    assert time.process_time() - began < 60
    assert (np.abs((fit.values - TRUE) / fit.errors) < 3).all()
    assert (fit.errors < [0.6, 0.9, 0.004, 0.002]).all()
    assert fit.p_value > 0.01
