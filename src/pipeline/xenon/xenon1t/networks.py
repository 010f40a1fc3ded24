"""The networks for images: a CNN and a convolutional variational autoencoder."""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

from torch import Tensor, nn

from pipeline.core.digests import file_digest
from pipeline.core.seeds import generator
from pipeline.core.tables import Inputs, Params
from pipeline.xenon.config.detector import Detector
from pipeline.xenon.config.images import Cnn, Cvae
from pipeline.xenon.networks.classifier import classifier_losses
from pipeline.xenon.networks.dataset import Events, read_training_events, with_nr_share
from pipeline.xenon.networks.training import Task
from pipeline.xenon.networks.vae import Terms, autoencoder_losses, kl_divergence
from pipeline.xenon.xenon1t.images import LAYERS, ImageEncoder


def build_cnn(settings: Cnn, size: int) -> nn.Sequential:
    """Build an untrained classifier of flat images; its output is the logit of a WIMP.

    Its losses are `networks.classifier.classifier_losses`.
    """
    layers: list[nn.Module] = [nn.Unflatten(1, (len(LAYERS), size, size))]
    for inputs, outputs in pairwise([len(LAYERS), *settings.widths]):
        layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
    pixels = (size >> len(settings.widths)) ** 2
    dense = nn.Linear(settings.widths[-1] * pixels, settings.hidden)
    return nn.Sequential(*layers, nn.Flatten(), dense, nn.ReLU(), nn.Linear(settings.hidden, 1))


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
    shards = {"er": inputs["er"], "wimp": inputs["wimp"]}
    events, identity = _image_events(shards, {"er": "ER", "wimp": "NR"}, block)
    share = block["training_share"]
    events = with_nr_share(events, share, generator(block["seed"], "xenon", "image share"))
    build = partial(build_cnn, settings, block["size"])
    return Task(settings, build, classifier_losses, 0, events, [*identity, share])


def prepare_cvae(inputs: Inputs, block: Params, parallelism: Mapping[str, int]) -> Task:
    """Prepare the training of the autoencoder on images of electronic recoils."""
    settings = Cvae.model_validate({**block["network"], **parallelism})
    events, identity = _image_events({"er": inputs["er"]}, {"er": "ER"}, block)
    build = partial(ImageAutoencoder, settings, block["size"])
    losses = partial(autoencoder_losses, beta=settings.beta)
    return Task(settings, build, losses, settings.latent, events, identity)


def _image_events(
    shards: Inputs, recoils: dict[str, str], block: Params
) -> tuple[Events, list[Any]]:
    """Images of the samples, and a plain description of the data that they depend on."""
    encoder = ImageEncoder.of(Detector.model_validate(block["detector"]), block["size"])
    fraction = block["validation_fraction"]
    events = read_training_events(shards, recoils, block["seed"], fraction, encoder)
    digests = {kind: list(map(file_digest, paths)) for kind, paths in shards.items()}
    return events, [fraction, block["size"], block["detector"], digests]
