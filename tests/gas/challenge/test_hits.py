"""The hidden truth of a challenge, and its hits as a table."""

import numpy as np

from pipeline.gas.challenge.hits import drawn, hits_table
from pipeline.gas.hits.table import HitBatch


def test_hidden_values_are_in_their_ranges(rng):
    values = [drawn({"a": (1, 2), "b": (5, 5)}, rng) for _ in range(20)]
    assert all(1 <= v["a"] <= 2 and v["b"] == 5 for v in values)
    assert len({v["a"] for v in values}) == 20


def test_a_row_for_each_hit_of_an_event():
    places = np.arange(9.0).reshape(3, 3)
    batch = HitBatch(
        source_event=np.array([7, 4]),
        offsets=np.array([0, 1, 3]),
        positions_um=places,
        charge=np.array([1.0, 2.0, 3.0]),
        time_s=np.array([10.0, 20.0]),
        direction=np.full((2, 3), np.nan),
    )
    table = hits_table(batch)
    assert list(table) == ["event", "x", "y", "z", "charge", "time"]
    assert table["event"].tolist() == [7, 4, 4]
    assert table["time"].tolist() == [10, 20, 20]
    assert (table[["x", "y", "z"]].to_numpy() == places).all()
