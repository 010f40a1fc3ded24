import numpy as np
import pandas as pd
import pytest

from pipeline.gas.evaluation.scans import bootstrap_crossing, crossing, efficiency_scan


def table(angle_rad, kappa=np.nan, event_id=None):
    """Predictions at given angles (NaN: omitted) from the true direction +z."""
    angle = np.asarray(angle_rad, dtype=np.float64)
    n = len(angle)
    return pd.DataFrame(
        {
            "source": "made",
            "event_id": np.arange(n) if event_id is None else event_id,
            "energy_keV": np.float32(40),
            "sigma_um": np.float32(443),
            "true_x": np.float32(0),
            "true_y": np.float32(0),
            "true_z": np.float32(1),
            "pred_x": np.sin(angle).astype(np.float32),
            "pred_y": np.where(np.isnan(angle), np.nan, 0.0).astype(np.float32),
            "pred_z": np.cos(angle).astype(np.float32),
            "kappa": np.broadcast_to(np.float32(kappa), n).astype(np.float32),
        }
    )


def scan(predictions, cuts, bootstrap=50, seed=1):
    return efficiency_scan(predictions, cuts, bootstrap, np.random.default_rng(seed))


def test_cuts_remove_the_lowest_kappa_first() -> None:
    angles = np.array([0.1, 3.0, 0.2, 1.0])
    result = scan(table(angles, kappa=[40, 1, 30, 5]), [0.0, 0.25, 0.5])
    assert list(result["events"]) == [4, 3, 2]
    assert list(result["kappa_cut"]) == [1, 5, 30]
    np.testing.assert_allclose(result["fraction_cut"], [0.0, 0.25, 0.5])
    order = [0.1, 0.2, 1.0, 3.0]
    for row, kept in zip(result.itertuples(), (4, 3, 2), strict=True):
        angle = np.array(order[:kept])
        assert row.cosine_distance == pytest.approx(np.mean(1 - np.cos(angle)), abs=1e-6)
        assert row.head_tail_efficiency == pytest.approx(np.mean(np.cos(angle) > 0))
        axial = np.degrees(np.minimum(angle, np.pi - angle))
        assert row.axial_error_deg == pytest.approx(axial.mean(), rel=1e-5)


def test_a_method_without_kappa_has_one_row_at_its_own_efficiency() -> None:
    angles = np.array([0.5, np.nan, 1.5, np.nan, 2.5])
    result = scan(table(angles), [0.0, 0.1, 0.7])
    assert len(result) == 1
    row = result.iloc[0]
    assert row["events"] == 3
    assert row["fraction_cut"] == pytest.approx(0.4)
    assert np.isnan(row["kappa_cut"])
    assert row["cosine_distance"] == pytest.approx(1 - np.cos(angles[::2]).mean(), abs=1e-6)


def test_omitted_events_count_as_cut() -> None:
    angles = np.array([0.1, 0.2, 0.3, np.nan, np.nan])
    result = scan(table(angles, kappa=[3, 2, 1, np.nan, np.nan]), [0.0, 0.2, 0.6])
    np.testing.assert_allclose(result["fraction_cut"], [0.4, 0.6])


def test_bootstrap_errors_are_those_of_a_mean() -> None:
    rng = np.random.default_rng(2)
    angles = rng.uniform(0, np.pi, 4000)
    result = scan(table(angles), [0.0], bootstrap=1000).iloc[0]
    distance = 1 - np.cos(angles)
    n = len(angles)
    # The error of an error from 1000 replicas is 2 %.
    assert result["cosine_distance_err"] == pytest.approx(distance.std() / np.sqrt(n), rel=0.1)
    p = (angles < np.pi / 2).mean()
    assert result["head_tail_efficiency_err"] == pytest.approx(np.sqrt(p * (1 - p) / n), rel=0.1)


def test_the_error_after_a_cut_includes_that_of_the_threshold() -> None:
    # The distance depends on kappa alone, so without a moving threshold the mean above the cut
    # would scatter like that of the events kept: with k = 1 - u and cut c the replica's mean
    # is that of uniform u below an estimated quantile, whose variance is known.
    rng = np.random.default_rng(3)
    n, kept = 4000, 2000
    u = rng.uniform(0, 1, n)
    result = scan(table(np.arccos(1 - u), kappa=1 - u), [0.5], bootstrap=1000).iloc[0]
    # Mean below the median of uniforms: variance of (u - q) 1[u < q] / p over n events.
    q = 0.5
    z = np.where(u < q, u - q, 0.0) / q
    assert result["events"] == kept
    assert result["cosine_distance_err"] == pytest.approx(z.std() / np.sqrt(n), rel=0.1)


def test_equal_seeds_give_equal_errors() -> None:
    predictions = table(np.linspace(0, 1, 50), kappa=np.arange(50))
    pd.testing.assert_frame_equal(scan(predictions, [0, 0.5]), scan(predictions, [0, 0.5]))
    other = scan(predictions, [0, 0.5], seed=2)
    assert not other.equals(scan(predictions, [0, 0.5]))


def test_tables_without_predictions_or_with_patchy_kappa_are_refused() -> None:
    with pytest.raises(ValueError, match="none of the 2 events"):
        scan(table([np.nan, np.nan]), [0.0])
    with pytest.raises(ValueError, match="all predicted events or for none"):
        scan(table([0.1, 0.2], kappa=[1.0, np.nan]), [0.0])


def test_a_crossing_lies_on_the_line_between_two_cuts() -> None:
    result = pd.DataFrame({"fraction_cut": [0.0, 0.1, 0.3], "cosine_distance": [0.4, 0.3, 0.1]})
    assert crossing(result, 0.2) == pytest.approx(0.2)
    assert crossing(result, 0.35) == pytest.approx(0.05)
    assert crossing(result, 0.5) == 0.0
    assert np.isnan(crossing(result, 0.05))


def test_the_bootstrap_crossing_agrees_with_the_scan() -> None:
    rng = np.random.default_rng(4)
    n = 3000
    angles = rng.exponential(0.5, n).clip(0, 3)
    predictions = table(angles, kappa=1 / (0.1 + angles * rng.uniform(0.5, 1.5, n)))
    reference = table(0.8 * angles * rng.uniform(0.8, 1.2, n))
    cuts = np.linspace(0, 0.8, 17)
    found = bootstrap_crossing(predictions, reference, cuts, 200, np.random.default_rng(5))
    level = scan(reference, [0.0])["cosine_distance"].item()
    assert found.fraction_cut == pytest.approx(crossing(scan(predictions, cuts), level))
    assert found.share == 1.0
    assert 0 < found.error < 0.05


def test_a_crossing_that_is_never_reached_is_nan() -> None:
    predictions = table(np.full(20, 1.0), kappa=np.arange(20))
    found = bootstrap_crossing(
        predictions, table(np.full(20, 0.1)), [0.0, 0.5], 20, np.random.default_rng(6)
    )
    assert np.isnan(found.fraction_cut)
    assert np.isnan(found.error)
    assert found.share == 0.0


def test_a_crossing_needs_the_same_events() -> None:
    one, other = table([0.1, 0.2]), table([0.1, 0.2], event_id=[1, 0])
    with pytest.raises(ValueError, match="same events in the same order"):
        bootstrap_crossing(one, other, [0.0], 20, np.random.default_rng(7))
