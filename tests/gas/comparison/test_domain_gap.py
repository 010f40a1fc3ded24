"""The gap between two samples whose difference is known."""

import numpy as np
import pytest

from pipeline.gas.comparison.domain_gap import (
    ACTIVATION_TEST,
    PREDICTED,
    SUMMARY_TEST,
    TRUE,
    Events,
    domain_gap,
)
from pipeline.gas.response.moments import SUMMARIES


def events(seed, n=120, shift=0.0, kappa=10.0, known=True):
    rng = np.random.default_rng(seed)
    summaries = rng.normal(0, 1, (n, len(SUMMARIES)))
    summaries[:, 2] += shift
    cosine = rng.uniform(0.8, 1, n) if known else np.full(n, np.nan)
    return Events(summaries, rng.normal(shift, 1, (n, 5)), np.full(n, kappa), cosine)


def rows_of(data, simulated):
    table, growth = domain_gap(data, simulated, np.random.default_rng(1))
    return table.set_index("quantity"), growth


def test_equal_samples():
    rows, _ = rows_of(events(1), events(2))
    assert (rows.loc[[SUMMARY_TEST, ACTIVATION_TEST], "p_value"] > 0.01).all()
    assert rows["verdict"].iloc[0].startswith("no difference between data and simulation is found")


def test_a_shift_is_found_and_its_summary_named():
    rows, growth = rows_of(events(1, shift=1.0), events(2))
    assert (rows.loc[[SUMMARY_TEST, ACTIVATION_TEST], "p_value"] < 0.01).all()
    assert (
        rows["verdict"]
        .iloc[0]
        .startswith(
            "the data differ from the simulation in detector summaries and network activations, "
            f"most in {SUMMARIES[2]}"
        )
    )
    assert rows.loc[SUMMARIES[2], "difference"] == pytest.approx(1, abs=0.4)
    last = growth[growth["events"] == 120]
    assert (last["energy_distance"] > last["null_high"]).all()


def test_the_measured_sample_grows():
    _, growth = rows_of(events(1, n=120), events(2, n=300))
    assert growth["events"].tolist() == [50, 100, 120] * 2
    assert (growth["null_low"] < growth["null_high"]).all()


def test_the_order_of_events_makes_no_gap():
    """Two populations alike in both samples, one after the other in the data only."""
    data, simulated = events(1, n=200), events(2, n=200)
    data.summaries[100:] += 4
    simulated.summaries[::2] += 4
    _, growth = rows_of(data, simulated)
    assert growth["p_value"].iloc[0] > 0.05


def test_accuracy_predicted_from_kappa_beside_the_true_one():
    """A(kappa) = coth kappa - 1 / kappa is 0.9 at 10 and 0.8 at 5, but for the coth."""
    rows, _ = rows_of(events(1, kappa=5.0), events(2, kappa=10.0))
    assert rows.loc[PREDICTED, "difference"] == pytest.approx(0.1, abs=1e-3)
    cosines = events(1).cosine.mean() - events(2).cosine.mean()
    assert rows.loc[TRUE, "difference"] == pytest.approx(-cosines)
    assert "change of the predicted cosine distance +0.0999" in rows["verdict"].iloc[0]


def test_without_truth_or_kappa_there_is_no_accuracy():
    rows, _ = rows_of(events(1, known=False), events(2))
    assert TRUE not in rows.index
    rows, _ = rows_of(events(1, known=False, kappa=np.nan), events(2))
    assert PREDICTED not in rows.index
