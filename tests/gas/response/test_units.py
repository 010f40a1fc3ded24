"""Units of measured events against the simulation."""

import numpy as np
import pytest

from pipeline.gas.config.response import Response
from pipeline.gas.config.voxels import Grid
from pipeline.gas.response.moments import event_summaries
from pipeline.gas.response.respond import respond
from pipeline.gas.response.units import check_energies, check_units
from pipeline.gas.tracks.table import Electrons


def summaries(scale=1.0, charge=1.0, threshold=0.5):
    """Lines of 30 mm, all lengths scaled, in a readout."""
    rng = np.random.default_rng(1)
    along = rng.uniform(-15e3, 15e3, (40, 800, 1)) * [1, 0.5, 0.2]
    positions = (along + rng.normal(0, 300, (40, 800, 3))).reshape(-1, 3) * scale
    electrons = Electrons(positions.astype(np.float32), np.arange(0, 40 * 800 + 1, 800))
    response = Response(gain={"relative_rms": 0.7}, threshold={"electrons": threshold})
    seen = respond(electrons, response, Grid(), np.random.Generator(np.random.SFC64(2)))
    return event_summaries(seen.voxels, seen.charge * charge, seen.offsets, 120)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"charge": 2000}, r"detector_fit: .* 2e\+03 times the charge .*`electrons_per_charge`"),
        ({"charge": 1 / 2000}, r"0.0005 times the charge of a simulated one"),
        ({"scale": 0.1}, r"times the voxels of a simulated one .* `length_unit`"),
    ],
)
def test_wrong_units_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        check_units(summaries(**change), summaries(), "detector_fit")


@pytest.mark.parametrize("change", [{"threshold": 1.5}, {"scale": 0.7}, {"charge": 1.5}])
def test_another_readout_is_no_wrong_unit(change):
    check_units(summaries(**change), summaries(), "domain_gap")


def test_without_events_nothing_is_compared():
    check_units(summaries()[:0], summaries(), "detector_fit")


def test_both_samples_need_the_same_energies():
    mixed, one = np.array([30.0, 70, 30]), np.array([40.0, 40])
    check_energies(mixed, np.array([70.0, 30]), "domain_gap")
    check_energies(np.full(3, np.nan), one, "domain_gap")
    with pytest.raises(ValueError, match=r"domain_gap: the data have 40 keV and .* 30, 70 keV"):
        check_energies(one, mixed, "domain_gap")
