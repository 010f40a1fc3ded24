"""The table of the accuracy, compared with counts by hand."""

import numpy as np
import pandas as pd
import pytest

from pipeline.xenon.darwin.accuracy import accuracy_table


@pytest.fixture
def rows():
    """Eight events in a table with two betas; one is not triggered, one of unknown energy."""
    one = pd.DataFrame(
        {
            "event_id": [0, 1, 2, 3, 0, 1, 2, 3],
            "recoil": [0, 0, 0, 0, 1, 1, 1, 1],
            "energy_keV": [1.0, 5.0, 30.0, np.nan, 1.0, 5.0, 30.0, 50.0],
            "triggered": [True, True, True, True, False, True, True, True],
            "logit": [-1.0, 2.0, -3.0, -1.0, np.nan, -0.5, 4.0, 0.5],
        }
    )
    table = accuracy_table({"test": pd.concat([one.assign(beta=b) for b in (1, 2)])})
    return table.set_index(["low_keV", "high_keV"])


def test_all_energies(rows):
    """Correct: ER 0, 2, 3 and NR 2, 3 of seven. Classified as NR: ER 1, NR 2, 3."""
    row = rows.loc[(0.0, np.inf)]
    assert (row["events_er"], row["events_nr"]) == (4, 3)
    assert row["accuracy"] == pytest.approx(5 / 7)
    assert row["accuracy_err"] == pytest.approx(np.sqrt(5 / 7 * 2 / 7 / 7))
    assert row["recall"] == row["precision"] == pytest.approx(2 / 3)


def test_low_energies_leave_out_the_unknown(rows):
    row = rows.loc[(0.0, 15.0)]
    assert (row["events_er"], row["events_nr"]) == (2, 1)
    assert row["accuracy"] == pytest.approx(1 / 3)
    assert (row["recall"], row["precision"]) == (0, 0)


def test_bins_cover_every_known_energy_once(rows):
    bins = rows.iloc[2:]
    assert bins["events_er"].sum() == 3
    assert bins["events_nr"].sum() == 3
    assert np.isnan(rows.loc[(8.0, 10.0), "accuracy"])
