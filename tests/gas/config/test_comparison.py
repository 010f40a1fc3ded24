"""The comparison of tracks: different samples, and tracks left to learn from."""

import pytest

from pipeline.gas.config.comparison import VoxelClassifier
from pipeline.study import ConfigError, check_config


@pytest.fixture
def comparison(plain):
    """A function that checks a config with such a comparison."""

    def check(**keys):
        plain["gas"]["track_comparison"] = {"simulated": ["made"], "reference": ["read"], **keys}
        return check_config(plain).gas.track_comparison

    return check


def test_no_classifier_unless_asked_for(comparison):
    assert comparison().voxel_classifier is None


def test_a_source_is_not_compared_with_itself(comparison):
    with pytest.raises(ConfigError, match=r"track_comparison: source 'made' .* with itself"):
        comparison(reference=["read", "made"])


def test_held_out_tracks_leave_some_to_learn_from(comparison):
    classifier = {"widths": [4, 4, 4], "smearing_um": 200, "validation_fraction": 0.5}
    assert comparison(voxel_classifier=classifier).voxel_classifier.held_out_fraction == 0.8
    with pytest.raises(ConfigError, match=r"voxel_classifier: .* leave 0 of the tracks"):
        comparison(voxel_classifier={**classifier, "test_fraction": 0.5})


def test_a_classifier_trains_like_any_network(comparison):
    classifier = {"widths": [4, 4, 4], "smearing_um": 200, "slices": 4}
    few = comparison(voxel_classifier=classifier).voxel_classifier
    many = comparison(
        voxel_classifier={**classifier, "threads": 2, "processes": 2, "loader_threads": 3}
    ).voxel_classifier
    assert many.parallelism() == {"processes": 2, "threads": 2, "loader_threads": 3}
    assert many.without_parallelism() == few
    assert many.identity() == few.identity()
    assert VoxelClassifier.model_validate(many.plain()) == many


def test_keys_of_direction_networks_mean_nothing_here(comparison):
    with pytest.raises(ConfigError, match="unknown key 'frames'"):
        comparison(voxel_classifier={"widths": [4, 4, 4], "smearing_um": 200, "frames": 8})
