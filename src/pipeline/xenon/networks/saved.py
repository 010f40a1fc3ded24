"""The trained networks of the anomaly search, from their files."""

from collections.abc import Mapping
from pathlib import Path

from torch import nn

from pipeline.learning.saved import Model, read_weights, with_weights
from pipeline.xenon.config.anomaly import VAE, Classifier
from pipeline.xenon.networks.classifier import build_classifier
from pipeline.xenon.networks.vae import Autoencoder

WHAT = "a network of these widths"


def load_networks(
    classifier: str | Path,
    autoencoders: Mapping[float, str | Path],
    classifier_settings: Classifier,
    vae_settings: VAE,
) -> tuple[nn.Module, dict[float, Autoencoder]]:
    """The classifier and the autoencoders by beta, from their weights, ready to score events.

    Raises:
        ValueError: weights do not belong to these settings.
    """
    weights = read_weights(classifier)
    features = weights["0.weight"].shape[1]
    model = with_weights(build_classifier(classifier_settings, features), weights, classifier, WHAT)
    of_beta = {
        beta: load_network(Autoencoder(vae_settings, features), path)
        for beta, path in autoencoders.items()
    }
    for autoencoder in of_beta.values():
        autoencoder.to(vae_settings.device)
    return model.to(classifier_settings.device), of_beta


def load_network(model: Model, path: str | Path) -> Model:
    """`model` with the weights of a file, ready to judge events; ValueError if they do not fit."""
    return with_weights(model, read_weights(path), path, WHAT)
