"""Seeds belong to a piece of work."""

import numpy as np
import pytest

from pipeline.core.seeds import generator, seed_words


def test_seed_words_never_change():
    """Golden value: BLAKE2b-256 of '[1, "voxels", "train", 0]' in little-endian words.

    If it changes, every result of every user changes with it.
    """
    assert seed_words(1, "voxels", "train", 0) == [
        5582479311625751468,
        4415536438812977724,
        17808232307577101495,
        16740679972085932378,
    ]


def test_random_stream_never_changes():
    assert generator(1, "tracks", "made").integers(1000, size=4).tolist() == [883, 435, 483, 560]


@pytest.mark.parametrize(
    "other",
    [
        (2, "voxels", "train", 0),
        (1, "tracks", "train", 0),
        (1, "voxels", "test", 0),
        (1, "voxels", "train", 1),
        (1, "voxels", "train", "0"),
        (1, "voxels", "train"),
        (1, "voxelstrain", 0),
        (1, "train", "voxels", 0),
    ],
)
def test_any_part_of_the_identity_changes_the_seed(other):
    words = seed_words(1, "voxels", "train", 0)
    assert not set(words) & set(seed_words(*other))


def test_neighbouring_identities_give_unrelated_streams():
    streams = np.array([generator(1, "part", i).standard_normal(2000) for i in range(20)])
    correlations = np.corrcoef(streams)[np.triu_indices(20, 1)]
    assert np.abs(correlations).max() < 5 / np.sqrt(2000)
