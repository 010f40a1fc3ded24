"""The summary of a search, with and without networks of several seeds."""

import numpy as np
import pandas as pd
import pytest
from helpers.made_search import BENCHMARK, made_choices, made_significances

from pipeline.study import check_config
from pipeline.xenon.summary import report

SPECTRUM = {"kind": "uniform", "low_keV": 1, "high_keV": 10}
DATA = {"events": {"kind": "nest", "recoil": "er", "spectrum": SPECTRUM, "events": 10}}


@pytest.fixture
def summary_of(tmp_path):
    """(number of further seeds, blind) -> the summary of tests with 10, 20, 30, 40 sigma.

    With data unless `blind` is None.
    """

    def make(seeds, blind=None):
        xenon = {"anomaly": {"retraining": {"seeds": seeds}}}
        if blind is not None:
            xenon["data"] = DATA | {"blind": blind}
        study = check_config({"results": str(tmp_path / "results"), "xenon": xenon})
        paths = study.paths["xenon"]
        (tmp_path / "results" / "xenon" / "tables").mkdir(parents=True, exist_ok=True)
        table = made_significances(np.array([10.0]))
        table = table.assign(exposure_t_yr=200.0, background=7000.0, background_uncertainty=0.025)
        table = table.assign(signal=278.0, extrapolated=False, events_needed=0)
        table.to_parquet(paths.table("significance.parquet"))
        made_choices()["seeds"].to_csv(paths.table("network_seeds.csv"), index=False)
        observed = pd.DataFrame({"test": ["shape"], "p_value": 0.0123, "upper_limit_of_p": True})
        observed = observed.assign(events=7100, significance=2.25, global_p_value=0.0456)
        observed = observed.assign(background=7000.0, events_needed=321, primary=True)
        observed.to_csv(paths.table("observed.csv"), index=False)
        goodness = pd.DataFrame({"quantity": ["ts"], "p_value": 0.789})
        goodness.to_csv(paths.table("goodness_of_fit.csv"), index=False)
        return report(paths)

    return make


def test_one_seed_has_no_spread(summary_of):
    text = summary_of(0)
    assert f"{BENCHMARK.mass_GeV:.3g}" in text
    assert "seeds_spread" not in text


def test_spread_over_seeds_is_in_proportion_to_the_significance(summary_of):
    """Seeds with 3, 4 and 5 sigma: a quarter of the mean, for all tests."""
    head, *rows = summary_of(2).split("\n\n")[0].splitlines()
    columns = head.split()
    found = [row.split() for row in rows]
    spread = [float(row[columns.index("seeds_spread")]) for row in found]
    assert [float(row[columns.index("significance")]) for row in found] == [10, 20, 30, 40]
    assert spread == [2.5, 5, 7.5, 10]
    assert "seeds_spread   standard deviation" in summary_of(2)


def test_p_values_of_data_have_their_marks_unless_blind(summary_of):
    text = summary_of(0, blind=False)
    assert all(shown in text for shown in ("0.0123", "True", "321", "0.0456", "0.789"))
    assert "0.0123" not in summary_of(0, blind=True)
