"""Weights of simulated events in other responses."""

import numpy as np
import pytest

from pipeline.statistics.excess.response import BLOCK, KNOWN, Response, Responses

TERMS = {("a",): [1.0, 2.0], ("a", "a"): [0.5, 0.0], ("b", "a"): [0.0, 0.1], ("b", "b"): [0.0, 0.0]}


@pytest.fixture
def response():
    return Response.of({names: np.array(term) for names, term in TERMS.items()})


def test_weights_are_the_exponential_of_the_polynomial(response):
    theta = np.array([[0.3, -1.0], [0.0, 0.0]])
    weights = Responses(response, theta, 2).weights(np.array([1, 0, 1]))
    two, one = np.exp(2 * 0.3 + 0.1 * 0.3 * -1.0), np.exp(0.3 + 0.5 * 0.3**2)
    np.testing.assert_allclose(weights, [[two, one, two], [1, 1, 1]], rtol=1e-6)
    assert len(response.terms) == 3


def test_a_known_response_has_no_weights_and_draws_nothing(rng):
    before = rng.bit_generator.state
    (own, weights), *others = KNOWN.draw(rng, 1000).blocks(np.arange(5))
    assert (own, weights.shape, others) == (slice(0, 1000), (1, 5), [])
    assert (weights == 1).all()
    assert str(rng.bit_generator.state) == str(before)
    assert Response.of({}).terms == ()
    assert Response.of({("a",): np.zeros(3)}).terms == ()


@pytest.mark.parametrize("different", [None, 7])
def test_blocks_hold_all_toys_and_responses_take_turns(response, rng, different):
    drawn, event = response.draw(rng, 2 * BLOCK + 3, different), np.arange(2)
    found = np.concatenate([weights for _, weights in drawn.blocks(event)])
    assert len(found) == 2 * BLOCK + 3
    assert len(np.unique(found[:, 0])) == (different or len(found))
    every = drawn.weights(event)
    np.testing.assert_allclose(found, every[np.arange(len(found)) % len(every)], rtol=1e-6)


def test_constraints_are_standard_normal(response, rng):
    theta = response.draw(rng, 20_000).theta
    assert theta.shape == (20_000, 2)
    assert np.cov(theta.T) == pytest.approx(np.eye(2), abs=0.04)


def test_no_weight_is_zero_or_infinite(response):
    weights = Responses(response, np.array([[500.0, 0.0], [-500.0, 0.0]]), 2).weights(np.array([1]))
    assert np.isfinite(weights).all()
    assert (weights > 0).all()
