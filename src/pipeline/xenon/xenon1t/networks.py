"""The networks for images: a CNN and a convolutional variational autoencoder."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from pipeline.core.digests import file_digest
from pipeline.core.seeds import generator
from pipeline.core.tables import Inputs, Params
from pipeline.xenon.config.anomaly import Classifier
from pipeline.xenon.config.detector import Detector
from pipeline.xenon.config.images import Cnn, Cvae
from pipeline.xenon.networks.classifier import build_classifier, classifier_losses, scaling
from pipeline.xenon.networks.dataset import Batch, Events, read_training_events, with_nr_share
from pipeline.xenon.networks.features import sums
from pipeline.xenon.networks.training import Task
from pipeline.xenon.networks.vae import Terms, autoencoder_losses, kl_divergence
from pipeline.xenon.response.simulation import ResponseBatch
from pipeline.xenon.xenon1t.images import LAYERS, ImageEncoder

Encode = Callable[[ResponseBatch], NDArray[np.float32]]

_RECOILS = {"er": "ER", "wimp": "NR"}


def build_cnn(settings: Cnn, size: int) -> nn.Sequential:
    """Build an untrained classifier of flat images; its output is the logit of a WIMP."""
    layers: list[nn.Module] = [nn.Unflatten(1, (len(LAYERS), size, size))]
    for inputs, outputs in pairwise([len(LAYERS), *settings.widths]):
        layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
    pixels = (size >> len(settings.widths)) ** 2
    dense = nn.Linear(settings.widths[-1] * pixels, settings.hidden)
    return nn.Sequential(*layers, nn.Flatten(), dense, nn.ReLU(), nn.Linear(settings.hidden, 1))


def mirrored_losses(model: nn.Module, batch: Batch, size: int) -> Tensor:
    """`classifier_losses` [n] of images whose patterns are mirrored along x and y at random.

    The arrays look the same in a mirror, but for PMTs in the middle, which are a pixel off. A
    pattern is mirrored where the batch's `noise` [n, 2] is positive.
    """
    images = batch.features.unflatten(1, (len(LAYERS), size, size))
    patterns, waveforms = images[:, :2], images[:, 2:]
    for axis, draw in zip((3, 2), batch.noise.T, strict=True):
        mirror = (draw > 0).view(-1, 1, 1, 1)
        patterns = torch.where(mirror, patterns.flip(axis), patterns)
    mirrored = torch.cat([patterns, waveforms], 1).flatten(1)
    return classifier_losses(model, replace(batch, features=mirrored))


class ImageAutoencoder(nn.Module):
    """Encoder and decoder of flat images."""

    def __init__(self, settings: Cvae, size: int) -> None:
        super().__init__()
        widths, side = settings.widths, size >> len(settings.widths)
        smallest = (widths[-1], side, side)
        inner = widths[-1] * side * side
        self.encoder = nn.Sequential(
            nn.Unflatten(1, (len(LAYERS), size, size)),
            *_halving(widths),
            nn.Flatten(),
            nn.Linear(inner, 2 * settings.latent),
        )
        self.decoder = nn.Sequential(
            nn.Linear(settings.latent, inner),
            nn.ReLU(),
            nn.Unflatten(1, smallest),
            *_doubling(widths),
            nn.Flatten(),
        )
        self.loss = settings.loss

    def forward(self, images: Tensor, noise: Tensor | None = None) -> Terms:
        """Terms at z = mean + sigma * noise [n, latent]; without noise, at z = mean."""
        mean, log_variance = self.encoder(images).chunk(2, dim=1)
        latent = mean if noise is None else mean + (0.5 * log_variance).exp() * noise
        return Terms(
            latent_term(mean, log_variance, self.loss),
            (images - self.decoder(latent)).square().mean(1),
            mean,
        )

    def reconstruct(self, images: Tensor) -> Tensor:
        """What the decoder makes of the images [n, pixels] at z = mean, the same shape."""
        mean, _ = self.encoder(images).chunk(2, dim=1)
        made: Tensor = self.decoder(mean)
        return made


def latent_term(mean: Tensor, log_variance: Tensor, loss: str) -> Tensor:
    """Latent term [n] of normal distributions [n, latent]; `loss` is the key of `Cvae`.

    'printed' is sum (sigma^2 + mu^2 - ln sigma - 1), as in the talk. Its minimum, at mu = 0 and
    sigma = 1/sqrt(2), is (ln 2 - 1) / 2 per dimension, not zero.
    """
    if loss == "standard":
        return kl_divergence(mean, log_variance)
    return (log_variance.exp() + mean.square() - 0.5 * log_variance - 1).sum(1)


def _halving(widths: Sequence[int]) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise([len(LAYERS), *widths]):
        layers += [nn.Conv2d(inputs, outputs, 4, stride=2, padding=1), nn.ReLU()]
    return layers


def _doubling(widths: Sequence[int]) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise([*reversed(widths), len(LAYERS)]):
        layers += [nn.ConvTranspose2d(inputs, outputs, 4, stride=2, padding=1), nn.ReLU()]
    # No ReLU after the last layer, because the gradient would vanish where its output is negative.
    return layers[:-1]


def prepare_cnn(inputs: Inputs, block: Params, parallelism: Mapping[str, int]) -> Task:
    """Prepare the training of the CNN on images of electronic recoils and WIMPs."""
    settings = Cnn.model_validate({**block["network"], **parallelism})
    events, identity = _mixed_events(inputs, block, _encoder(block))
    build = partial(build_cnn, settings, block["size"])
    losses = partial(mirrored_losses, size=block["size"])
    return Task(settings, build, losses, 2, events, [*identity, *_of_images(block)])


def prepare_four_numbers(inputs: Inputs, block: Params, parallelism: Mapping[str, int]) -> Task:
    """Prepare the training of a dense network on `sums` of the events that the CNN sees."""
    settings = Classifier.model_validate({**block["network"], **parallelism})
    events, identity = _mixed_events(inputs, block, sums)
    build = partial(build_classifier, settings, *scaling(events.features))
    return Task(settings, build, classifier_losses, 0, events, identity)


def prepare_cvae(inputs: Inputs, block: Params, parallelism: Mapping[str, int]) -> Task:
    """Prepare the training of the autoencoder on images of electronic recoils."""
    settings = Cvae.model_validate({**block["network"], **parallelism})
    events, identity = _events({"er": inputs["er"]}, block, _encoder(block))
    build = partial(ImageAutoencoder, settings, block["size"])
    losses = partial(autoencoder_losses, beta=settings.beta)
    identity += _of_images(block)
    return Task(settings, build, losses, settings.latent, events, identity)


def _encoder(block: Params) -> ImageEncoder:
    return ImageEncoder.of(Detector.model_validate(block["detector"]), block["size"])


def _of_images(block: Params) -> list[Any]:
    """What images depend on besides events."""
    return [block["size"], block["detector"]]


def _mixed_events(inputs: Inputs, block: Params, encode: Encode) -> tuple[Events, list[Any]]:
    """Electronic recoils and WIMPs, of which the latter are `training_share`; see `_events`."""
    shards = {"er": inputs["er"], "wimp": inputs["wimp"]}
    events, identity = _events(shards, block, encode)
    share = block["training_share"]
    events = with_nr_share(events, share, generator(block["seed"], "xenon", "image share"))
    return events, [*identity, share]


def _events(shards: Inputs, block: Params, encode: Encode) -> tuple[Events, list[Any]]:
    """Encoded events of the samples, and a plain description of the data that they depend on."""
    recoils = {kind: _RECOILS[kind] for kind in shards}
    fraction = block["validation_fraction"]
    events = read_training_events(shards, recoils, block["seed"], fraction, encode)
    digests = {kind: list(map(file_digest, paths)) for kind, paths in shards.items()}
    return events, [fraction, digests]
