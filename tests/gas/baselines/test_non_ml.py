import importlib.util
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from pipeline.gas.baselines.non_ml import non_ml_directions, tune_non_ml, tuned_parameters
from pipeline.gas.config.evaluation import NonML, NonMLTuning
from pipeline.statistics.directional.predictions import (
    cosines,
    prediction_table,
    with_true_head_tail,
)

BINS, VOXEL_UM = 120, 500.0


@pytest.fixture(scope="module")
def benchmark():
    """The benchmark's module: it holds the plain per-event version of both baselines."""
    path = Path(__file__).parents[3] / "benchmarks" / "baselines.py"
    spec = importlib.util.spec_from_file_location("baselines_benchmark", path)
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        # As when it is run: it imports its neighbours.
        patch.syspath_prepend(str(path.parent))
        spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def walks(benchmark):
    return benchmark.random_walks(150, BINS, VOXEL_UM, np.random.default_rng(5))


def straight(event, turn=0):
    """A thin start along +x that ends in a dense head; `turn` permutes the axes."""
    steps = np.arange(40)
    cells = np.stack([40 + steps, np.full(40, 60), np.full(40, 60)], axis=1)
    counts = np.where(steps < 32, 1, 8)
    return event(np.roll(cells, turn, axis=1), counts)


@pytest.mark.parametrize("turn", [0, 1, 2])
def test_a_straight_track_points_from_its_thin_start_to_its_dense_end(event, turn) -> None:
    expected = np.roll([1.0, 0.0, 0.0], turn)
    found = non_ml_directions(straight(event, turn), BINS, VOXEL_UM, NonML())
    np.testing.assert_allclose(found, [expected], atol=1e-6)


def test_the_start_decides_the_axis_of_a_bent_track(event) -> None:
    # 1.5 cm along +y, then a dense 1 cm along +x: the sqrt scale keeps the first arm only.
    arm, end = np.arange(30), np.arange(1, 21)
    cells = np.concatenate(
        [
            np.stack([np.full(30, 40), 30 + arm, np.full(30, 60)], axis=1),
            np.stack([40 + end, np.full(20, 59), np.full(20, 60)], axis=1),
        ]
    )
    counts = np.concatenate([np.ones(30), np.full(20, 6)])
    parameters = NonML(scale="sqrt", lower=1.5, upper=9.0)
    found = non_ml_directions(event(cells, counts), BINS, VOXEL_UM, parameters)
    np.testing.assert_allclose(found, [[0.0, 1.0, 0.0]], atol=1e-6)


@pytest.mark.parametrize(
    "parameters",
    [
        NonML(),
        NonML(scale="sqrt", lower=0.5, upper=2.0),
        NonML(w0_cm=None, lower=0.5, upper=11.0),
        NonML(w0_cm=0.01, minimum_points=20),
    ],
)
def test_the_batch_equals_plain_numpy(benchmark, walks, parameters) -> None:
    expected = benchmark.per_event(
        walks, BINS, VOXEL_UM, lambda _, x, q: benchmark.plain_non_ml(x, q, parameters)
    )
    found = non_ml_directions(walks, BINS, VOXEL_UM, parameters)
    assert np.isfinite(found).all(axis=1).sum() > 30
    np.testing.assert_allclose(found, expected, atol=2e-6)


def test_events_with_too_few_points_are_omitted(event) -> None:
    found = non_ml_directions(straight(event), BINS, VOXEL_UM, NonML(minimum_points=40))
    assert np.isnan(found).all()


def test_a_single_voxel_is_omitted(event) -> None:
    batch = event([[60, 60, 60]], [5])
    assert np.isnan(non_ml_directions(batch, BINS, VOXEL_UM, NonML())).all()


def test_a_grid_point_equals_the_method_with_its_parameters(walks) -> None:
    grid = NonMLTuning(w0_cm=(0.05, None), lower=(0.5, 1.5), upper=(1.0, 3.0))
    halves = [walks.take(np.arange(0, 60)), walks.take(np.arange(60, 150))]
    table = tune_non_ml(halves, BINS, VOXEL_UM, NonML(tuning=grid))
    assert len(table) == 2 * 3  # lower 1.5 with upper 1.0 is no window
    for row in table.itertuples():
        w0_cm = row.w0_cm if np.isfinite(row.w0_cm) else None
        point = NonML(w0_cm=w0_cm, lower=row.lower, upper=row.upper)
        predictions = prediction_table(walks, non_ml_directions(walks, BINS, VOXEL_UM, point))
        cosine = cosines(predictions)
        kept = np.isfinite(cosine)
        assert row.events == kept.sum()
        assert row.efficiency == pytest.approx(kept.mean())
        assert row.cosine_distance == pytest.approx(1 - cosine[kept].mean(), abs=1e-6)
        assert row.head_tail_efficiency == pytest.approx((cosine[kept] > 0).mean())
        cheated = cosines(with_true_head_tail(predictions))
        assert row.cosine_distance_true_head_tail == pytest.approx(
            1 - np.nanmean(cheated), abs=1e-6
        )


