"""CNN and autoencoder of images: values and gradients of the losses, and training."""

import math
from functools import partial

import numpy as np
import pytest
import torch

from pipeline.config.training import AdamW
from pipeline.xenon.config.images import Cnn, Cvae
from pipeline.xenon.networks.classifier import logits
from pipeline.xenon.networks.dataset import Batch, Events, with_nr_share
from pipeline.xenon.networks.training import Task, train_network
from pipeline.xenon.networks.vae import autoencoder_losses, kl_divergence
from pipeline.xenon.xenon1t.networks import (
    ImageAutoencoder,
    build_cnn,
    latent_term,
    mirrored_losses,
)

SIZE, FAST = 8, AdamW(learning_rate=5e-3)
CNN = Cnn(widths=[4, 8], hidden=8, batch_size=50, max_epochs=6, optimiser=FAST)
CVAE = Cvae(widths=[4, 8], latent=2, batch_size=50, max_epochs=8, optimiser=FAST)


def test_printed_term_is_least_at_one_over_root_two():
    """mu = 0, sigma^2 = 1/2: (ln 2 - 1) / 2 in each dimension, where both slopes vanish."""
    mean = torch.zeros(1, 3, dtype=torch.float64, requires_grad=True)
    log_variance = torch.full((1, 3), -math.log(2), dtype=torch.float64, requires_grad=True)
    found = latent_term(mean, log_variance, "printed")
    found.sum().backward()
    assert found.item() == pytest.approx(3 * (math.log(2) - 1) / 2)
    torch.testing.assert_close(mean.grad, torch.zeros_like(mean))
    torch.testing.assert_close(log_variance.grad, torch.zeros_like(mean))
    for shift in (-0.1, 0.1):
        for more in ((shift, 0.0), (0.0, shift)):
            elsewhere = latent_term(mean + more[0], log_variance + more[1], "printed")
            assert elsewhere.item() > found.item()


def test_printed_term_and_its_slopes():
    """sigma^2 + mu^2 - ln sigma - 1; slopes 2 mu, and sigma^2 - 1/2 along ln sigma^2."""
    rng = torch.Generator().manual_seed(1)
    mean, log_variance = (
        torch.randn(5, 4, generator=rng, dtype=torch.float64).requires_grad_() for _ in range(2)
    )
    found = latent_term(mean, log_variance, "printed")
    sigma = (0.5 * log_variance).exp()
    torch.testing.assert_close(found, (sigma**2 + mean**2 - sigma.log() - 1).sum(1))
    found.sum().backward()
    torch.testing.assert_close(mean.grad, 2 * mean.detach())
    torch.testing.assert_close(log_variance.grad, log_variance.detach().exp() - 0.5)


def test_standard_term_is_the_divergence_from_the_prior():
    rng = torch.Generator().manual_seed(1)
    mean, log_variance = (torch.randn(5, 4, generator=rng) for _ in range(2))
    found = latent_term(mean, log_variance, "standard")
    torch.testing.assert_close(found, kl_divergence(mean, log_variance))
    assert latent_term(torch.zeros(1, 2), torch.zeros(1, 2), "standard").item() == 0


@torch.no_grad()
@pytest.mark.parametrize("loss", ["printed", "standard"])
def test_loss_is_mean_square_and_latent_term(loss):
    torch.manual_seed(1)
    model = ImageAutoencoder(CVAE.model_copy(update={"loss": loss}), SIZE)
    images, noise = torch.rand(5, 3 * SIZE * SIZE), torch.randn(5, 2)
    mean, log_variance = model.encoder(images).chunk(2, dim=1)
    made = model.decoder(mean + (0.5 * log_variance).exp() * noise)
    expected = ((images - made) ** 2).mean(1) + 0.3 * latent_term(mean, log_variance, loss)
    found = autoencoder_losses(model, Batch(images, torch.zeros(5), noise), beta=0.3)
    torch.testing.assert_close(found, expected)
    np.testing.assert_allclose(
        model(images).reconstruction, ((images - model.decoder(mean)) ** 2).mean(1)
    )


