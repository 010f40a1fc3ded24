"""The likelihood of a mixture of von Mises-Fisher components, and that of a position."""

import math

import mpmath
import numpy as np
import pytest
import torch

from pipeline.learning.vmf import gaussian_nll, mixture_nll

# kappas of three components, and their logits.
MIXTURES = [
    ([20.0, 15.0, 3.0], [0.0, -4.0, -1.0]),
    ([1e-6, 0.3, 2.65], [0.5, 0.0, -30.0]),
    ([443.0, 1e4, 1e-3], [2.0, -1.0, 0.0]),
]
TRUTH = [0.48, -0.6, 0.64]


def thetas(kappas):
    """Natural parameters: along the truth, against it, and across."""
    directions = np.array([TRUTH, [-0.6, 0.48, -0.64], [0.0, 0.6, 0.8]])
    return np.array(kappas)[:, None] * directions


def nll_of(theta, logits, truth):
    """The loss as a network uses it, from theta [n, K, 3]."""
    direction = torch.nn.functional.normalize(theta, dim=-1)
    return mixture_nll(direction, theta.norm(dim=-1), logits, truth)


def exact_nll(*values):
    """From 9 thetas and 3 logits, with the digits of the context."""
    weights = [mpmath.exp(v) for v in values[9:]]
    density = mpmath.mpf(0)
    for k in range(3):
        theta = values[3 * k : 3 * k + 3]
        kappa = mpmath.sqrt(sum(t * t for t in theta))
        along = sum(t * x for t, x in zip(theta, map(mpmath.mpf, TRUTH), strict=True))
        norm = kappa / (4 * mpmath.pi * mpmath.sinh(kappa))
        density += weights[k] / sum(weights) * norm * mpmath.exp(along)
    return -mpmath.log(density)


@pytest.mark.parametrize(("kappas", "logits"), MIXTURES)
def test_value_and_gradient_are_exact(kappas, logits) -> None:
    theta = torch.tensor(thetas(kappas)[None], requires_grad=True)
    logit = torch.tensor([logits], dtype=torch.float64, requires_grad=True)
    value = nll_of(theta, logit, torch.tensor([TRUTH], dtype=torch.float64))
    value.sum().backward()
    point = [*theta.detach().flatten().tolist(), *logits]
    with mpmath.workdps(60):
        exact = float(exact_nll(*map(mpmath.mpf, point)))
        slopes = [
            float(mpmath.diff(exact_nll, tuple(point), tuple(int(i == j) for j in range(12))))
            for i in range(12)
        ]
    assert value.item() == pytest.approx(exact, rel=1e-10)
    found = [*theta.grad.flatten().tolist(), *logit.grad.flatten().tolist()]
    # Truth and directions are unit vectors to 1e-16 only, which a kappa of 1e4 multiplies.
    assert found == pytest.approx(slopes, rel=1e-7, abs=1e-9)


def test_the_density_integrates_to_one() -> None:
    """Gauss-Legendre in the cosine, equal steps in the azimuth: exact for these kappas."""
    cosine, weight = np.polynomial.legendre.leggauss(120)
    azimuth = 2 * np.pi * np.arange(120) / 120
    across = np.sqrt(1 - cosine[:, None] ** 2)
    x = np.stack(
        np.broadcast_arrays(across * np.cos(azimuth), across * np.sin(azimuth), cosine[:, None]),
        axis=-1,
    ).reshape(-1, 3)
    area = np.repeat(weight, 120) * 2 * np.pi / 120
    for kappas, logits in MIXTURES[:2]:
        theta = torch.tensor(thetas(kappas)).expand(len(x), 3, 3)
        logit = torch.tensor(logits, dtype=torch.float64).expand(len(x), 3)
        density = np.exp(-nll_of(theta, logit, torch.tensor(x)).numpy())
        assert density @ area == pytest.approx(1, abs=1e-9)


def test_a_rare_component_costs_its_share_and_saves_the_tail() -> None:
    theta = torch.tensor([[[0.0, 0, 30], [0, 0, -30]]])
    logits = torch.tensor([[0.0, -4.0]])
    ahead, behind = torch.tensor([[0.0, 0, 1]]), torch.tensor([[0.0, 0, -1]])
    share = math.exp(-4) / (1 + math.exp(-4))
    best = -math.log(30 / (2 * math.pi))
    assert nll_of(theta, logits, ahead).item() == pytest.approx(best - math.log(1 - share), 1e-5)
    assert nll_of(theta, logits, behind).item() == pytest.approx(best - math.log(share), 1e-5)


def test_the_likelihood_of_a_position_is_best_at_the_truth_and_its_scatter() -> None:
    rng = np.random.default_rng(1)
    found = torch.tensor(0.2 * rng.standard_normal((20_000, 3)))
    truth = torch.zeros_like(found)

    def mean(error, shift=0.0):
        log_error = torch.full((len(found),), math.log(error), dtype=torch.float64)
        return gaussian_nll(found + shift, log_error, truth).mean().item()

    assert mean(0.2) < min(mean(0.19), mean(0.21), mean(0.2, shift=0.01))
    # Up to the constant 3/2 ln 2 pi, the entropy of a Gaussian in three dimensions.
    assert mean(0.2) == pytest.approx(3 * math.log(0.2) + 1.5, abs=0.02)
