"""Loading of trained networks from their files."""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import nn

from pipeline.learning.saved import Model, read_weights, with_weights
from pipeline.xenon.config.anomaly import VAE, Classifier
from pipeline.xenon.networks.classifier import build_classifier
from pipeline.xenon.networks.features import SUMS
from pipeline.xenon.networks.vae import Autoencoder

KIND = "a network of these widths"  # names the model in error messages


def load_networks(
    classifier: str | Path,
    autoencoders: Mapping[float, str | Path],
    classifier_settings: Classifier,
    vae_settings: VAE,
) -> tuple[nn.Module, dict[float, Autoencoder]]:
    """Load the classifier and the autoencoders, by beta, on their devices.

    Raises:
        ValueError: weights do not fit the settings.
    """
    counts = read_weights(next(iter(autoencoders.values())))["encoder.0.weight"].shape[1]
    model = load_classifier(classifier_settings, counts + SUMS, classifier)
    by_beta = {
        beta: load_network(Autoencoder(vae_settings, counts), path)
        for beta, path in autoencoders.items()
    }
    for autoencoder in by_beta.values():
        autoencoder.to(vae_settings.device)
    return model, by_beta


def load_classifier(settings: Classifier, features: int, path: str | Path) -> nn.Module:
    """Load a dense classifier of `features` numbers, scaling included, on its device."""
    unscaled = torch.zeros(features), torch.ones(features)
    return load_network(build_classifier(settings, *unscaled), path).to(settings.device)


def load_network(model: Model, path: str | Path) -> Model:
    """Load the weights of a file into `model` and return it; ValueError if they do not fit."""
    return with_weights(model, read_weights(path), path, KIND)
