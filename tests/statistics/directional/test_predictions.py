from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from pipeline.statistics.directional.density import Density
from pipeline.statistics.directional.predictions import (
    PREDICTED,
    REGIONS,
    SCHEMA,
    START,
    angles_rad,
    cosines,
    density_of,
    density_table,
    prediction_table,
    read_predictions,
    with_start,
    with_true_head_tail,
    write_predictions,
)


@dataclass(frozen=True)
class OneEvent:
    """One event of a known direction."""

    direction: np.ndarray
    source: np.ndarray = field(default_factory=lambda: np.array(["made"]))
    event_id: np.ndarray = field(default_factory=lambda: np.array([7]))
    energy_keV: np.ndarray = field(default_factory=lambda: np.array([40.0], np.float32))
    sigma_um: np.ndarray = field(default_factory=lambda: np.array([300.0], np.float32))
    electrons: np.ndarray = field(default_factory=lambda: np.array([900.0]))
    occupied_voxels: np.ndarray = field(default_factory=lambda: np.array([300]))

    def __len__(self) -> int:
        return 1


@pytest.fixture
def batch():
    return OneEvent(np.array([[0.6, 0.0, 0.8]], np.float32))


def test_a_table_comes_back_from_its_file_as_it_was(batch, tmp_path) -> None:
    table = prediction_table(batch, np.array([[0.0, 0.6, 0.8]]), np.array([3.5]))
    write_predictions(tmp_path / "p.parquet", table, method="HCN")
    pd.testing.assert_frame_equal(read_predictions(tmp_path / "p.parquet"), table)
    schema = pq.read_schema(tmp_path / "p.parquet")
    assert schema.metadata[b"method"] == b"HCN"
    assert schema.field("energy_keV").metadata[b"unit"] == b"keV"
    assert schema.remove_metadata().equals(SCHEMA.remove_metadata())


def test_a_density_and_a_start_come_back_too(batch, tmp_path) -> None:
    direction = np.array([[[0.6, 0, 0.8], [-0.6, 0, -0.8]]])
    density = Density(direction, np.array([[20.0, 5.0]]), np.array([[0.9, 0.1]]))
    table = with_start(density_table(batch, density), np.array([[1.0, -2, 3]]), np.array([250.0]))
    write_predictions(tmp_path / "p.parquet", table)
    back = read_predictions(tmp_path / "p.parquet")
    pd.testing.assert_frame_equal(back, table)
    assert back[START].to_numpy().tolist() == [[1, -2, 3, 250]]
    again = density_of(back)
    for name in ("direction", "kappa", "weight"):
        np.testing.assert_allclose(getattr(again, name), getattr(density, name), rtol=1e-6)
    assert cosines(back) == pytest.approx(1)


@pytest.mark.parametrize(("forward", "undecided"), [(0.99, False), (0.8, True)])
def test_events_of_small_head_tail_probability_are_undecided(
    batch, tmp_path, forward, undecided
) -> None:
    direction = np.array([[[0.6, 0, 0.8], [-0.6, 0, -0.8]]])
    weight = np.array([[forward, 1 - forward]])
    table = density_table(batch, Density(direction, np.full((1, 2), 50.0), weight))
    assert table["head_tail_undecided"].tolist() == [undecided]
    # A table of version 4.
    old = tmp_path / "old.parquet"
    table.drop(columns="head_tail_undecided").to_parquet(old)
    assert read_predictions(old)["head_tail_undecided"].tolist() == [undecided]


def test_without_a_density_no_event_is_undecided(batch) -> None:
    table = prediction_table(batch, np.array([[0.0, 0.6, 0.8]]))
    assert table["head_tail_undecided"].tolist() == [False]


def test_one_component_keeps_every_digit_of_what_is_predicted(batch) -> None:
    rng = np.random.default_rng(1)
    for _ in range(20):
        direction = rng.standard_normal((1, 3)).astype(np.float32)
        direction /= np.linalg.norm(direction)
        kappa = rng.gamma(4, 5, 1).astype(np.float32)
        table = prediction_table(batch, direction, kappa)
        np.testing.assert_array_equal(table[PREDICTED].to_numpy(), direction)
        np.testing.assert_array_equal(table["kappa"].to_numpy(), kappa)
    assert table["component_weight"][0].tolist() == [1]


def test_a_method_without_kappa_has_no_density(batch) -> None:
    table = prediction_table(batch, np.eye(3)[:1])
    assert table[["head_tail_probability", *REGIONS, "log_density", "pit"]].isna().all(axis=None)
    with pytest.raises(ValueError, match="this method predicts no density"):
        density_of(table)


def test_omitted_events_and_missing_kappa_stay_nan_in_the_file(batch, tmp_path) -> None:
    write_predictions(tmp_path / "p.parquet", prediction_table(batch, np.full((1, 3), np.nan)))
    back = read_predictions(tmp_path / "p.parquet")
    assert back[[*PREDICTED, "kappa"]].isna().all(axis=None)
    assert np.isnan(cosines(back)).all()
    assert np.isnan(angles_rad(back)).all()


@pytest.mark.parametrize(
    ("direction", "kappa", "message"),
    [
        (np.ones((1, 3)), None, "unit vectors"),
        (np.eye(3)[:2], None, r"shape \(1, 3\)"),
        (np.eye(3)[:1], np.ones(2), r"\(2,\)"),
    ],
)
def test_predictions_that_do_not_fit_are_refused(batch, direction, kappa, message) -> None:
    with pytest.raises(ValueError, match=message):
        prediction_table(batch, direction, kappa)


def test_other_files_are_refused(tmp_path) -> None:
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(ValueError, match=r"a\.parquet: not a prediction table of this version"):
        read_predictions(tmp_path / "a.parquet")
    (tmp_path / "b.parquet").write_bytes(b"PAR1 cut off")
    with pytest.raises(ValueError, match="delete it and rerun"):
        read_predictions(tmp_path / "b.parquet")


def test_true_head_tail_turns_wrong_axes_only(batch) -> None:
    wrong = prediction_table(batch, np.array([[-0.6, 0.0, -0.8]]))
    right = with_true_head_tail(wrong)
    assert cosines(wrong) == pytest.approx(-1.0)
    assert cosines(right) == pytest.approx(1.0)
    pd.testing.assert_frame_equal(with_true_head_tail(right), right)


@pytest.mark.parametrize("angle", [1e-3, 0.5, np.pi / 2, 3.0])
def test_angles_are_exact_down_to_small_ones(angle) -> None:
    batch = OneEvent(np.array([[0.0, 0.0, 1.0]], np.float32))
    turned = np.array([[np.sin(angle), 0.0, np.cos(angle)]])
    assert angles_rad(prediction_table(batch, turned)) == pytest.approx(angle, rel=1e-6)
    assert cosines(prediction_table(batch, turned)) == pytest.approx(np.cos(angle), abs=1e-7)
