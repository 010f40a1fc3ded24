"""Scores of images: each column is what the network of its name says of the event."""

import numpy as np
import pyarrow as pa
import torch
from helpers.made_responses import darwin, made_nest_events, respond

from pipeline.xenon.config.anomaly import Classifier
from pipeline.xenon.config.images import Cnn, Cvae
from pipeline.xenon.networks.classifier import build_classifier
from pipeline.xenon.networks.features import SUMS, sums
from pipeline.xenon.response.shards import write_shard
from pipeline.xenon.xenon1t.images import ImageEncoder
from pipeline.xenon.xenon1t.networks import ImageAutoencoder, build_cnn, latent_term
from pipeline.xenon.xenon1t.scores import score_images

SIZE, BETA, MIN_S2 = 16, 0.3, 2000


@torch.no_grad()
def test_columns_are_what_their_networks_say(tmp_path):
    torch.manual_seed(1)
    detector = darwin()
    batch = respond(detector, made_nest_events(detector, "nr", np.linspace(1, 30, 60), seed=1))
    write_shard(tmp_path / "shard.parquet", [batch], {})
    encode = ImageEncoder.of(detector, SIZE)
    cnn = build_cnn(Cnn(widths=[4, 4], hidden=4), SIZE)
    dense = build_classifier(Classifier(widths=[4]), torch.zeros(SUMS), torch.ones(SUMS))
    autoencoder = ImageAutoencoder(Cvae(widths=[4, 4], latent=2), SIZE)
    tables = score_images(
        [tmp_path / "shard.parquet"], encode, cnn, dense, autoencoder, BETA, MIN_S2
    )
    table = pa.concat_tables(tables).to_pandas()

    seen = batch.s2_photons_detected >= MIN_S2
    assert 0 < seen.sum() < len(batch)
    np.testing.assert_array_equal(table["event_id"], batch.events.event_id[seen])
    images = torch.from_numpy(encode(batch)[seen])
    mean, log_variance = autoencoder.encoder(images).chunk(2, dim=1)
    expected = {
        "logit": cnn(images)[:, 0],
        "logit_four_numbers": dense(torch.from_numpy(sums(batch)[seen]))[:, 0],
        "mse": (images - autoencoder.decoder(mean)).square().mean(1),
        "latent_term": latent_term(mean, log_variance, "printed"),
    }
    for name, values in expected.items():
        np.testing.assert_allclose(table[name], values, rtol=1e-4, atol=1e-6, err_msg=name)
    np.testing.assert_allclose(
        table["loss"], expected["mse"] + BETA * expected["latent_term"], rtol=1e-4
    )
    np.testing.assert_allclose(np.stack(table["latent_mean"]), mean, rtol=1e-4, atol=1e-6)
