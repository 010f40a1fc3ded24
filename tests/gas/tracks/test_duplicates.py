"""Events that occur twice are found however they are packed, and only these."""

import numpy as np
import pandas as pd

from pipeline.gas.tracks.duplicates import duplicates


def events(seed, n=200, file="a", electrons=(900, 1100)):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "file": file,
            "source_event": np.arange(n),
            "electrons": rng.integers(*electrons, n),
            **{f"centre_{a}_um": rng.normal(0, 3000, n) for a in "xyz"},
        }
    )


def test_different_events_are_no_duplicates():
    many = [events(seed, 20_000, str(seed)) for seed in range(3)]
    assert duplicates(pd.concat(many)) == []


def test_a_copy_in_another_file_names_both():
    copied = events(1).iloc[50:90].assign(file="b", source_event=range(40))
    (pair,) = duplicates(pd.concat([events(1), events(2, file="c"), copied]))
    assert (pair.events, pair.first, pair.second) == (40, "a", "b")
    assert pair.example[0] == pair.example[1] + 50


def test_a_change_of_unit_and_precision_hides_nothing():
    centre = [f"centre_{a}_um" for a in "xyz"]
    rounded = events(1).assign(file="b")
    rounded[centre] = (rounded[centre] * 1e-4).astype(np.float32).astype(np.float64) * 1e4
    (pair,) = duplicates(pd.concat([events(1), rounded]))
    assert pair.events == 200


def test_several_copies_are_a_chain_of_pairs():
    same = [events(1, file=name) for name in "abc"]
    assert [(p.first, p.second, p.events) for p in duplicates(pd.concat(same))] == [
        ("a", "b", 200),
        ("b", "c", 200),
    ]


def test_events_twice_in_one_file():
    (pair,) = duplicates(pd.concat([events(1), events(1).iloc[:3]]))
    assert (pair.events, pair.first, pair.second) == (3, "a", "a")


def test_parts_of_one_file_are_legitimate():
    whole = events(1)
    assert duplicates(pd.concat([whole.iloc[:100], whole.iloc[100:]])) == []


def test_events_of_few_electrons_do_not_count():
    assert duplicates(pd.concat([events(1, electrons=(1, 5))] * 2)) == []
