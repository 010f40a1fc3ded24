from itertools import product

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from pipeline.core.tables import write_tables
from pipeline.statistics.excess.config import Wimp
from pipeline.statistics.excess.samples import Samples
from pipeline.statistics.excess.search import needed_exposures, significances
from pipeline.statistics.excess.stage import search_from_files, toys_table
from pipeline.statistics.excess.toys import merge, run_batch
from pipeline.statistics.excess.weighted_scores import WeightedScores
from pipeline.xenon.config.search import Search, WimpMap

SEARCH = Search(
    benchmark=Wimp(mass_GeV=50, cross_section_cm2=1.0),
    exposures_t_yr=(1, 2, 4),
    map=WimpMap(cross_sections_cm2=()),
    background_toys=300,
    signal_toys=300,
)


@pytest.fixture
def samples(rng):
    background = WeightedScores(rng.normal(0, 1, 4000), np.full(4000, 0.1))
    signal = WeightedScores(rng.normal(2, 1, 4000), np.full(4000, 0.005))
    return Samples.cross_fitted(background, {50.0: signal})


def test_tables_on_disk_are_those_in_memory(samples, tmp_path):
    sets, paths = SEARCH.toy_sets(), []
    for name, batch in product(sets, (1, 0)):
        paths.append(tmp_path / f"{name}-{batch}.parquet")
        toys = toys_table(samples, sets[name], seed=1, identity=("xenon", "toys"), batch=batch)
        write_tables({"toys": paths[-1]}, {"toys": toys})
    outputs = {name: tmp_path / f"{name}.parquet" for name in ("significance", "exposures")}
    settings = {"levels_sigma": SEARCH.levels_sigma}
    write_tables(outputs, search_from_files({"toys": paths}, settings))
    toys = [run_batch(samples, sets.values(), 1, ("xenon", "toys"), batch) for batch in (0, 1)]
    table = significances(merge(toys))
    assert len(table) == 3 * 4
    for path, expected in zip(
        outputs.values(), (table, needed_exposures(table, (1, 2, 3))), strict=True
    ):
        found = pq.read_table(path)
        assert all(column.metadata[b"description"] for column in found.schema)
        pd.testing.assert_frame_equal(found.to_pandas(), expected, check_dtype=False)


def test_damaged_toys_are_named(tmp_path):
    path = tmp_path / "toys.parquet"
    path.write_bytes(b"nothing")
    with pytest.raises(ValueError, match=r"toys\.parquet: damaged table of toys"):
        search_from_files({"toys": [path]}, {"levels_sigma": [3.0]})
