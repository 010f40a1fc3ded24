"""The catalogue of trainings of the emulsion chain; reading it imports no torch."""

from helpers.imports import loaded_by

from pipeline.core.named import named
from pipeline.emulsion.networks.catalogue import trainings
from pipeline.study import check_config


def test_every_network_has_an_entry_that_waits_for_the_look_at_all_samples():
    paths = check_config({"emulsion": {}}).paths["emulsion"]
    found = trainings(paths)
    assert list(found) == list(paths.block.networks)
    for training in found.values():
        assert callable(named(training.function))
        assert training.inputs["shards"]
        assert training.looked_at == (paths.table("samples.csv"),)


def test_reading_the_catalogue_imports_no_torch():
    assert loaded_by("pipeline.emulsion.networks.catalogue", "matplotlib", "torch") == []
