"""The variational autoencoder, which is trained on electronic recoils.

The encoder gives q(z|x), a normal distribution with a mean and a variance in each latent dimension;
the decoder gives a normal distribution of every feature, with mean x_D and variance sigma_D^2
(arXiv 2410.00755, section 3; Kingma & Welling, arXiv 1312.6114).
"""

import math
from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from pipeline.core.digests import file_digest
from pipeline.core.tables import Inputs, Params
from pipeline.xenon.config.anomaly import VAE
from pipeline.xenon.networks.dataset import Batch, read_training_events
from pipeline.xenon.networks.dense import dense
from pipeline.xenon.networks.features import counts
from pipeline.xenon.networks.training import Task

FLAT = 0.002  # share of the range of ln sigma^2 at each end


class Terms(NamedTuple):
    """The two terms of an autoencoder's loss of n events, and their means in the latent space."""

    latent: Tensor  # [n]; of an `Autoencoder` the KL divergence
    reconstruction: Tensor  # [n]; -ln N(x; x_D, sigma_D^2), or the mean squared error of an image
    latent_mean: Tensor  # [n, latent]


class Autoencoder(nn.Module):
    """Encoder and decoder of events with `features` features."""

    def __init__(self, settings: VAE, features: int) -> None:
        super().__init__()
        self.encoder = dense([features, *settings.widths, 2 * settings.latent])
        self.decoder = dense([settings.latent, *reversed(settings.widths), 2 * features])
        self.log_variance_range = settings.log_variance

    def encode(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log variance of q(z|x), each [n, latent]."""
        mean, log_variance = self.encoder(features).chunk(2, dim=1)
        return mean, log_variance

    def decode(self, latent: Tensor) -> tuple[Tensor, Tensor]:
        """x_D and ln sigma_D^2, each [n, features].

        A sigmoid keeps ln sigma_D^2 in its range, because the gradient of a clipped value is zero.
        """
        low, high = self.log_variance_range
        mean, raw = self.decoder(latent).chunk(2, dim=1)
        return mean, low + (high - low) * torch.sigmoid(raw)

    def forward(self, features: Tensor, noise: Tensor | None = None) -> Terms:
        """Terms at z = mean + sigma * noise [n, latent]; without noise, at z = mean."""
        mean, log_variance = self.encode(features)
        latent = mean if noise is None else mean + (0.5 * log_variance).exp() * noise
        return Terms(
            kl_divergence(mean, log_variance),
            negative_log_likelihood(features, *self.decode(latent)),
            mean,
        )


@torch.no_grad()
def untrained(settings: VAE, mean: Tensor, variance: Tensor) -> Autoencoder:
    """An autoencoder that gives events about this mean and variance [features].

    Most channels hold few photons or none, which it would take many events to learn. The variance
    is kept off the ends of its range, where the sigmoid is flat.
    """
    model = Autoencoder(settings, len(mean))
    low, high = settings.log_variance
    place = ((variance.log() - low) / (high - low)).clip(FLAT, 1 - FLAT)
    last = model.decoder[-1]
    assert isinstance(last, nn.Linear)
    last.bias.copy_(torch.cat([mean, place.logit()]))
    return model


def mean_and_variance(features: NDArray[np.floating]) -> tuple[Tensor, Tensor]:
    """Mean and variance [features] of events [n, features]."""
    mean = features.mean(0, np.float64)
    squares = np.einsum("ij,ij->j", features, features, dtype=np.float64) / len(features)
    return torch.tensor(mean).float(), torch.tensor(squares - mean**2).float()


def kl_divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(q || N(0, 1)) [n] of normal distributions [n, latent].

    sum (mu^2 + sigma^2 - 1 - ln sigma^2) / 2; Kingma & Welling, appendix B.
    """
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(1)


def negative_log_likelihood(x: Tensor, mean: Tensor, log_variance: Tensor) -> Tensor:
    """-ln N(x; mean, diag variance) [n] of rows [n, features].

    sum ((x - mean)^2 / variance + ln variance + ln 2 pi) / 2.
    """
    squares = (x - mean).square() * (-log_variance).exp()
    return 0.5 * (squares + log_variance + math.log(2 * math.pi)).sum(1)


def autoencoder_losses(model: nn.Module, batch: Batch, beta: float) -> Tensor:
    """Losses beta * latent term + reconstruction term [n] of a batch, at one draw of z.

    For an `Autoencoder` and beta = 1 the mean over draws is minus the evidence lower bound; for
    other values it is the loss of a beta-VAE (Higgins et al., ICLR 2017).
    """
    device = next(model.parameters()).device
    terms: Terms = model(batch.features.to(device), batch.noise.to(device))
    return beta * terms.latent + terms.reconstruction


def prepare(inputs: Inputs, block: Params, parallelism: Mapping[str, int]) -> Task:
    """Prepare the training of an autoencoder on electronic recoils."""
    settings = VAE.model_validate({**block["network"], **parallelism})
    sample, fraction, beta = block["sample"], block["validation_fraction"], block["beta"]
    shards, recoils = {sample: inputs["er"]}, {sample: "ER"}
    events = read_training_events(shards, recoils, block["seed"], fraction, counts)
    build = partial(untrained, settings, *mean_and_variance(events.features))
    losses = partial(autoencoder_losses, beta=beta)
    identity = [sample, fraction, beta, list(map(file_digest, inputs["er"]))]
    return Task(settings, build, losses, settings.latent, events, identity)
