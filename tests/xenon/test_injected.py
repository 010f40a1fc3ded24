import numpy as np
import pytest

from pipeline.xenon.config.detector import Detector
from pipeline.xenon.config.rates import Rates
from pipeline.xenon.injected import injected
from pipeline.xenon.rates.backgrounds import backgrounds, wimp


def test_an_experiment_has_the_expected_recoils(rng):
    rates, detector = Rates(), Detector(base="darwin")
    table = injected(rates, detector, 2.0, 50.0, 1e-45, rng)
    signal = 2.0 * 1e-45 * wimp(rates, 50.0).expected_per_t_yr()
    for recoil, more in (("ER", 0.0), ("NR", signal)):
        own = [component for component in backgrounds(rates) if component.recoil == recoil]
        expected = more + 2.0 * sum(component.expected_per_t_yr() for component in own)
        found = (table["recoil"] == recoil).sum()
        assert found == pytest.approx(expected, abs=5 * np.sqrt(expected))
    assert table.loc[table["recoil"] == "ER", "energy_keV"].between(0.5, 13).all()
    assert (table[["photons", "electrons"]] >= 0).all(axis=None)
