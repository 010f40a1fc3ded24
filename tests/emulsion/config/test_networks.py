"""Schema of the networks of the emulsion chain."""

import pytest
from pydantic import ValidationError

from pipeline.emulsion.config.networks import Harmonic, read_network

HARMONIC = {"architecture": "harmonic", "samples": ["C", "fog"]}


def test_harmonic_is_trained_as_measured():
    network = read_network(HARMONIC)
    assert isinstance(network, Harmonic)
    assert (network.optimiser.learning_rate, network.optimiser.schedule) == (4e-3, "cosine")
    assert (network.batch_size, network.max_epochs) == (64, 4)


def test_paper_is_trained_as_in_the_paper():
    network = read_network({"architecture": "paper", "samples": ["C", "fog"]})
    assert network.rotations
    assert network.batch_size == 256


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rotations": True}, "learns by how much"),
        ({"samples": ["C", "C"]}, "must differ"),
        ({"samples": []}, "at least 1"),
        ({"validation_fraction": 1}, "less than 1"),
        ({"rotation": True}, "did you mean 'rotations'"),
        ({"architecture": "paper", "slices": 2}, "dropout"),
        ({"architecture": "dense"}, "sees"),
    ],
)
def test_bad_settings_are_refused(changes, message):
    with pytest.raises(ValidationError, match=message):
        read_network({**HARMONIC, **changes})


def test_parallelism_is_no_part_of_the_weights():
    alone = read_network({**HARMONIC, "slices": 2})
    shared = read_network({**HARMONIC, "slices": 2, "threads": 2})
    assert alone.training_block() == shared.training_block()
