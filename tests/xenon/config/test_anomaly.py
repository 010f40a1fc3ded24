"""The block of the anomaly search, alone and among the samples."""

import pytest
from pydantic import ValidationError

from pipeline.xenon.config.anomaly import VAE, Anomaly, Classifier
from pipeline.xenon.config.chain import Xenon


def test_a_single_key_leaves_the_other_defaults():
    vae = Anomaly.model_validate({"vae": {"max_epochs": 2}}).vae
    assert (vae.max_epochs, vae.batch_size, vae.optimiser.learning_rate) == (2, 64, 1e-3)


@pytest.mark.parametrize("block", [Classifier, VAE])
@pytest.mark.parametrize("key", ["backend", "loader_threads"])
def test_dense_networks_have_no_keys_of_sparse_ones(block, key):
    with pytest.raises(ValidationError, match=f"unknown key '{key}'"):
        block.model_validate({key: 1})


def test_number_of_threads_and_processes_is_not_part_of_a_network():
    one, two, four = (
        Classifier(slices=4, threads=threads, processes=processes)
        for threads, processes in ((1, 1), (2, 1), (2, 2))
    )
    assert one.identity() == two.identity() == four.identity()
    assert four.without_parallelism() == one
    assert (one.cores, two.cores, four.cores) == (1, 2, 4)


@pytest.mark.parametrize("value", [(1.0, 1.0), (2.0, 1.0)])
def test_empty_range_of_variances_is_refused(value):
    with pytest.raises(ValidationError, match="the range is empty"):
        VAE(log_variance=value)


@pytest.mark.parametrize("key", ["betas", "ratios"])
@pytest.mark.parametrize(
    ("values", "text"),
    [([], "at least 1 item"), ([1, 1], "must differ"), ([-1], "greater than or equal to 0")],
)
def test_weights_must_be_distinct_and_not_negative(key, values, text):
    with pytest.raises(ValidationError, match=text):
        Anomaly.model_validate({key: values})


def test_networks_are_trained_again_with_betas_of_the_scan():
    assert Anomaly.model_validate({"retraining": {"betas": [4, 1]}}).retraining.betas == [4, 1]
    with pytest.raises(ValidationError, match=r"retraining\.betas: 2 is not in `betas`"):
        Anomaly.model_validate({"retraining": {"betas": [1, 2]}})
    with pytest.raises(ValidationError, match=r"retraining\.betas: values must differ"):
        Anomaly.model_validate({"retraining": {"betas": [1, 1]}})


def test_nothing_is_learnt_and_tested_on_at_once():
    with pytest.raises(ValidationError, match="'train_er' is named twice"):
        Anomaly.model_validate({"test": {"er": "train_er", "nr": "b"}})


def anomaly(**keys):
    return Xenon.model_validate({"anomaly": keys})


def test_unknown_sample_names_the_nearest():
    with pytest.raises(ValidationError, match="no sample 'trian_er'; did you mean 'train_er'"):
        anomaly(train={"er": "trian_er", "nr": "train_nr"})


def test_sample_of_the_other_recoil_is_refused():
    with pytest.raises(ValidationError, match=r"train\.er: the recoils of 'train_nr' are 'nr'"):
        anomaly(train={"er": "train_nr", "nr": "train_er"})


def test_samples_of_two_detectors_are_refused():
    plain = Xenon().plain()
    plain["samples"]["train_nr"]["detector"] = "xenon1t"
    with pytest.raises(ValidationError, match="'train_nr' belongs to detector 'xenon1t'"):
        Xenon.model_validate(plain)


def test_without_a_search_samples_may_be_called_anything():
    samples = {"mine": Xenon().plain()["samples"]["train_er"]}
    assert Xenon.model_validate({"samples": samples, "anomaly": None}).anomaly is None
    with pytest.raises(ValidationError, match="anomaly: null makes events and responses only"):
        Xenon.model_validate({"samples": samples})
