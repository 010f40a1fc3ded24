"""Tables of score terms and of scores, from shards and networks of a tiny detector."""

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import torch
from helpers.made_recordings import COUNTS, recorded

from pipeline.core.tables import Described, write_tables
from pipeline.learning.split import held_out
from pipeline.xenon.config.anomaly import VAE, Classifier
from pipeline.xenon.darwin.anomaly_score import anomaly_score
from pipeline.xenon.darwin.score import TERMS, read_terms, score_terms, scores
from pipeline.xenon.networks.classifier import build_classifier, logits
from pipeline.xenon.networks.features import SUMS, features
from pipeline.xenon.networks.saved import load_networks
from pipeline.xenon.networks.vae import Autoencoder
from pipeline.xenon.response.shards import write_shard

CLASSIFIER, AUTOENCODER = Classifier(widths=[8]), VAE(widths=[8], latent=3)
BETAS = (0.5, 2.0)
FEATURES = COUNTS + SUMS


@pytest.fixture(scope="module")
def networks():
    """Untrained networks; their outputs differ, which is enough here."""
    torch.manual_seed(1)
    autoencoders = {beta: Autoencoder(AUTOENCODER, COUNTS).eval() for beta in BETAS}
    scaling = torch.rand(FEATURES), 1 + torch.rand(FEATURES)
    return build_classifier(CLASSIFIER, *scaling).eval(), autoencoders


@pytest.fixture
def shards(tmp_path):
    paths = [tmp_path / "0.parquet", tmp_path / "1.parquet"]
    write_shard(paths[0], [recorded(60, "ER", 1), recorded(20, "ER", 2, 60)], {})
    write_shard(paths[1], [recorded(30, "ER", 3, 80)], {})
    return paths


def write_terms(path, tables):
    write_tables({"terms": path}, {"terms": Described(TERMS, tables)})


@pytest.fixture
def terms(networks, shards, tmp_path):
    """(part kept for validation) -> file of terms."""

    def write(not_learnt=None):
        path = tmp_path / "terms.parquet"
        write_terms(path, score_terms(shards, *networks, not_learnt, np.random.default_rng(1)))
        return path

    return write


def test_every_event_has_a_row_for_every_beta(terms):
    table = read_terms(terms())
    for beta in BETAS:
        of_beta = table[table["beta"] == beta]
        assert of_beta["event_id"].tolist() == list(range(110))
        assert of_beta["triggered"].sum() == 99
    assert len(table) == 220


def test_an_empty_shard_changes_nothing(networks, shards, tmp_path):
    write_shard(tmp_path / "none.parquet", [], {})
    paths, tables = [shards[0], tmp_path / "none.parquet", shards[1]], []
    for chosen in (paths, shards):
        tables_of = score_terms(chosen, *networks, None, np.random.default_rng(1))
        write_terms(tmp_path / "terms.parquet", tables_of)
        tables.append(read_terms(tmp_path / "terms.parquet"))
    pd.testing.assert_frame_equal(*tables)


def test_only_triggered_events_have_terms(terms):
    table = read_terms(terms())
    values = table[["logit", "kl", "reconstruction", "reconstruction_drawn"]]
    assert values[table["triggered"]].notna().all(axis=None)
    assert values[~table["triggered"]].isna().all(axis=None)


@torch.no_grad()
def test_terms_are_those_of_the_networks(terms, networks):
    classifier, autoencoders = networks
    batch = recorded(60, "ER", 1)
    x = torch.from_numpy(features(batch)[batch.triggered])
    table = pq.read_table(terms()).to_pandas()
    table = table[table["triggered"] & (table["event_id"] < 60)]
    for beta, autoencoder in autoencoders.items():
        of_beta, expected = table[table["beta"] == beta], autoencoder(x[:, :COUNTS])
        for name, values in (("kl", expected.latent), ("reconstruction", expected.reconstruction)):
            np.testing.assert_allclose(of_beta[name], values, rtol=1e-5)
        np.testing.assert_allclose(of_beta["logit"], logits(classifier, x), rtol=1e-4, atol=1e-5)
        latent = np.stack(of_beta["latent_mean"].to_list())
        np.testing.assert_allclose(latent, expected.latent_mean, rtol=1e-4, atol=1e-5)


