"""The trained networks of the anomaly search, from their files."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import torch
from torch import nn

from pipeline.config.xenon.anomaly import VAE, Classifier
from pipeline.xenon.anomaly.classifier import build_classifier
from pipeline.xenon.anomaly.vae import Autoencoder

Model = TypeVar("Model", bound=nn.Module)


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
    weights = _weights(classifier)
    features = weights["0.weight"].shape[1]
    model = _filled(build_classifier(classifier_settings, features), weights, classifier)
    of_beta = {
        beta: load_network(Autoencoder(vae_settings, features), path)
        for beta, path in autoencoders.items()
    }
    for autoencoder in of_beta.values():
        autoencoder.to(vae_settings.device)
    return model.to(classifier_settings.device), of_beta


def load_network(model: Model, path: str | Path) -> Model:
    """`model` with the weights of a file, ready to judge events; ValueError if they do not fit."""
    return _filled(model, _weights(path), path)


def _weights(path: str | Path) -> dict[str, torch.Tensor]:
    weights: dict[str, torch.Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    return weights


def _filled(model: Model, weights: dict[str, torch.Tensor], path: str | Path) -> Model:
    try:
        model.load_state_dict(weights)
    except RuntimeError as error:
        raise ValueError(f"{path}: not the weights of a network of these widths") from error
    return model.eval()
