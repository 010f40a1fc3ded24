"""Training of the two networks: results, reproducibility, resuming, processes."""

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pytest
import torch
from scipy import stats

from pipeline.config.training import AdamW
from pipeline.learning.spec import TrainingJob
from pipeline.xenon.config.anomaly import VAE, Classifier
from pipeline.xenon.networks import training
from pipeline.xenon.networks.classifier import build_classifier, classifier_losses, logits
from pipeline.xenon.networks.dataset import Events
from pipeline.xenon.networks.training import Task, train_network
from pipeline.xenon.networks.vae import Autoencoder, autoencoder_losses

FAST = AdamW(learning_rate=5e-3)
CLASSIFIER = Classifier(widths=[16], batch_size=50, max_epochs=8, optimiser=FAST)
AUTOENCODER = VAE(widths=[16], latent=2, batch_size=50, max_epochs=12, optimiser=FAST)


def made_events(n=2000, seed=1):
    """Features around 0 (ER) or 1 (NR) along a line in 12 dimensions; 30 % for validation."""
    rng = np.random.default_rng(seed)
    is_nr = rng.random(n) < 0.5
    line = np.outer(rng.normal(0, 1, n), np.linspace(-1, 1, 12))
    features = line + rng.normal(is_nr[:, None] * 1.0, 0.3, (n, 12))
    return Events(features.astype(np.float16), is_nr, rng.random(n) < 0.3)


@pytest.fixture
def classify(tmp_path):
    """(events, settings, checkpoint name) -> trained classifier and history."""

    def run(events, settings=CLASSIFIER, name="classifier.pt"):
        build = partial(build_classifier, settings, torch.zeros(12), torch.ones(12))
        task = Task(settings, build, classifier_losses, 0, events, [])
        return train_network("classifier", task, 1, tmp_path / name, "same")

    return run


@pytest.fixture
def encode(tmp_path):
    """(events, settings, beta, checkpoint name) -> trained autoencoder and history."""

    def run(events, settings=AUTOENCODER, beta=1.0, name="vae.pt"):
        build, losses = partial(Autoencoder, settings, 12), partial(autoencoder_losses, beta=beta)
        task = Task(settings, build, losses, settings.latent, events, [])
        return train_network("vae_1", task, 1, tmp_path / name, "same")

    return run


@torch.no_grad()
def accuracy(model, events):
    """Accuracy on the events kept for validation."""
    kept = events.validation
    found = logits(model, torch.from_numpy(events.features[kept]).float()) > 0
    return (found.numpy() == events.is_nr[kept]).mean()


def assert_same(first, second):
    assert first[1].drop(columns="seconds").equals(second[1].drop(columns="seconds"))
    for name, value in first[0].state_dict().items():
        assert torch.equal(value, second[0].state_dict()[name]), name


def test_classifier_learns(classify):
    events = made_events()
    assert accuracy(classify(events)[0], events) > 0.97


def test_permuted_labels_teach_nothing(classify):
    """With random labels, an accuracy above chance would be a leak of the labels."""
    events = made_events()
    shuffled = replace(events, is_nr=np.random.default_rng(2).permutation(events.is_nr))
    kept = int(events.validation.sum())
    right = round(accuracy(classify(shuffled)[0], shuffled) * kept)
    larger = max(shuffled.is_nr[shuffled.validation].mean(), 0.5)
    assert stats.binomtest(right, kept, larger, alternative="greater").pvalue > 1e-3


def test_same_classifier_for_any_number_of_threads(classify):
    events = made_events(600)
    sliced = CLASSIFIER.model_copy(update={"slices": 3, "max_epochs": 2})
    runs = [classify(events, sliced.model_copy(update={"threads": n}), f"{n}.pt") for n in (1, 3)]
    assert_same(*runs)


def test_stopped_autoencoder_goes_on_as_if_it_had_not_been(encode, caplog):
    events = made_events(600)
    encode(events, AUTOENCODER.model_copy(update={"max_epochs": 2}), name="stopped.pt")
    with caplog.at_level("INFO"):
        resumed = encode(events, name="stopped.pt")
    assert "resuming after epoch 2" in caplog.text
    assert_same(resumed, encode(events, name="whole.pt"))


def test_slices_draw_the_same_noise(encode):
    """Each event has its own noise, so slicing a batch changes only the rounding."""
    events, short = made_events(600), AUTOENCODER.model_copy(update={"max_epochs": 1})
    whole, _ = encode(events, short, name="whole.pt")
    sliced, _ = encode(events, short.model_copy(update={"slices": 3}), name="sliced.pt")
    for first, second in zip(whole.parameters(), sliced.parameters(), strict=True):
        torch.testing.assert_close(first, second, atol=1e-4, rtol=1e-3)


def only_er(events):
    er = ~events.is_nr
    return Events(events.features[er], events.is_nr[er], events.validation[er])


@torch.no_grad()
def test_what_an_autoencoder_has_not_seen_is_less_likely(encode):
    events = made_events()
    model, history = encode(only_er(events))
    model.eval()
    x = torch.from_numpy(events.features[events.validation]).float()
    surprise = model(x).reconstruction.numpy()
    is_nr = events.is_nr[events.validation]
    assert np.median(surprise[is_nr]) > np.quantile(surprise[~is_nr], 0.9)
    assert history["validation_loss"].min() < history["validation_loss"].iloc[0]


@torch.no_grad()
def test_larger_beta_holds_the_latent_space_closer_to_its_prior(encode):
    events = only_er(made_events())
    x = torch.from_numpy(events.features).float()
    weak, strong = (encode(events, beta=b, name=f"{b}.pt")[0](x).latent.mean() for b in (0.1, 20.0))
    assert strong < 0.7 * weak


def test_networks_trained_again_have_the_random_numbers_of_their_block(tmp_path, monkeypatch):
    """Whatever the names of their files."""
    settings = CLASSIFIER.model_copy(update={"max_epochs": 1})
    build = partial(build_classifier, settings, torch.zeros(12), torch.ones(12))
    task = Task(settings, build, classifier_losses, 0, made_events(200), [])
    monkeypatch.setattr(training, "named", lambda _: lambda *_: task)

    def run(network, seed):
        block = {"name": "classifier", "network_seed": seed}
        calls = {"prepare": "made"}
        return training.from_job(
            TrainingJob(network, calls, {}, block, {}, tmp_path / f"{network}{seed}.pt", "same")
        )

    first, again, other = run("classifier", 2), run("classifier_seed2", 2), run("classifier", 3)
    assert_same(first, again)
    assert not first[1].equals(other[1])
    assert not torch.equal(first[0][1].weight, other[0][1].weight)


@pytest.mark.slow
@pytest.mark.parametrize("network", ["classify", "encode"])
def test_two_processes_learn_as_one_does(request, network):
    train, events = request.getfixturevalue(network), made_events()
    settings = {"classify": CLASSIFIER, "encode": AUTOENCODER}[network]
    settings = settings.model_copy(update={"slices": 2, "max_epochs": 3})
    one, history = train(events, settings, name="one.pt")
    two, found = train(events, settings.model_copy(update={"processes": 2}), name="two.pt")
    pd.testing.assert_frame_equal(
        found.drop(columns="seconds"), history.drop(columns="seconds"), rtol=1e-5
    )
    for name, value in one.state_dict().items():
        torch.testing.assert_close(two.state_dict()[name], value, rtol=1e-4, atol=1e-5)
