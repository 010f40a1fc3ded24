import numpy as np
import pytest

from pipeline.gas.baselines.best_expected import best_expected, scan_eps
from pipeline.gas.config.evaluation import BestExpected

BINS, VOXEL_UM = 120, 500.0


def bent(event, direction):
    """2 cm along +y from the start, then along +x."""
    arm, end = np.arange(40), np.arange(1, 30)
    cells = np.concatenate(
        [
            np.stack([np.full(40, 40), 30 + arm, np.full(40, 60)], axis=1),
            np.stack([40 + end, np.full(29, 69), np.full(29, 60)], axis=1),
        ]
    )
    return event(cells, np.ones(len(cells)), direction, start=(40.5, 30.5, 60.5))


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_only_the_sphere_around_the_start_counts_and_the_truth_gives_the_head(event, sign) -> None:
    batch = bent(event, (0.0, sign, 0.0))
    np.testing.assert_allclose(
        best_expected(batch, BINS, VOXEL_UM, 1.9), [[0.0, sign, 0.0]], atol=1e-6
    )
    whole = best_expected(batch, BINS, VOXEL_UM, 5.0)
    assert abs(whole[0, 1]) < 0.95


def test_the_axis_is_charge_weighted_and_about_the_charge_mean(event) -> None:
    # Three voxels off the start: an axis through the start would lean towards them.
    cells, counts = [[63, 60, 60], [63, 63, 60], [66, 63, 60]], np.array([3, 1, 2])
    points = np.array(cells) * 0.05
    centred = points - np.average(points, axis=0, weights=counts)
    expected = np.linalg.eigh((counts[:, None] * centred).T @ centred)[1][:, -1]
    batch = event(cells, counts, tuple(np.sign(expected[0]) * expected), (60.5, 60.5, 60.5))
    found = best_expected(batch, BINS, VOXEL_UM, 1.0)
    np.testing.assert_allclose(found, [np.sign(expected[0]) * expected], atol=1e-6)


def test_fewer_than_two_voxels_omit_the_event(event) -> None:
    batch = event([[60, 60, 60], [90, 60, 60]], [1, 1], start=(60.5, 60.5, 60.5))
    assert np.isnan(best_expected(batch, BINS, VOXEL_UM, 0.5)).all()
    assert np.isfinite(best_expected(batch, BINS, VOXEL_UM, 2.0)).all()


def test_the_scan_equals_the_method_at_every_radius(degrad_test_set) -> None:
    batch, _ = degrad_test_set(40, 443.0)
    some = batch.take(np.arange(300))
    table = scan_eps([some.take(np.arange(100)), some.take(np.arange(100, 300))], BINS, 500.0, [
        0.1, 0.3, 0.6
    ])  # fmt: skip
    for row in table.itertuples():
        cosine = np.einsum(
            "ni,ni->n", best_expected(some, BINS, VOXEL_UM, row.eps_cm), some.direction
        )
        assert row.events == np.isfinite(cosine).sum()
        assert row.cosine_distance == pytest.approx(1 - np.nanmean(cosine), abs=1e-6)
    assert table.loc[table["tuned"], "cosine_distance"].item() == table["cosine_distance"].min()


def test_radii_must_increase(event) -> None:
    with pytest.raises(ValueError, match="increase"):
        scan_eps([bent(event, (0.0, 1.0, 0.0))], BINS, VOXEL_UM, [0.3, 0.2])


def test_a_scan_that_reaches_no_charge_says_so(event) -> None:
    batch = event([[90, 60, 60], [91, 60, 60]], [1, 1], start=(10.0, 10.0, 10.0))
    with pytest.raises(ValueError, match="widen eps"):
        scan_eps([batch], BINS, VOXEL_UM, [0.1, 0.2])


# Ghrear et al. 2024: 0.098 and 0.0569; the radii are those that were best for Degrad 3.4 tracks.
@pytest.mark.parametrize(
    ("energy_keV", "sigma_um", "eps_cm", "published", "tolerance"),
    [(40, 443.0, 0.35, 0.098, 0.003), (50, 200.0, 0.25, 0.0569, 0.003)],
)
def test_published_performance_on_degrad_tracks(
    degrad_test_set, energy_keV, sigma_um, eps_cm, published, tolerance
) -> None:
    batch, _ = degrad_test_set(energy_keV, sigma_um)
    table = scan_eps([batch], BINS, VOXEL_UM, BestExpected().eps_cm).set_index("eps_cm")
    assert table.loc[eps_cm, "cosine_distance"] == pytest.approx(published, abs=tolerance)
    assert table.loc[eps_cm, "efficiency"] > 0.999
    best = table.index[table["tuned"]].item()
    assert best == pytest.approx(eps_cm, abs=0.051)
