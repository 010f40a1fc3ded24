import numpy as np
import pandas as pd
import pytest
from helpers.made_predictions import drawn, mixtures, of_mixtures, scattered

from pipeline.statistics.directional import density
from pipeline.statistics.directional.predictions import PREDICTED, TRUE
from pipeline.statistics.directional.response import Response, scan_cuts


@pytest.fixture
def table(rng):
    true = rng.normal(size=(1000, 3))
    frame = pd.DataFrame(true / np.linalg.norm(true, axis=1)[:, None], columns=TRUE)
    frame[PREDICTED] = true + 0.3 * rng.normal(size=true.shape)
    frame["kappa"] = rng.uniform(1, 100, 1000)
    return frame


def test_angles_and_efficiency(table):
    table.loc[:99, PREDICTED] = np.nan
    response = Response.from_predictions(table)
    assert response.efficiency == pytest.approx(0.9)
    kept = table[100:]
    lengths = np.linalg.norm(kept[PREDICTED], axis=1)
    cosines = (kept[TRUE].to_numpy() * kept[PREDICTED].to_numpy()).sum(axis=1) / lengths
    assert np.sort(response.cos_theta) == pytest.approx(np.sort(cosines))


def test_events_that_left_the_grid_lower_the_efficiency(table):
    response = Response.from_predictions(table, 0.5, None, np.array([1250]))
    assert response.efficiency == pytest.approx(0.4)
    energy = np.arange(1000) // 800
    response = Response.from_predictions(table, 0.0, energy, np.array([800, 400, 100]))
    assert response.efficiency == pytest.approx([1, 0.5, 0])
    with pytest.raises(ValueError, match=r"\[800, 200\] events .* more than .* \[800, 100\]"):
        Response.from_predictions(table, 0.0, energy, np.array([800, 100]))


def test_cut_drops_the_smallest_kappas_and_keeps_pairs(table):
    response = Response.from_predictions(table, 0.8)
    assert len(response.kappa) == 200
    assert response.efficiency == pytest.approx(0.2)
    assert response.kappa.min() >= np.sort(table["kappa"])[800]
    uncut = Response.from_predictions(table)
    pairs = dict(zip(uncut.kappa, uncut.cos_theta, strict=True))
    assert all(pairs[k] == c for k, c in zip(response.kappa, response.cos_theta, strict=True))


def test_methods_without_kappa_have_one_response(table):
    table["kappa"] = np.nan
    (response,) = scan_cuts(table, (0.0, 0.5))
    assert response.kappa is None
    with pytest.raises(ValueError, match="predicts none"):
        Response.from_predictions(table, 0.5)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda t: t.drop(columns="pred_y"), "pred_y"),
        (lambda t: t.assign(pred_x=np.nan), "no predicted event"),
        (lambda t: t.assign(true_x=0.0, true_y=0.0, true_z=0.0), "no length"),
        (lambda t: t.assign(kappa=t["kappa"].where(t.index > 0)), "kappa must be finite"),
    ],
)
def test_unusable_tables_are_refused(table, spoil, message):
    with pytest.raises(ValueError, match=message):
        Response.from_predictions(spoil(table))


def test_mixtures_go_with_their_events(rng, monkeypatch):
    monkeypatch.setattr(density, "POINTS", 2)  # of other columns
    said = mixtures(300, rng)
    response = Response.from_predictions(of_mixtures(said, drawn(said, rng)), 0.3)
    assert len(response.mixture) == len(response.kappa) == 210
    assert response.mixture.mean()[1] == pytest.approx(response.kappa, rel=1e-3)
    kappa = np.full(20, 5.0)
    assert Response.from_predictions(scattered(kappa, kappa, rng)).mixture is None
