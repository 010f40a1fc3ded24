"""The response with the values of a table of fitted parameters."""

import pandas as pd

from pipeline.gas.config.response import Response
from pipeline.gas.config.sets import readout_block
from pipeline.gas.config.voxels import Smearing
from pipeline.gas.response.fitted import read_fitted


def test_fitted_values_replace_those_of_the_start(tmp_path):
    table = tmp_path / "detector_fit.csv"
    rows = {"parameter": ["threshold.electrons", "gain.relative_rms"], "value": [1.2, 0.7]}
    pd.DataFrame(rows).assign(start=1.0).to_csv(table, index=False)
    start = Response(noise_hits=3, fitted=rows["parameter"])
    found = read_fitted(readout_block(start), [str(table)])
    assert (found.value("threshold.electrons"), found.value("gain.relative_rms")) == (1.2, 0.7)
    assert (found.noise_hits, found.fitted) == (3, [])


def test_without_a_table_nothing_changes():
    for readout in (Response(noise_hits=3), Smearing(low_um=160, high_um=466)):
        assert read_fitted(readout_block(readout), []) == readout
