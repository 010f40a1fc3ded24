"""The catalogue of trainings of the gas chain; reading it imports no torch."""

import json

import pytest
from helpers.imports import loaded_by

from pipeline.core.named import named
from pipeline.gas.networks.catalogue import trainings
from pipeline.study import read_config


@pytest.fixture(scope="module")
def found(repository):
    return trainings(read_config(repository / "config" / "test.yaml").paths["gas"])


def test_every_trained_network_has_an_entry(found, repository):
    study = read_config(repository / "config" / "test.yaml")
    assert list(found) == study.gas.trained == list(study.trainings["gas"])


def test_what_a_training_calls_exists(found):
    for training in found.values():
        assert callable(named(training.function))
        assert callable(named(training.calls["events"]))
        assert callable(named(f"{training.calls['network']}.build"))


def test_validation_events_come_from_shards_and_settings_are_plain(found):
    for training in found.values():
        assert training.inputs["shards"]
        assert json.loads(json.dumps(training.block)) == training.block


def test_reading_the_catalogue_imports_no_torch():
    assert loaded_by("pipeline.gas.networks.catalogue", "matplotlib", "torch") == []