def test_tuning_takes_the_best_of_the_efficient_points(walks) -> None:
    table = tune_non_ml([walks], BINS, VOXEL_UM, NonML())
    eligible = table[table["efficiency"] > 0.1]
    for flag, column in (
        ("tuned", "cosine_distance"),
        ("tuned_true_head_tail", "cosine_distance_true_head_tail"),
    ):
        assert table[flag].sum() == 1
        assert table.loc[table[flag], column].item() == eligible[column].min()
        chosen = tuned_parameters(table, NonML(), flag)
        cosine = cosines(prediction_table(walks, non_ml_directions(walks, BINS, VOXEL_UM, chosen)))
        assert np.isfinite(cosine).mean() == pytest.approx(
            table.loc[table[flag], "efficiency"].item()
        )


def test_tuning_without_an_efficient_point_says_what_to_do(walks) -> None:
    grid = NonMLTuning(lower=(50.0,), upper=(60.0,))
    with pytest.raises(ValueError, match="widen lower and upper"):
        tune_non_ml([walks], BINS, VOXEL_UM, NonML(tuning=grid))


@pytest.mark.parametrize(
    "wrong",
    [
        {"lower": 3.0, "upper": 3.0},
        {"w0_cm": 0.0},
        {"scale": "linear"},
        {"tuning": {"w0_cm": [-1.0]}},
        {"tuning": {"lower": [5.0], "upper": [4.0]}},
    ],
)
def test_impossible_parameters_are_refused(wrong) -> None:
    with pytest.raises(ValidationError):
        NonML(**wrong)


# Ghrear et al. 2024: 0.556 at 40 keV, 443 um; 0.549 at efficiency 0.747 and 0.285 with true
# head-tail at 50 keV, 200 um. Head-tail, the other efficiency and 0.331 are from this chain.
@pytest.mark.parametrize(
    ("energy_keV", "sigma_um", "contained", "efficiency", "distance", "head_tail", "cheated"),
    [
        (40, 443.0, 0.996, 0.983, 0.556, 0.79, 0.331),
        (50, 200.0, 0.81, 0.747, 0.549, 0.765, 0.285),
    ],
)
def test_published_performance_on_degrad_tracks(
    degrad_test_set, energy_keV, sigma_um, contained, efficiency, distance, head_tail, cheated
) -> None:
    batch, fraction = degrad_test_set(energy_keV, sigma_um)
    assert fraction == pytest.approx(contained, abs=0.015)
    predictions = prediction_table(batch, non_ml_directions(batch, BINS, VOXEL_UM, NonML()))
    cosine = cosines(predictions)
    kept = cosine[np.isfinite(cosine)]
    assert len(kept) / len(batch) == pytest.approx(efficiency, abs=0.01)
    assert 1 - kept.mean() == pytest.approx(distance, abs=0.025)
    assert (kept > 0).mean() == pytest.approx(head_tail, abs=0.025)
    true_head_tail = cosines(with_true_head_tail(predictions))
    assert 1 - np.nanmean(true_head_tail) == pytest.approx(cheated, abs=0.012)


def test_published_tuned_performance_on_degrad_tracks(degrad_test_set) -> None:
    # Ghrear et al. 2024, 50 keV, 200 um: 0.317 at efficiency 0.139; 0.181 with true head-tail.
    batch, _ = degrad_test_set(50, 200.0)
    point = NonMLTuning(w0_cm=(1.62, None), lower=(3.0,), upper=(11.0,))
    table = tune_non_ml([batch], BINS, VOXEL_UM, NonML(tuning=point)).set_index("w0_cm")
    assert table.loc[1.62, "efficiency"] == pytest.approx(0.139, abs=0.02)
    assert table.loc[1.62, "cosine_distance"] == pytest.approx(0.317, abs=0.06)
    assert table.loc[np.inf, "cosine_distance_true_head_tail"] == pytest.approx(0.181, abs=0.03)
