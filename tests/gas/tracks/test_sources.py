"""The table of sources, and the studies that it stops."""

import numpy as np
import pandas as pd
import pytest

from pipeline.gas.config.sources import read_source
from pipeline.gas.tracks.sources import source_table

DEGRAD = read_source({"kind": "degrad", "files": ["a"], "energy_keV": 40})
MADE = read_source({"kind": "simulation", "energies_keV": [40], "events_per_energy": 100})


def events(seed, n=100, cosine=0.98, file="a"):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "file": file,
            "source_event": np.arange(n),
            "energy_keV": 40.0,
            "electrons": rng.integers(1100, 1200, n),
            **{f"centre_{a}_um": rng.normal(0, 3000, n) for a in "xyz"},
            "size_um": 9000.0,
            "near": 30,
            **{f"near_{a}": 0.0 for a in "xyz"},
            "cosine": cosine,
        }
    )


def test_one_row_for_each_source():
    table = source_table({"mine": events(1), "made": events(2)}, {"mine": DEGRAD, "made": MADE}, {})
    assert table["source"].tolist() == ["mine", "made"]
    assert table["kind"].tolist() == ["degrad", "simulation"]
    assert table["remark"].tolist() == ["", ""]
    assert table["size_over_range"].isna().tolist() == [True, False]


def test_files_too_small_to_judge_alone_are_judged_together():
    files = pd.concat([events(i, 5, 0.1, str(i)) for i in range(4)])
    with pytest.raises(ValueError, match=r"gas\.sources\.mine: 20 events do not agree"):
        source_table({"mine": files}, {"mine": DEGRAD}, {})


def test_source_without_events_is_named():
    with pytest.raises(ValueError, match=r"gas\.sources\.mine: no usable event in any"):
        source_table({"mine": events(1, 0)}, {"mine": DEGRAD}, {})


def test_test_events_in_the_training_set_stop_the_study():
    tables = {"train": events(1, file="run1"), "test": events(1, file="run2.gz")}
    sources = {"train": DEGRAD, "test": DEGRAD}
    pools = {"training set and test set hard": ["train", "test"]}
    with pytest.raises(ValueError, match=r"test set hard.*\n.*100 events of run1 .* in run2\.gz"):
        source_table(tables, sources, pools)
    # Two test sets may hold the same events.
    assert len(source_table(tables, sources, {"one": ["train"], "two": ["test"]})) == 2
