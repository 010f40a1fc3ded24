"""Samples that cannot be made are refused with the key to change."""

import pytest
from pydantic import ValidationError

from pipeline.emulsion.config.samples import read_sample

ION = {"kind": "ion", "energy_keV": 30, "clusters": 1}
RECOILS = {"kind": "recoils", "ion": "S", "energies_keV": [5, 10], "recoils": 9}
GAMMA = {"kind": "gamma", "source": "Co60", "clusters": 1}


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ({**ION, "ion": "Q"}, "unknown 'Q' for start 'beam'; expected one of H, He"),
        ({**ION, "ion": "Kr", "start": "recoil"}, "unknown 'Kr' for start 'recoil'"),
        ({**ION, "energy_keV": 0}, "greater than 0.2"),
        ({**ION, "beam": {"angle_deg": 100}}, "less than or equal to 90"),
        ({**GAMMA, "source": "Am241"}, "'Co60' or 'Cs137'"),
        ({**GAMMA, "p_end": 1.5}, "less than or equal to 1"),
        ({**GAMMA, "delta_keV": [5, 1]}, "expected 0.1 <= low < high <= 20"),
        ({"kind": "fog", "clusters": 0}, "greater than 0"),
        ({**RECOILS, "ion": "He"}, "unknown 'He' for start 'recoil'"),
        ({**RECOILS, "energies_keV": [10, 5]}, "energies must rise"),
        ({**RECOILS, "energies_keV": [-1, 5]}, "greater than 0.2"),
        ({**RECOILS, "energies_keV": []}, "give at least one energy"),
        ({"kind": "neutron"}, "does not match any of the expected tags"),
    ],
)
def test_bad_samples_are_refused(block, message):
    with pytest.raises(ValidationError, match=message):
        read_sample(block)


def test_particles_have_names():
    blocks = [{**ION, "ion": "Br"}, GAMMA, {"kind": "fog", "clusters": 1}, RECOILS]
    samples = [read_sample(block) for block in blocks]
    assert [s.particle for s in samples] == ["Br", "Co60", "fog", "S"]
    assert [s.signal for s in samples] == [True, False, False, True]


HDF5 = {"kind": "hdf5", "files": ["a.h5"]}


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({}, "give `label`, `labels`, or both"),
        ({"label": "carbon"}, "'signal' or 'background'"),
        ({"label": "signal", "axes": "nyx"}, "the letters n, y, x, p once each"),
        ({"label": "signal", "pol_ids": None}, "plate: 'header' needs the dataset `pol_ids`"),
        ({"label": "signal", "crop_px": 41}, "crop_px must be even"),
        ({"label": "signal", "crop_px": 20}, "greater than or equal to 32"),
        ({"label": "signal", "energy_keV": 0}, "greater than 0"),
    ],
)
def test_bad_hdf5_samples_are_refused(keys, message):
    with pytest.raises(ValidationError, match=message):
        read_sample({**HDF5, **keys})
