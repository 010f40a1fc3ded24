"""Responses with a known truth, shared by the tests of the hypothesis test."""

import numpy as np
import pytest

from pipeline.statistics.directional.config import HypothesisTest
from pipeline.statistics.directional.response import Response
from pipeline.statistics.directional.spectrum import spectrum
from pipeline.statistics.directional.spherical_toys import run_batch

FEW_TOYS = HypothesisTest(signal_fractions=(0.3,), background_toys=2000, signal_toys=1000)


@pytest.fixture
def vmf_cosines(rng):
    """Draws cos(theta) of von Mises-Fisher in 3D, one per kappa, by inversion of its CDF."""

    def draw(kappa):
        u = rng.random(len(kappa))
        return np.maximum(1 + np.log(u + (1 - u) * np.exp(-2 * kappa)) / kappa, -1)

    return draw


@pytest.fixture
def vmf_response(rng, vmf_cosines):
    """Angles that follow von Mises-Fisher densities of widely spread, truthful kappas."""
    kappa = np.exp(rng.normal(np.log(5), 1.2, 20_000))
    return Response(vmf_cosines(kappa), kappa, 0.9)


@pytest.fixture(scope="module")
def signal():
    """Recoils from solar neutrinos, of one energy."""
    return spectrum([40.0])


@pytest.fixture
def few_toys(signal):
    """(response, seed, method, batch) -> a few toys."""

    def run(response, seed=1, method="method", batch=0):
        return run_batch([response], signal, FEW_TOYS, seed, "set", method, batch)

    return run


@pytest.fixture
def toys(few_toys, vmf_response):
    return few_toys(vmf_response)
