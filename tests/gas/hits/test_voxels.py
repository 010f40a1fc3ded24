"""Measured events as voxels: the same as those of the readout that made them."""

import json

import numpy as np
import pandas as pd
import pytest
from helpers.made_hits import hits_part

from pipeline.core.ingestion import BadEventError
from pipeline.gas.config.hits import Hits
from pipeline.gas.config.response import Response
from pipeline.gas.config.voxels import Grid
from pipeline.gas.hits.voxels import voxelise_hits
from pipeline.gas.response.respond import respond
from pipeline.gas.tracks.table import Electrons
from pipeline.gas.voxels.shards import concatenate, open_shard, read_shard, voxel_centres

GRID = Grid(bins=60, voxel_um=(250, 100, 500))


def hits_table(events=30):
    """Events of a response as one row for each hit, and the readout itself."""
    rng = np.random.Generator(np.random.SFC64(1))
    positions = rng.normal(0, 500, (events * 100, 3))
    response = Response.model_validate(
        {
            "gain": {"relative_rms": 0.7},
            "threshold": {"electrons": 0.5},
            "integrate_mm": 4,
            "charge_bits": 4,
            "charge_step": 0.6,
        }
    )
    electrons = Electrons(positions, np.arange(0, events * 100 + 1, 100))
    readout = respond(electrons, response, GRID, rng)
    place = voxel_centres(readout.voxels, GRID.bins) * GRID.cell_um
    owner = np.repeat(np.arange(events), np.diff(readout.offsets))
    # Somewhere in the detector, and another zero of time in each event.
    place = place + np.array([[1e5, -3e4, 0]]) + owner[:, None] * np.array([[250, 100, 500]])
    table = pd.DataFrame(place, columns=["x", "y", "z"])
    return table.assign(event=owner, charge=readout.charge, time=1.7e9 + owner), readout


@pytest.fixture
def run(tmp_path):
    """(table of hits, changed keys of the source) -> shard, table of events, counts."""

    def voxelised(table, grid=GRID, **keys):
        path = tmp_path / "run.parquet"
        table.to_parquet(path)
        columns = {"event": "event", "time": "time"}
        block = {"kind": "hits", "files": [str(path)], "columns": columns, **keys}
        outputs = [tmp_path / name for name in ("shard.parquet", "events.parquet", "counts.json")]
        voxelise_hits(path, hits_part(Hits.model_validate(block), grid, index=2), *outputs)
        return outputs[0], pd.read_parquet(outputs[1]), json.loads(outputs[2].read_text())

    return voxelised


def test_hits_come_back_as_the_voxels_of_their_readout(run):
    table, readout = hits_table()
    shard, events, counts = run(table)
    batch = concatenate(list(read_shard(shard)))
    np.testing.assert_array_equal(batch.voxels, readout.voxels)
    np.testing.assert_array_equal(batch.counts, readout.charge)
    np.testing.assert_array_equal(batch.offsets, readout.offsets)
    assert batch.event_id.tolist() == (20_000_000 + np.arange(30)).tolist()
    assert set(batch.source) == {"run7"}
    assert events["time_s"].tolist() == (1.7e9 + np.arange(30)).tolist()
    assert events["contained"].all()
    assert (counts["read"], counts["kept"], counts["contained"]) == (30, 30, 30)


def test_what_is_not_known_is_not_a_number(run):
    shard, _, _ = run(hits_table()[0])
    batch = concatenate(list(read_shard(shard)))
    for values in (batch.direction, batch.start, batch.energy_keV, batch.sigma_um):
        assert np.isnan(values).all()
    assert open_shard(shard).drift == "direction"


def test_charge_is_in_primary_electrons(run):
    table, readout = hits_table()
    shard, _, _ = run(table.assign(charge=table["charge"] * 2000), electrons_per_charge=1 / 2000)
    found = concatenate(list(read_shard(shard))).counts
    np.testing.assert_allclose(found, readout.charge, rtol=1e-6)


def test_a_stray_hit_costs_no_event_and_moves_none(run):
    """One hit of noise in a volume of +-100 mm: the events are as without it, and it is counted."""
    table, readout = hits_table()
    far = table.groupby("event").first().reset_index().assign(charge=1.5)
    far[["x", "y", "z"]] += np.random.default_rng(1).uniform(4e4, 1e5, (len(far), 3))
    noisy = pd.concat([table, far]).sort_values("event", kind="stable")
    shard, events, counts = run(noisy)
    batch = concatenate(list(read_shard(shard)))
    np.testing.assert_array_equal(batch.voxels, readout.voxels)
    np.testing.assert_array_equal(batch.counts, readout.charge)
    assert events["dropped_hits"].tolist() == [1] * 30
    assert events["dropped_charge"].tolist() == [1.5] * 30
    assert (counts["not_contained"], counts["dropped_hits"]) == (0, 30)


@pytest.mark.parametrize("units", [{"length_unit": "mm"}, {"length_unit": "cm"}])
def test_a_wrong_length_unit_is_explained(run, units):
    with pytest.raises(ValueError, match=r"no event fits into the grid .* check `length_unit`"):
        run(hits_table()[0], **units)


def test_a_unit_too_small_is_explained(run):
    table, _ = hits_table()
    table[["x", "y", "z"]] /= 1e3
    with pytest.raises(ValueError, match=r"are in one voxel .* check `length_unit`"):
        run(table)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"charge": -1.0}, "charges that are negative or not finite"),
        ({"charge": np.nan}, "charges that are negative or not finite"),
        ({"x": np.inf}, "coordinates that are not finite"),
        ("twice", "two hits at the same place"),
    ],
)
def test_a_bad_event_is_named_or_left_out(run, change, message):
    table, _ = hits_table(5)
    row = table.index[table["event"] == 3][4]
    if change == "twice":
        table.loc[row, ["x", "y", "z"]] = table.loc[row - 1, ["x", "y", "z"]]
    else:
        table.loc[row, list(change)] = list(change.values())
    with pytest.raises(BadEventError, match=rf"event 3: it has {message} \(1 of its hits\)"):
        run(table)
    _, events, counts = run(table, on_bad_event="skip")
    assert events["source_event"].tolist() == [0, 1, 2, 4]
    assert counts["rejected"] == 1


def test_hits_without_any_charge_are_explained(run):
    with pytest.raises(ValueError, match=r"the charge of all hits is 0; check `columns.charge`"):
        run(hits_table(5)[0].assign(charge=0.0))
