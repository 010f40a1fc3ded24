"""The classifier of recoils. Its output is the logit of p, the probability of a nuclear recoil.

p holds for the shares of recoils in the training samples, which are about equal.
"""

from collections.abc import Mapping
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from pipeline.core.digests import file_digest
from pipeline.core.tables import Inputs, Params
from pipeline.xenon.config.anomaly import Classifier, ErNr
from pipeline.xenon.networks.dataset import Batch, read_training_events
from pipeline.xenon.networks.dense import dense
from pipeline.xenon.networks.training import Task


def build_classifier(settings: Classifier, features: int) -> nn.Sequential:
    """Build an untrained classifier of events with `features` features."""
    return dense([features, *settings.widths, 1])


def classifier_losses(model: nn.Module, batch: Batch) -> Tensor:
    """Binary cross-entropies [n] of a batch: -ln p for NR, -ln(1 - p) for ER."""
    found = logits(model, batch.features)
    return binary_cross_entropy_with_logits(found, batch.is_nr.to(found), reduction="none")


def logits(model: nn.Module, features: Tensor) -> Tensor:
    """ln(p / (1 - p)) [n] of events [n, features]."""
    device = next(model.parameters()).device
    found: torch.Tensor = model(features.to(device))
    return found[:, 0]


def prepare(inputs: Inputs, block: Params, parallelism: Mapping[str, int]) -> Task:
    """Prepare the training of the classifier on samples of both recoils."""
    settings = Classifier.model_validate({**block["network"], **parallelism})
    train = ErNr.model_validate(block["train"])
    shards = {train.er: inputs["er"], train.nr: inputs["nr"]}
    fraction = block["validation_fraction"]
    recoils = {train.er: "ER", train.nr: "NR"}
    events = read_training_events(shards, recoils, block["seed"], fraction)
    build = partial(build_classifier, settings, events.features.shape[1])
    digests = {sample: list(map(file_digest, paths)) for sample, paths in shards.items()}
    return Task(settings, build, classifier_losses, 0, events, [fraction, digests])
