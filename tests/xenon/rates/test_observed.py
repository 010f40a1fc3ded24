import logging

import numpy as np
import pandas as pd
import pytest

from pipeline.xenon.config.rates import Rates
from pipeline.xenon.rates.observed import check_apart, check_region


def events(*energies):
    return pd.DataFrame(
        {"event_id": np.arange(len(energies)), "recoil": 0, "energy_keV": np.array(energies)}
    )


def test_events_outside_the_region_are_named():
    message = r"1 of 3 observed events lie outside .* event 1, ER of 9 keV \(region: 1 to 7.5 keV"
    with pytest.raises(ValueError, match=message):
        check_region(events(2.0, 9.0, 3.0), Rates())
    # A nuclear recoil of 9 keV is inside.
    check_region(events(9.0).assign(recoil=1), Rates())


def test_unknown_energies_are_logged(caplog):
    with caplog.at_level(logging.WARNING):
        check_region(events(2.0, np.nan), Rates())
    assert "1 of 2 observed events have no true energy" in caplog.text


def made(rng, n):
    columns = ["x_cm", "y_cm", "depth_cm", "photons", "electrons"]
    return pd.DataFrame(rng.random((n, 5)), columns=columns)


def test_data_that_are_in_the_simulation(rng):
    data, simulation = made(rng, 40), made(rng, 100)
    check_apart(data, simulation)
    mixed = pd.concat([simulation, data.iloc[:20]])
    with pytest.raises(ValueError, match="20 of 40 observed events are also in the simulation"):
        check_apart(data, mixed)
