"""The scaling of the classifier's features."""

import numpy as np
import torch

from pipeline.xenon.config.anomaly import Classifier
from pipeline.xenon.networks.classifier import NORM, SPREAD, build_classifier, scaling
from pipeline.xenon.networks.features import SUMS


def made_features(n=500, counts=30):
    """Counts of several sizes, and four sums of which the last is the same in all events."""
    rng = np.random.default_rng(1)
    of_counts = rng.gamma(2.0, np.linspace(0.1, 3, counts), (n, counts))
    sums = rng.normal([5.0, 9.0, 0.8, 0.0], [1.0, 2.0, 0.4, 0.0], (n, SUMS))
    return np.concatenate([of_counts, sums], axis=1).astype(np.float16)


def test_all_counts_together_are_smaller_than_one_sum():
    features = made_features()
    centre, scale = scaling(features)
    network = build_classifier(Classifier(widths=[4]), centre, scale)
    scaled = network[0](torch.from_numpy(features).float()).numpy()
    counts, sums = np.split(scaled, [-SUMS], axis=1)
    np.testing.assert_allclose(sums.mean(0), 0, atol=1e-3)
    np.testing.assert_allclose(sums.std(0), [SPREAD, SPREAD, SPREAD, 0], atol=1e-3)
    np.testing.assert_allclose(np.square(counts).sum(1).mean(), NORM**2, rtol=1e-3)
    assert (np.ptp(counts / np.float32(features[:, :-SUMS]), axis=0) < 1e-5).all()


def test_the_scaling_is_saved_but_not_learnt():
    centre, scale = scaling(made_features())
    network = build_classifier(Classifier(widths=[4]), centre, scale)
    network(torch.ones(1, len(centre))).sum().backward()
    assert torch.equal(network.state_dict()["0.centre"], centre)
    assert torch.equal(network.state_dict()["0.scale"], scale)
    assert network[0].centre.grad is None
    assert network[0].scale.grad is None
