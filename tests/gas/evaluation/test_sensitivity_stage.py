"""Variants of the response for the same tracks, and what methods make of them."""

import numpy as np
import pytest
from helpers.made_tracks import along_z

from pipeline.gas.config.response import Response
from pipeline.gas.config.voxels import Grid
from pipeline.gas.evaluation.sensitivity_stage import Tracks, cosines_of_variants
from pipeline.gas.response.sensitivity import Parameters
from pipeline.gas.tracks.table import write_tracks
from pipeline.gas.voxels.shards import VoxelBatch
from pipeline.statistics.directional.predictions import prediction_table

RESPONSE = Response.model_validate({"threshold": {"electrons": 1.0}, "gain": {"relative_rms": 0.5}})
PARAMETERS = Parameters(
    ["gain.relative_rms", "threshold.electrons"],
    np.array([0.5, 1.0]),
    np.eye(2),
    np.array([0.05, 0.1]),
)


class Counted:
    """Events in place of tracks: event i has i + 1 electrons, and it is lost at a threshold."""

    def measured(self, response):
        number = np.arange(3) if response.value("threshold.electrons") < 1.05 else np.arange(2)
        n = len(number)
        return VoxelBatch(
            source=np.full(n, "made"),
            event_id=number,
            offsets=np.arange(n + 1),
            voxels=np.zeros(n, np.int32),
            counts=((number + 1) * response.value("gain.relative_rms")).astype(np.float32),
            direction=np.tile(np.float32([0, 0, 1]), (n, 1)),
            start=np.zeros((n, 3), np.float32),
            sigma_um=np.zeros(n, np.float32),
            energy_keV=np.full(n, 50, np.float32),
        )


def by_charge(batch):
    """Directions whose cosine is 0.1 for each charge."""
    cosine = 0.1 * batch.counts
    return prediction_table(
        batch, np.stack([np.sqrt(1 - cosine**2), np.zeros_like(cosine), cosine], 1)
    )


def test_each_parameter_is_changed_alone_and_events_stay_together():
    found = cosines_of_variants({"one": by_charge}, Counted(), RESPONSE, PARAMETERS)["one"]
    number = np.arange(1, 4)
    assert found.nominal == pytest.approx(0.05 * number)
    assert found.low == pytest.approx(np.outer(number, [0.045, 0.05]))
    expected = np.outer(number, [0.055, 0.05])
    expected[2, 1] = np.nan
    assert found.high == pytest.approx(expected, nan_ok=True)


@pytest.fixture
def tables(tmp_path):
    """Two track tables of a source, of three and of two straight lines."""
    rng = np.random.default_rng(1)
    paths = []
    for part, events in enumerate((range(3), range(3, 5))):
        n = len(events)
        paths.append(tmp_path / "made" / f"{part}.parquet")
        positions = rng.uniform(0, 1e4, (200 * n, 3))
        batch = along_z(200 * np.arange(n + 1), positions, first=events.start)
        write_tracks(paths[-1], [batch], {})
    return list(map(str, paths))


def test_variants_have_the_same_tracks_and_random_numbers(tables):
    tracks = Tracks(tables, 3, Grid(), seed=1, rotate=True)
    first, again = tracks.measured(RESPONSE), tracks.measured(RESPONSE)
    softer = tracks.measured(RESPONSE.replaced({"threshold.electrons": 0.5}))
    assert first.event_id.tolist() == [0, 2, 4]
    assert np.array_equal(first.counts, again.counts)
    assert np.array_equal(first.direction, softer.direction)
    assert len(softer.counts) > len(first.counts)
    # The cells above the higher threshold have the same charges.
    assert np.isin(first.counts, softer.counts).all()
