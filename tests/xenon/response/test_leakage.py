"""Separation of electronic and nuclear recoils by S1 and S2."""

import numpy as np
import pytest
from helpers.made_responses import darwin, made_nest_events

from pipeline.xenon.response.simulation import simulate_response

ER_EVENTS, NR_EVENTS = 60_000, 30_000
# The bands fall with cS1: bins twice as wide have a third more leakage, at their edges.
CS1_EDGES = np.linspace(3, 80, 23)


def corrected(recoil, energies_keV):
    """cS1 [photons] and log10(cS2 / cS1) of triggered events with cS1 in the range."""
    detector = darwin()
    events = made_nest_events(detector, recoil, energies_keV, seed=11)
    s1, s2, triggered = (
        np.concatenate(column)
        for column in zip(
            *(
                (batch.s1_photons_detected, batch.s2_photons_detected, batch.triggered)
                for batch in simulate_response(detector, events, np.random.default_rng(12))
            ),
            strict=True,
        )
    )
    collection = np.polynomial.Polynomial(detector.s1.collection)
    mean = collection.integ()(1.0)
    cs1 = s1 / collection(1 - events.depth_cm / 260) * mean
    cs2 = s2 * np.exp(events.depth_cm * 10 / 1.518 / 5000)
    inside = triggered & (cs1 > CS1_EDGES[0]) & (cs1 < CS1_EDGES[-1])
    return cs1[inside], np.log10(cs2[inside] / cs1[inside])


@pytest.mark.slow
def test_few_electronic_recoils_lie_below_the_nuclear_recoils_median():
    # 5.0e-4 of a million events; 3.5e-4 in another simulation, 7.3e-4 in LUX, arXiv 2004.06304.
    rng = np.random.default_rng(10)
    nr_s1, nr_ratio = corrected("nr", rng.uniform(1, 100, NR_EVENTS))
    er_s1, er_ratio = corrected("er", rng.uniform(0.5, 18, ER_EVENTS))
    bins = np.digitize(nr_s1, CS1_EDGES)
    medians = np.array([np.median(nr_ratio[bins == b]) for b in range(1, len(CS1_EDGES))])
    below = er_ratio < medians[np.digitize(er_s1, CS1_EDGES) - 1]
    leakage, error = below.mean(), np.sqrt(below.sum()) / len(below)
    print(f"ER leakage {leakage:.2e} +- {error:.1e} of {len(below)} events")
    assert 2e-4 < leakage < 9e-4
