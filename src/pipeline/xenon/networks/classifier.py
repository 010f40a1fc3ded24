"""The classifier of recoils: its output is the logit of p, the probability of a nuclear recoil.

p holds for the mix of recoils that it learns from, which is about even.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from pipeline.xenon.config.anomaly import Classifier
from pipeline.xenon.networks.dataset import Batch
from pipeline.xenon.networks.dense import dense


def build_classifier(settings: Classifier, features: int) -> nn.Sequential:
    """An untrained classifier of events with this number of features."""
    return dense([features, *settings.widths, 1])


def classifier_losses(model: nn.Module, batch: Batch) -> Tensor:
    """Binary cross-entropies [n] of a batch: -ln p for nuclear, -ln(1 - p) for electronic."""
    found = logits(model, batch.features)
    return binary_cross_entropy_with_logits(found, batch.is_nr.to(found), reduction="none")


def logits(model: nn.Module, features: Tensor) -> Tensor:
    """ln(p / (1 - p)) [n] of events [n, features]."""
    device = next(model.parameters()).device
    found: torch.Tensor = model(features.to(device))
    return found[:, 0]
