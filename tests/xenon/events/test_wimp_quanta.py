"""Quanta of WIMP recoils against NEST's mean at each energy."""

import nestpy
import numpy as np

from pipeline.xenon.config.samples import Nest, WimpSpectrum
from pipeline.xenon.events.nest import nest_events


def test_mean_quanta_against_energy(geometry, liquid):
    sample = Nest(
        kind="nest",
        recoil="nr",
        spectrum=WimpSpectrum(kind="wimp", mass_GeV=100, low_keV=3),
        events=6000,
    )
    (batch,) = nest_events(sample, geometry, liquid, np.random.default_rng(3))
    nest = nestpy.NESTcalc(nestpy.detectors.VDetector())
    yields = [
        nest.GetYields(nestpy.interactions.NR, energy, 2.86, 200.0) for energy in batch.energy_keV
    ]
    for drawn, expected in (
        (batch.photons, np.array([y.PhotonYield for y in yields])),
        (batch.electrons, np.array([y.ElectronYield for y in yields])),
    ):
        for low, high in ((3, 6), (6, 12), (12, 25), (25, 100)):
            inside = (batch.energy_keV >= low) & (batch.energy_keV < high)
            away = (drawn - expected)[inside]
            assert inside.sum() > 300
            assert abs(away.mean()) < 3 * away.std() / np.sqrt(inside.sum())
