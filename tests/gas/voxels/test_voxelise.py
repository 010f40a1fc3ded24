"""From track table to shard: counts, equal bytes for equal inputs, mistakes that people make."""

import json

import numpy as np
import pytest

from pipeline.core.seeds import generator
from pipeline.gas.config.response import Response
from pipeline.gas.config.voxels import Grid, Smearing
from pipeline.gas.tracks.table import write_tracks
from pipeline.gas.voxels.shards import concatenate, open_shard, read_shard
from pipeline.gas.voxels.stage import voxelise

RANGE = Smearing(low_um=160, high_um=466)


def fixed(sigma_um):
    return Smearing(low_um=sigma_um, high_um=sigma_um)


@pytest.fixture
def run(tmp_path):
    """(track table, smearing, seed) -> path of the shard and its counts."""

    def voxelised(table, smearing=RANGE, seed=1):
        shard, counts = tmp_path / "shard.parquet", tmp_path / "shard.json"
        voxelise(table, "made", Grid(), smearing, generator(seed, "voxels"), shard, counts)
        return shard, json.loads(counts.read_text())

    return voxelised


@pytest.fixture
def table(tmp_path, tracks):
    """600 tracks of about a centimetre, every tenth of them longer than the grid."""

    def write(scale=1.0):
        rng = np.random.default_rng(1)
        lengths = np.where(np.arange(600) % 10 == 0, 2e5, 5e3)
        path = tmp_path / "tracks.parquet"
        batch = tracks([scale * rng.normal(0, length, (50, 3)) for length in lengths])
        write_tracks(path, [batch], {})
        return path

    return write


def test_contained_events_are_kept_and_all_are_counted(run, table):
    shard, counts = run(table())
    assert counts == {"read": 600, "kept": 540, "not_contained": 60}
    batch = concatenate(list(read_shard(shard)))
    assert batch.event_id.tolist() == [i for i in range(600) if i % 10]
    assert set(batch.source) == {"made"}
    assert open_shard(shard).bins == 120


def test_equal_inputs_give_equal_bytes(run, table):
    contents = {seed: run(table(), seed=seed)[0].read_bytes() for seed in (1, 2)}
    assert run(table(), seed=1)[0].read_bytes() == contents[1]
    assert contents[1] != contents[2]


def test_wrong_length_unit_is_explained(run, table, tmp_path):
    """Micrometres taken for millimetres: no track fits into the grid."""
    with pytest.raises(ValueError, match=r"none of 600 tracks fits .* length unit") as caught:
        run(table(scale=1e3))
    assert "grid of 60000 um" in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["tracks.parquet"]


def test_a_threshold_that_empties_events_is_explained(run, table, tmp_path):
    hard = Response.model_validate({"threshold": {"electrons": 20}})
    with pytest.raises(ValueError, match=r"no charge in 540 of 540 tracks .* `threshold`"):
        run(table(), hard)
    assert [path.name for path in tmp_path.iterdir()] == ["tracks.parquet"]


def test_events_without_charge_are_counted(run, table):
    """Electrons are lost with a probability that leaves some events empty."""
    _, counts = run(table(), Response.model_validate({"drift_cm": 35, "attachment_per_cm": 0.1}))
    assert counts["without_charge"] > 0
    assert sum(counts[k] for k in ("kept", "not_contained", "without_charge")) == counts["read"]


def test_damaged_table_is_named_and_leaves_no_shard(run, table, tmp_path):
    path = table()
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ValueError, match=r"tracks\.parquet: damaged track table"):
        run(path)
    assert [path.name for path in tmp_path.iterdir()] == ["tracks.parquet"]


@pytest.mark.parametrize(
    ("energy_keV", "sigma_um", "published", "digits"), [(40, 443, 0.996, 3), (50, 200, 0.81, 2)]
)
def test_genuine_tracks_are_contained_as_published(
    run, degrad_table, energy_keV, sigma_um, published, digits
):
    """Contained fractions of He:CO2 recoils in 120^3 voxels of (500 um)^3."""
    _, counts = run(degrad_table(energy_keV), fixed(sigma_um))
    error = np.sqrt(published * (1 - published) / counts["read"])
    rounding = 0.5 * 10.0**-digits
    assert abs(counts["kept"] / counts["read"] - published) < 3 * error + rounding


def test_genuine_tracks_take_little_disk(run, degrad_table):
    shard, counts = run(degrad_table(40))
    assert shard.stat().st_size / counts["kept"] <= 2_500


def test_genuine_tracks_occupy_the_known_number_of_voxels(run, degrad_table):
    """About 456 at 40 keV and 300 um: the smearing is wide enough, and not too wide."""
    shard, _ = run(degrad_table(40), fixed(300))
    assert np.mean([len(b.voxels) / len(b) for b in read_shard(shard)]) == pytest.approx(
        456, rel=0.05
    )
