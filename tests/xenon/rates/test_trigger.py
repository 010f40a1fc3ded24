from dataclasses import fields

import numpy as np
import pandas as pd
import pytest
from helpers.made_recordings import recorded

from pipeline.xenon.config.region import Region
from pipeline.xenon.rates.efficiency import efficiencies
from pipeline.xenon.rates.trigger import TriggerOutcome, s2_only_table, trigger_table
from pipeline.xenon.response.shards import write_shard


@pytest.fixture
def half():
    """3000 events: the upper half triggers, of it the lower half in the region, the rest is S2."""
    upper = np.arange(3000) >= 1500
    inside = upper & (np.arange(3000) < 2250)
    return TriggerOutcome(np.geomspace(1, 10, 3000), upper, ~upper, inside, np.ones(3000))


def test_events_with_large_s2_and_no_trigger_are_s2_only(tmp_path):
    batch, rest = recorded(40, "ER", 1), recorded(10, "ER", 2)
    paths = [tmp_path / "0.parquet", tmp_path / "none.parquet", tmp_path / "1.parquet"]
    for path, batches in zip(paths, ([batch], [], [rest]), strict=True):
        write_shard(path, batches, {})
    least = int(np.median(batch.s2_photons_detected))
    found = TriggerOutcome.read(paths, least)
    for name in ("energy_keV", "triggered", "s2_only"):
        assert len(getattr(found, name)) == 50
    np.testing.assert_array_equal(found.triggered[:40], batch.triggered)
    large = batch.s2_photons_detected >= least
    np.testing.assert_array_equal(found.s2_only[:40], large & ~batch.triggered)
    assert found.s2_only.any()
    np.testing.assert_array_equal(found.in_region, found.triggered)
    cs1 = np.median(batch.cs1_photons)
    low = TriggerOutcome.read(paths, least, Region(cs1_photons=(0, cs1)))
    inside = batch.triggered & (batch.cs1_photons <= cs1)
    np.testing.assert_array_equal(low.in_region[:40], inside)
    np.testing.assert_array_equal(low.triggered, found.triggered)


def test_table_holds_the_fractions_of_both_recoils(half):
    table = trigger_table({"ER": half, "NR": half}, {"ER": (1.0, 10.0), "NR": (1.0, 10.0)})
    assert set(table["recoil"]) == {"ER", "NR"}
    low, high = table["energy_keV"] < 3, table["energy_keV"] > 3.4
    assert (table.loc[low, ["triggered", "s2_only"]] == [0, 1]).all(axis=None)
    assert (table.loc[high, ["triggered", "s2_only"]] == [1, 0]).all(axis=None)
    found = efficiencies(table)["NR"]
    np.testing.assert_array_equal(found.at(np.array([1.0, 4.0, 10.0])), [0, 1, 0])


def test_every_event_is_counted_once():
    triggered = np.array([True, True, False, False, False])
    s2_only = np.array([False, False, True, False, False])
    outcome = TriggerOutcome(np.ones(5), triggered, s2_only, triggered, np.ones(5))
    table = s2_only_table({"a": outcome})
    row = table.iloc[0]
    assert (row["events"], row["triggered"], row["s2_only"], row["unseen"]) == (5, 2, 1, 2)
    assert row["s2_only_fraction"] == pytest.approx(0.2)
    assert row["s2_only_fraction_err"] == pytest.approx(np.sqrt(0.2 * 0.8 / 5))


def test_fractions_are_those_of_the_sample_and_not_of_the_events_taken(half):
    """Events with an S2 only stand for three each, as if each were simulated three times."""
    stands_for = np.where(half.s2_only, 3.0, 1.0)
    weighted = TriggerOutcome(*(getattr(half, f.name) for f in fields(half)[:-1]), stands_for)
    often = np.repeat(np.arange(3000), stands_for.astype(int))
    repeated = TriggerOutcome(*(getattr(half, f.name)[often] for f in fields(half)))
    ranges = {"ER": (1.0, 10.0)}
    pd.testing.assert_frame_equal(
        trigger_table({"ER": weighted}, ranges), trigger_table({"ER": repeated}, ranges)
    )
    assert s2_only_table({"a": weighted})["s2_only_fraction"].item() == pytest.approx(0.75)
