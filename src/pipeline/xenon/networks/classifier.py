"""The classifier of recoils. Its output is the logit of p, the probability of a nuclear recoil.

p holds for the shares of recoils in the training samples, which are about equal.
"""

from collections.abc import Mapping
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from pipeline.core.digests import file_digest
from pipeline.core.tables import Inputs, Params
from pipeline.xenon.config.anomaly import Classifier, ErNr
from pipeline.xenon.networks.dataset import Batch, read_training_events
from pipeline.xenon.networks.dense import dense
from pipeline.xenon.networks.features import SUMS
from pipeline.xenon.networks.training import Task

SPREAD = 3.0  # standard deviation of a scaled sum
NORM = 0.1  # root mean square of the length of an event's vector of scaled counts


class Scaling(nn.Module):
    """(x - centre) / scale of every feature. The constants are not learnt, but saved as weights."""

    def __init__(self, centre: Tensor, scale: Tensor) -> None:
        super().__init__()
        self.centre = nn.Parameter(centre, requires_grad=False)
        self.scale = nn.Parameter(scale, requires_grad=False)

    def forward(self, features: Tensor) -> Tensor:
        """Scaled features [n, features]."""
        scaled: Tensor = (features - self.centre) / self.scale
        return scaled


def build_classifier(settings: Classifier, centre: Tensor, scale: Tensor) -> nn.Sequential:
    """Build an untrained classifier of events whose features have this `Scaling`."""
    return nn.Sequential(Scaling(centre, scale), *dense([len(centre), *settings.widths, 1]))


def scaling(features: NDArray[np.floating]) -> tuple[Tensor, Tensor]:
    """Centre and scale [features] that let a network learn from the sums first.

    The sums get mean 0 and standard deviation SPREAD, the counts together a length of NORM. From
    larger counts a network learns the fluctuations of its training events.
    """
    counts, sums = np.split(features, [-SUMS], axis=1)
    length = np.sqrt(np.einsum("ij,ij->", counts, counts, dtype=np.float64) / len(counts))
    centre, scale = np.zeros(features.shape[1]), np.full(features.shape[1], length / NORM)
    centre[-SUMS:], scale[-SUMS:] = sums.mean(0, np.float64), sums.std(0, np.float64) / SPREAD
    scale[scale == 0] = 1.0  # a feature that is the same in all events
    return torch.tensor(centre).float(), torch.tensor(scale).float()


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
    build = partial(build_classifier, settings, *scaling(events.features))
    digests = {sample: list(map(file_digest, paths)) for sample, paths in shards.items()}
    return Task(settings, build, classifier_losses, 0, events, [fraction, digests])
