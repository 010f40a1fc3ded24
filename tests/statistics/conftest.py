"""Responses with a known truth, shared by the tests of the hypothesis test."""

import numpy as np
import pytest

from pipeline.statistics.directional.response import Response


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
