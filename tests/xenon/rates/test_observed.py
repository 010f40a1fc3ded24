import logging

import numpy as np
import pandas as pd
import pytest

from pipeline.xenon.config.region import Region
from pipeline.xenon.rates.observed import scores_in_region


def write_scores(path, cs1_photons):
    """Scores 0, 1, ... of events of these cS1, and of one that does not trigger."""
    n = len(cs1_photons)
    table = pd.DataFrame({"recoil": np.uint8(0), "energy_keV": np.nan, "triggered": True}, range(n))
    table = table.assign(cs1_photons=cs1_photons, ts=np.arange(float(n)))
    pd.concat([table.iloc[:1].assign(triggered=False, ts=np.nan), table]).to_parquet(path)


def test_events_outside_the_region_are_counted_and_left_out(tmp_path, caplog):
    write_scores(tmp_path / "scores.parquet", [2.9, 3.0, 20.0, 40.0, 40.1])
    with caplog.at_level(logging.INFO):
        scores, outside = scores_in_region(tmp_path / "scores.parquet", Region())
    assert (scores.tolist(), outside) == ([1, 2, 3], 2)
    assert "3 observed events are in the region of interest, 2 trigger outside" in caplog.text


def test_data_of_which_nothing_is_in_the_region(tmp_path):
    write_scores(tmp_path / "scores.parquet", [400.0, 500.0])
    message = r"none of the 2 observed events .* \(cS1 of 3 to 40 photons\): check detector"
    with pytest.raises(ValueError, match=message):
        scores_in_region(tmp_path / "scores.parquet", Region())
