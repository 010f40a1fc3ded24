import logging

import numpy as np
import pandas as pd
import pytest

from pipeline.xenon.config.region import Region
from pipeline.xenon.rates.observed import in_region


def events(*cs1_photons):
    """Scores 0, 1, ... of events of these cS1."""
    return pd.DataFrame({"ts": np.arange(len(cs1_photons)), "cs1_photons": cs1_photons})


def test_events_outside_the_region_are_counted_and_left_out(caplog):
    with caplog.at_level(logging.INFO):
        inside, outside = in_region(events(2.9, 3.0, 20.0, 40.0, 40.1), Region())
    assert (inside["ts"].tolist(), outside) == ([1, 2, 3], 2)
    assert "3 observed events are in the region of interest, 2 trigger outside" in caplog.text


def test_data_of_which_nothing_is_in_the_region():
    message = r"none of the 2 observed events .* \(cS1 of 3 to 40 photons\): check detector"
    with pytest.raises(ValueError, match=message):
        in_region(events(400.0, 500.0), Region())