def test_patterns_are_mirrored_and_waveforms_stay():
    """What the network sees for each sign of the draws, and where its gradient goes."""
    image = torch.arange(3.0 * SIZE * SIZE, requires_grad=True)
    signs = torch.tensor([[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]])
    seen = []

    def model(features):
        seen.append(features.detach().unflatten(1, (3, SIZE, SIZE)))
        return features[:, :1]

    model.parameters = lambda: iter([image])
    batch = Batch(image.expand(4, -1), torch.zeros(4), signs)
    losses = mirrored_losses(model, batch, SIZE)
    plain = image.detach().view(3, SIZE, SIZE)
    for found, axes in zip(seen[0], ([], [2], [1], [1, 2]), strict=True):
        torch.testing.assert_close(found[:2], plain[:2].flip(axes))
        torch.testing.assert_close(found[2], plain[2])
    first = torch.stack(
        [plain[0].flip([a - 1 for a in axes])[0, 0] for axes in ([], [2], [1], [1, 2])]
    )
    torch.testing.assert_close(losses, torch.nn.functional.softplus(first))
    losses.sum().backward()
    corners = torch.zeros(3, SIZE, SIZE)
    corners[0, [0, 0, -1, -1], [0, -1, 0, -1]] = torch.sigmoid(first)
    torch.testing.assert_close(image.grad.view(3, SIZE, SIZE), corners)


def made_events(n=1200, seed=1, brighter=0):
    """A bright patch in the lower (ER) or the upper half (NR) of noisy images, `brighter` in NR."""
    rng = np.random.default_rng(seed)
    is_nr = rng.random(n) < 0.5
    images = rng.random((n, 3, SIZE, SIZE))
    rows = np.where(is_nr, 0, 4) + rng.integers(0, 3, n)
    light = 2 + brighter * is_nr
    for image, row, column, more in zip(images, rows, rng.integers(0, 6, n), light, strict=True):
        image[:, row : row + 2, column : column + 2] += more
    flat = images.reshape(n, -1).astype(np.float16)
    return Events(flat, is_nr, rng.random(n) < 0.3)


def trained(build, losses, draws, settings, events, tmp_path):
    task = Task(settings, build, losses, draws, events, [])
    return train_network("images", task, 1, tmp_path / "checkpoint.pt", "same")


@torch.no_grad()
def test_cnn_learns_how_much_light_there_is(tmp_path):
    """Patterns of NR are brighter; where they are bright is hidden by the mirrors."""
    events = made_events(brighter=1)
    build, losses = partial(build_cnn, CNN, SIZE), partial(mirrored_losses, size=SIZE)
    model, _ = trained(build, losses, 2, CNN, events, tmp_path)
    kept = events.validation
    said = logits(model, torch.from_numpy(events.features[kept]).float()) > 0
    assert (said.numpy() == events.is_nr[kept]).mean() > 0.95


@torch.no_grad()
def test_autoencoder_loses_more_on_what_it_has_not_seen(tmp_path):
    events = made_events()
    er = ~events.is_nr
    own = Events(events.features[er], events.is_nr[er], events.validation[er])
    build, losses = partial(ImageAutoencoder, CVAE, SIZE), partial(autoencoder_losses, beta=1e-3)
    model, history = trained(build, losses, CVAE.latent, CVAE, own, tmp_path)
    images = torch.from_numpy(events.features[events.validation]).float()
    mse = model(images).reconstruction.numpy()
    is_nr = events.is_nr[events.validation]
    assert np.median(mse[is_nr]) > np.quantile(mse[~is_nr], 0.9)
    assert history["validation_loss"].min() < history["validation_loss"].iloc[0]


@pytest.mark.parametrize("share", [0.1, 0.35, 0.8])
def test_share_of_nuclear_recoils_is_made_by_leaving_events_out(share):
    events = made_events()
    mixed = with_nr_share(events, share, np.random.default_rng(1))
    assert mixed.is_nr.mean() == pytest.approx(share, abs=1e-3)
    of_one_kind = [(mixed.is_nr == flag).sum() == (events.is_nr == flag).sum() for flag in (0, 1)]
    assert any(of_one_kind)
    assert len(np.unique(mixed.features, axis=0)) == len(mixed)
    assert set(map(bytes, mixed.features)) <= set(map(bytes, events.features))
