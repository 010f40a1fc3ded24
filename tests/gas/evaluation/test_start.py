"""The predicted start of the track against the true one."""

import numpy as np
import pytest
from helpers.made_predictions import scattered
from scipy import stats

from pipeline.gas.evaluation.calibration import start_table
from pipeline.gas.evaluation.start import start_numbers
from pipeline.gas.voxels.shards import VoxelBatch, with_true_start, write_shard
from pipeline.physics.event_columns import TRUE_START
from pipeline.statistics.directional.predictions import START, with_start

SIGMA_MM = 2.5
EVENTS = 4000


@pytest.fixture
def predictions(rng):
    """Starts that miss the true ones by a Gaussian, whose error is stated twice too large in z."""
    true_um = rng.normal(0, 3000, (EVENTS, 3))
    kappa = np.full(EVENTS, 10.0)
    table = scattered(kappa, kappa, rng).assign(**dict(zip(TRUE_START, true_um.T, strict=True)))
    missed = 1e3 * SIGMA_MM * rng.normal(size=(EVENTS, 3)) * [1, 1, 0.5]
    return with_start(table, true_um + missed, np.full(EVENTS, 1e3 * SIGMA_MM))


def shard(path, event_id, start_um):
    """A shard of events of one voxel in a grid of 120 voxels of 500 um."""
    n = len(event_id)
    batch = VoxelBatch(
        source=np.full(n, "made"),
        event_id=np.asarray(event_id, np.int64),
        offsets=np.arange(n + 1),
        voxels=np.zeros(n, np.int32),
        counts=np.ones(n, np.uint16),
        direction=np.tile(np.float32([0, 0, 1]), (n, 1)),
        start=np.asarray(start_um / 500 + 60, np.float32),
        sigma_um=np.full(n, 443, np.float32),
        energy_keV=np.full(n, 40, np.float32),
    )
    write_shard(path, [batch], 120, 500.0)
    return str(path)


def test_pulls_are_errors_over_stated_errors(predictions):
    row = start_numbers(predictions).iloc[0]
    assert row["events"] == EVENTS
    for axis, expected in (("x", 1.0), ("y", 1.0), ("z", 0.5)):
        # The square of a Gaussian pull has the variance 2.
        error = expected / np.sqrt(2 * EVENTS)
        assert row[f"pull_rms_{axis}_err"] == pytest.approx(error, rel=0.1)
        assert row[f"pull_rms_{axis}"] == pytest.approx(expected, abs=4 * error)


def test_distances_are_those_of_the_law_of_maxwell(predictions):
    stretched = predictions.copy()
    missed = predictions[START[2]] - predictions[TRUE_START[2]]
    stretched[START[2]] = predictions[TRUE_START[2]] + 2 * missed
    row = start_numbers(stretched).iloc[0]
    law = stats.maxwell(scale=SIGMA_MM)
    error = 0.5 / (law.pdf(law.median()) * np.sqrt(EVENTS))
    assert row["distance_median_mm_err"] == pytest.approx(error, rel=0.3)
    assert row["distance_median_mm"] == pytest.approx(law.median(), abs=4 * error)
    share = law.sf(5)
    assert row["beyond_5mm_err"] == pytest.approx(np.sqrt(share * (1 - share) / EVENTS), rel=0.1)
    assert row["beyond_5mm"] == pytest.approx(share, abs=4 * row["beyond_5mm_err"])


def test_true_starts_come_from_the_shards_of_the_test_set(predictions, tmp_path):
    true_um = predictions[TRUE_START].to_numpy()
    half = EVENTS // 2
    ids = predictions["event_id"].to_numpy()
    paths = [
        shard(tmp_path / "a.parquet", ids[:half], true_um[:half]),
        shard(tmp_path / "b.parquet", ids[half:], true_um[half:]),
    ]
    found = with_true_start(predictions.drop(columns=TRUE_START), paths)
    assert found[TRUE_START].to_numpy() == pytest.approx(true_um, abs=0.1)
    with pytest.raises(ValueError, match=r"a.parquet hold other events"):
        with_true_start(predictions, paths[:1])


def test_true_starts_are_those_of_some_events_of_the_shards(predictions, tmp_path):
    path = shard(
        tmp_path / "a.parquet", predictions["event_id"], predictions[TRUE_START].to_numpy()
    )
    some = predictions.iloc[5:1000:7]
    found = with_true_start(some.drop(columns=TRUE_START), [path])
    assert found[TRUE_START].to_numpy() == pytest.approx(some[TRUE_START].to_numpy(), abs=0.1)


def test_a_row_for_each_test_set_and_energy(predictions, tmp_path):
    path = shard(
        tmp_path / "a.parquet", predictions["event_id"], predictions[TRUE_START].to_numpy()
    )
    energy_keV = np.where(np.arange(EVENTS) < 1000, 40, 50).astype(np.float32)
    plain = predictions.drop(columns=TRUE_START).assign(energy_keV=energy_keV)
    table = start_table({"one": plain, "two": plain}, {"one": 1, "two": 1}, [path, path])
    assert table["test_set"].tolist() == ["one", "one", "two", "two"]
    assert table["energy_keV"].tolist() == [40, 50, 40, 50]
    assert table["events"].tolist() == [1000, 3000, 1000, 3000]
    expected = start_numbers(predictions[energy_keV == 50]).iloc[0].astype(float)
    found = table.iloc[1][expected.index].astype(float)
    assert found.to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-3)
