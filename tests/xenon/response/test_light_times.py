"""Emission times of S1 photons, compared with NEST."""

import nestpy
import numpy as np
import pytest
from helpers.made_responses import darwin
from scipy.stats import expon, kstest

from pipeline.xenon.config.detector import Detector
from pipeline.xenon.response.scintillation import fill_emission_times, light_constants

FOREVER_NS = 1e15
PHOTONS = 20_000


def emission_times(detector, recoil, energy_keV, exciton_share=0.0):
    times = np.empty(PHOTONS)
    constants = light_constants(detector)
    rng = np.random.default_rng(1)
    fill_emission_times(rng, constants, recoil, energy_keV, exciton_share, times)
    return times


@pytest.mark.parametrize(
    ("recoil", "interaction", "energy_keV", "exciton_share"),
    [
        (0, nestpy.interactions.beta, 2.0, 0.1),
        (0, nestpy.interactions.beta, 60.0, 0.3),
        (0, nestpy.interactions.beta, 60.0, 1.0),
        (1, nestpy.interactions.NR, 6.0, 0.5),
        (1, nestpy.interactions.NR, 80.0, 0.5),
    ],
)
def test_times_are_nests(recoil, interaction, energy_keV, exciton_share):
    endless = darwin(s1={"times": {"max_recombination_ns": FOREVER_NS}})
    ours = emission_times(endless, recoil, energy_keV, exciton_share)
    nestpy.RandomGen.rndm().set_seed(5)
    nest = nestpy.NESTcalc(nestpy.detectors.VDetector()).GetPhotonTimes(
        interaction, PHOTONS, round(exciton_share * PHOTONS), 200.0, energy_keV
    )
    assert kstest(ours, nest).pvalue > 0.01


def test_recombination_is_nests_up_to_its_end():
    limit_ns = 30.0
    # Without decays the recombination alone is left.
    times = {"max_recombination_ns": limit_ns, "singlet_ns": 1e-9, "er_triplet_ns": 1e-9}
    drawn = emission_times(darwin(s1={"times": times}), 0, 10.0)
    tau_ns = np.exp(-1.8) * (7.3138 + 3.8431)  # NEST's at 200 V/cm and 10 keV
    share = (limit_ns + tau_ns) / limit_ns
    assert kstest(drawn, lambda t: np.clip(share * t / (t + tau_ns), 0, 1)).pvalue > 0.01
    assert drawn.max() <= limit_ns + 1e-6


@pytest.mark.parametrize("recoil", [0, 1])
def test_one_exponential_serves_both_recoils(recoil):
    times = emission_times(Detector(base="xenon1t"), recoil, 10.0)
    assert kstest(times, expon(scale=44.77).cdf).pvalue > 0.01