@torch.no_grad()
def test_a_drawn_place_is_that_of_the_generator(networks, shards, tmp_path):
    """One event alone, for which the first numbers of the generator are drawn."""
    write_shard(shards[0], [recorded(1, "ER", 1)], {})
    rng = np.random.default_rng(7)
    write_terms(tmp_path / "terms.parquet", score_terms(shards[:1], *networks, None, rng))
    x = torch.from_numpy(features(recorded(1, "ER", 1))[:, :COUNTS])
    again = np.random.default_rng(7)
    for beta, autoencoder in networks[1].items():
        noise = torch.from_numpy(again.standard_normal((1, 3), np.float32))
        found = read_terms(tmp_path / "terms.parquet").set_index("beta").loc[beta]
        expected = autoencoder(x, noise).reconstruction
        assert found["reconstruction_drawn"] == pytest.approx(float(expected), rel=1e-5)
        assert found["reconstruction_drawn"] != pytest.approx(found["reconstruction"], rel=1e-4)


def test_of_a_learnt_sample_only_what_was_held_out_is_scored(terms):
    table = read_terms(terms(("train_er", 1, 0.3)))
    expected = np.flatnonzero(held_out(np.arange(110), "train_er", 1, 0.3))
    assert table.loc[table["beta"] == 2.0, "event_id"].tolist() == expected.tolist()


def test_scores_hold_the_chosen_weights_and_their_terms(terms, tmp_path):
    source = terms()
    write_tables({"scores": tmp_path / "scores.parquet"}, {"scores": scores(source, 2.0, 10.0)})
    found = pd.read_parquet(tmp_path / "scores.parquet")
    assert set(found["beta"]) == {2.0}
    assert set(found["ratio"]) == {10.0}
    assert found["event_id"].tolist() == list(range(110))
    columns = (found[name].to_numpy() for name in ("kl", "reconstruction", "logit"))
    np.testing.assert_allclose(found["ts"], anomaly_score(*columns, 2.0, 10.0))
    assert found["ts"].notna().tolist() == found["triggered"].tolist()
    schema = pq.read_schema(tmp_path / "scores.parquet")
    assert all(schema.field(name).metadata[b"description"] for name in schema.names)


def test_scores_of_a_beta_without_terms_are_refused(terms):
    with pytest.raises(ValueError, match=r"terms\.parquet: no terms for beta 7"):
        scores(terms(), 7.0, 1.0)


def test_networks_come_back_as_they_were_saved(networks, tmp_path):
    classifier, autoencoders = networks
    files = {beta: tmp_path / f"{beta}.pt" for beta in BETAS}
    torch.save(classifier.state_dict(), tmp_path / "classifier.pt")
    for beta, path in files.items():
        torch.save(autoencoders[beta].state_dict(), path)
    again, of_beta = load_networks(tmp_path / "classifier.pt", files, CLASSIFIER, AUTOENCODER)
    x = torch.randn(4, FEATURES)
    torch.testing.assert_close(again(x), classifier(x))
    for beta in BETAS:
        torch.testing.assert_close(of_beta[beta](x[:, :COUNTS]), autoencoders[beta](x[:, :COUNTS]))
    with pytest.raises(ValueError, match=r"0\.5\.pt: not the weights of a network of these widths"):
        load_networks(tmp_path / "classifier.pt", files, CLASSIFIER, VAE(widths=[9], latent=3))


def test_a_classifier_of_counts_alone_is_refused(networks, tmp_path):
    old = build_classifier(CLASSIFIER, torch.zeros(COUNTS), torch.ones(COUNTS))
    torch.save(old.state_dict(), tmp_path / "classifier.pt")
    torch.save(networks[1][2.0].state_dict(), tmp_path / "vae.pt")
    message = rf"classifier\.pt: not the weights .* shape \({COUNTS},\), expected \({FEATURES},\)"
    with pytest.raises(ValueError, match=message):
        load_networks(
            tmp_path / "classifier.pt", {2.0: tmp_path / "vae.pt"}, CLASSIFIER, AUTOENCODER
        )
