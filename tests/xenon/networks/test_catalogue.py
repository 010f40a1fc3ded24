"""The catalogue of networks: names, inputs and plain blocks; reading it imports no torch."""

import json

import pytest
from helpers.imports import loaded_by

from pipeline.core.named import named
from pipeline.study import check_config
from pipeline.xenon.networks.catalogue import trainings

ANOMALY = ["classifier", "vae_0.1", "vae_1", "vae_4"]
IMAGES = ["image_classifier", "image_four_numbers", "image_cvae"]
AGAIN = ["classifier_seed2", "vae_2_seed2", "classifier_seed3", "vae_2_seed3"]


def trainings_of(seed=1, **xenon):
    return trainings(check_config({"seed": seed, "xenon": xenon}).paths["xenon"])


@pytest.mark.parametrize(
    ("xenon", "names"),
    [
        ({}, ANOMALY),
        ({"images": {}}, ANOMALY + IMAGES),
        ({"anomaly": None, "images": {}}, IMAGES),
        ({"anomaly": None}, []),
        ({"anomaly": {"betas": [2]}}, ["classifier", "vae_2"]),
        (
            {"anomaly": {"betas": [1, 2], "retraining": {"seeds": 2, "betas": [2]}}},
            ["classifier", "vae_1", "vae_2", *AGAIN],
        ),
    ],
)
def test_a_config_names_its_networks(xenon, names):
    assert list(trainings_of(**xenon)) == names


def test_every_network_can_be_prepared_from_its_shards():
    for name, training in trainings_of(images={}).items():
        assert callable(named(training.function)), name
        assert callable(named(training.calls["prepare"])), name
        assert training.inputs, name
        assert all(training.inputs.values()), name


def test_blocks_are_plain_and_survive_a_text_file():
    for name, training in trainings_of(seed=7, images={}).items():
        assert json.loads(json.dumps(training.block)) == training.block, name
        assert training.block["seed"] == 7


def test_networks_with_another_seed_learn_the_same_events():
    first, second = trainings_of(seed=7), trainings_of(seed=7, network_seed=8)
    for name in ANOMALY:
        assert second[name].inputs == first[name].inputs
        assert second[name].block == {**first[name].block, "network_seed": 8}
        assert first[name].block["network_seed"] == 7


def test_networks_trained_again_are_those_of_a_study_with_their_seed():
    again = trainings_of(seed=7, anomaly={"retraining": {"seeds": 2}}, network_seed=3)
    assert list(again) == [f"{name}{end}" for end in ("", "_seed4", "_seed5") for name in ANOMALY]
    for seed in (4, 5):
        alone = trainings_of(seed=7, network_seed=seed)
        for name in ANOMALY:
            assert again[f"{name}_seed{seed}"] == alone[name]


def test_how_a_training_is_spread_over_cores_is_not_in_its_block():
    network = {"slices": 4, "threads": 2, "processes": 2}
    spread = trainings_of(anomaly={"classifier": network})["classifier"]
    alone = trainings_of(anomaly={"classifier": {"slices": 4}})["classifier"]
    assert spread.block == alone.block
    assert (spread.settings.threads, spread.settings.processes) == (2, 2)


def test_the_autoencoders_learn_electronic_recoils_only():
    found = trainings_of()
    assert found["classifier"].inputs.keys() == {"er", "nr"}
    for name in ANOMALY[1:]:
        assert found[name].inputs == {"er": found["classifier"].inputs["er"]}
    assert [found[name].block["beta"] for name in ANOMALY[1:]] == [0.1, 1.0, 4.0]


def test_reading_the_catalogue_imports_no_torch():
    assert loaded_by("pipeline.xenon.networks.catalogue", "matplotlib", "torch") == []
