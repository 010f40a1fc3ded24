"""Losses of the networks and the score, in value and slope, against closed forms."""

import math

import numpy as np
import pytest
import torch
from torch.distributions import Normal
from torch.distributions import kl_divergence as torch_kl

from pipeline.xenon.config.anomaly import VAE
from pipeline.xenon.darwin.anomaly_score import anomaly_score
from pipeline.xenon.networks.classifier import classifier_losses
from pipeline.xenon.networks.dataset import Batch
from pipeline.xenon.networks.vae import (
    Autoencoder,
    autoencoder_losses,
    kl_divergence,
    mean_and_variance,
    negative_log_likelihood,
    untrained,
)


@pytest.fixture
def rows():
    """Three random tables [5, 4] of doubles that require gradients."""
    generator = torch.Generator().manual_seed(1)
    return [
        torch.randn(5, 4, generator=generator, dtype=torch.float64).requires_grad_()
        for _ in range(3)
    ]


def test_kl_of_a_pencil():
    """mu = 1, sigma = 1: a half. mu = 0, sigma^2 = e: (e - 1 - 1) / 2. The prior itself: 0."""
    mean = torch.tensor([[1.0], [0.0], [0.0]])
    log_variance = torch.tensor([[0.0], [1.0], [0.0]])
    expected = torch.tensor([0.5, (math.e - 2) / 2, 0.0])
    torch.testing.assert_close(kl_divergence(mean, log_variance), expected)


def test_kl_is_that_of_normal_distributions(rows):
    mean, log_variance, _ = rows
    prior = Normal(torch.zeros_like(mean), 1.0)
    expected = torch_kl(Normal(mean, (0.5 * log_variance).exp()), prior).sum(1)
    torch.testing.assert_close(kl_divergence(mean, log_variance), expected)


def test_slope_of_kl(rows):
    """d/dmu = mu, d/d ln sigma^2 = (sigma^2 - 1) / 2."""
    mean, log_variance, _ = rows
    kl_divergence(mean, log_variance).sum().backward()
    torch.testing.assert_close(mean.grad, mean.detach())
    torch.testing.assert_close(log_variance.grad, (log_variance.detach().exp() - 1) / 2)


def test_likelihood_is_that_of_normal_distributions(rows):
    x, mean, log_variance = rows
    expected = -Normal(mean, (0.5 * log_variance).exp()).log_prob(x).sum(1)
    torch.testing.assert_close(negative_log_likelihood(x, mean, log_variance), expected)


def test_slope_of_the_likelihood(rows):
    """pull = (x - mean) / sigma: d/dmean = -pull / sigma, d/d ln sigma^2 = (1 - pull^2) / 2."""
    x, mean, log_variance = rows
    negative_log_likelihood(x, mean, log_variance).sum().backward()
    sigma = (0.5 * log_variance.detach()).exp()
    pull = ((x - mean) / sigma).detach()
    torch.testing.assert_close(mean.grad, -pull / sigma)
    torch.testing.assert_close(log_variance.grad, (1 - pull**2) / 2)


def test_cross_entropy_and_its_slope():
    """-ln p for nuclear, -ln(1 - p) for electronic recoils; d/dlogit = p - truth."""
    logit = torch.tensor([[-2.0], [0.0], [3.0], [3.0]], dtype=torch.float64).requires_grad_()
    truth = torch.tensor([0.0, 1.0, 1.0, 0.0])
    model = torch.nn.Identity()
    model.register_parameter("none", torch.nn.Parameter(torch.zeros(())))
    losses = classifier_losses(model, Batch(logit, truth, torch.empty(4, 0)))
    p = torch.sigmoid(logit.detach()[:, 0])
    torch.testing.assert_close(losses, -torch.where(truth == 1, p, 1 - p).log())
    losses.sum().backward()
    torch.testing.assert_close(logit.grad[:, 0], p - truth)


def test_loss_of_the_vae_is_its_terms_at_the_drawn_place():
    torch.manual_seed(1)
    model = Autoencoder(VAE(widths=[8], latent=2), 6)
    x, noise = torch.randn(3, 6), torch.randn(3, 2)
    mean, log_variance = model.encode(x)
    reconstruction = negative_log_likelihood(
        x, *model.decode(mean + torch.exp(log_variance / 2) * noise)
    )
    expected = 0.3 * kl_divergence(mean, log_variance) + reconstruction
    found = autoencoder_losses(model, Batch(x, torch.zeros(3), noise), beta=0.3)
    torch.testing.assert_close(found, expected)


def test_terms_of_the_score_are_at_the_mean():
    torch.manual_seed(1)
    model = Autoencoder(VAE(widths=[8], latent=2), 6)
    x = torch.randn(3, 6)
    terms = model(x)
    torch.testing.assert_close(terms.latent_mean, model.encode(x)[0])
    expected = negative_log_likelihood(x, *model.decode(terms.latent_mean))
    torch.testing.assert_close(terms.reconstruction, expected)


def test_decoder_keeps_its_variance_in_range_and_can_always_leave_its_end():
    model = Autoencoder(VAE(widths=[8], latent=2, log_variance=(-4.0, 1.0)), 6)
    with torch.no_grad():
        model.decoder[-1].bias[6:] = torch.linspace(-6, 6, 6)
    _, log_variance = model.decode(torch.zeros(1, 2))
    assert ((log_variance > -4) & (log_variance < 1)).all()
    slope = torch.autograd.grad(log_variance.sum(), model.decoder[-1].bias)[0][6:]
    assert (slope > 0).all()


def test_training_begins_at_mean_and_variance_of_the_events(rng):
    features = rng.normal([0.5, 2.0, 0.0], [1.0, 0.2, 0.0], (5000, 3)).astype(np.float16)
    model = untrained(VAE(widths=[8], latent=2), *mean_and_variance(features))
    torch.nn.init.zeros_(model.decoder[-1].weight)
    mean, log_variance = model.decode(torch.randn(4, 2))
    np.testing.assert_allclose(mean[0].detach(), features.mean(0, np.float64), atol=1e-6)
    expected = np.log(features.var(0, np.float64)[:2])
    np.testing.assert_allclose(log_variance[0, :2].detach(), expected, atol=1e-3)
    # A channel without a photon is near the lower end of the range, not at it.
    assert -6 < log_variance[0, 2] < -5.9


def test_score_is_the_sum_of_its_terms():
    p = np.array([0.1, 0.5, 0.9])
    kl, reconstruction = np.array([1.0, 2, 3]), np.array([10.0, 20, 30])
    logit = np.log(p / (1 - p))
    expected = 4 * kl + reconstruction - 10 * np.log(1 - p)
    np.testing.assert_allclose(anomaly_score(kl, reconstruction, logit, 4, 10), expected)


def test_score_stays_finite_where_p_is_one():
    zero = np.zeros(2)
    found = anomaly_score(zero, zero, np.array([1000.0, -1000.0], np.float32), 1, 2)
    np.testing.assert_allclose(found, [2000.0, 0.0])


def test_unseen_events_have_no_score():
    nan = np.full(1, np.nan)
    assert np.isnan(anomaly_score(nan, nan, nan, 1, 0)).all()
