"""Tables of the XENON1T part: accuracies, distributions of the loss, events without an S1."""

import numpy as np
import pandas as pd
import pytest

from pipeline.physics.wimps import wimp_rate
from pipeline.statistics.excess.weighted_scores import WeightedScores
from pipeline.xenon.xenon1t.accuracy import PUBLISHED, classifier_table, mass_table
from pipeline.xenon.xenon1t.losses import loss_table, s2_only_losses


def logits_of(right, events):
    """`right` of `events` electronic recoils below zero, and as many WIMPs above."""
    er = np.where(np.arange(events) < right, -1.0, 1.0)
    return er, -er


def scored(logit, four_numbers=None):
    """Image scores with these logits of the CNN, and of the network of four numbers."""
    other = logit if four_numbers is None else four_numbers
    return pd.DataFrame({"logit": logit, "logit_four_numbers": other})


def test_accuracy_of_a_pencil():
    """90 of 100 electronic recoils and 80 of 100 WIMPs are correct; a quarter are WIMPs."""
    table = classifier_table(scored(logits_of(90, 100)[0]), scored(logits_of(80, 100)[1]), [0.25])
    row = table.iloc[0]
    assert row["accuracy"] == pytest.approx(0.25 * 0.8 + 0.75 * 0.9)
    assert row["recall"] == pytest.approx(0.8)
    assert row["recall_err"] == pytest.approx(0.04)
    assert row["precision"] == pytest.approx(0.2 / (0.2 + 0.075))
    assert row["accuracy_err"] == pytest.approx(np.hypot(0.25 * 0.04, 0.75 * 0.03))


def test_published_numbers_imply_their_shares():
    """The accuracy follows from recall, precision and the share of WIMPs in the same row."""
    for row in PUBLISHED.itertuples():
        w, false = row.wimp_share, row.wimp_share * row.recall * (1 / row.precision - 1)
        assert row.accuracy == pytest.approx(w * row.recall + 1 - w - false, abs=0.002)


def test_errors_are_those_of_repeated_tests():
    rng = np.random.default_rng(1)
    tables = [
        classifier_table(
            scored(rng.normal(-1, 1, 300)), scored(rng.normal(1.5, 1, 400)), [0.35]
        ).iloc[0]
        for _ in range(400)
    ]
    frame = pd.DataFrame(tables)
    for name in ("accuracy", "recall", "precision"):
        spread = frame[name].astype(float).std()
        assert frame[f"{name}_err"].astype(float).mean() == pytest.approx(spread, rel=0.15)


def test_without_events_there_is_no_accuracy():
    with pytest.raises(ValueError, match="no event that triggers"):
        classifier_table(scored(np.empty(0)), scored(np.ones(3)), [0.35])


def test_gain_over_four_numbers_has_the_error_of_common_events():
    """The CNN is right where the other is, and in 6 of 100 ER and 8 of 100 WIMPs more."""
    er = scored(logits_of(96, 100)[0], logits_of(90, 100)[0])
    wimp = scored(logits_of(88, 100)[1], logits_of(80, 100)[1])
    table = classifier_table(er, wimp, [0.25]).set_index("source")
    cnn = table.loc["CNN"]
    assert cnn["accuracy_gain"] == pytest.approx(0.25 * 0.08 + 0.75 * 0.06)
    spreads = 0.25 * np.sqrt(0.08 * 0.92), 0.75 * np.sqrt(0.06 * 0.94)
    assert cnn["accuracy_gain_err"] == pytest.approx(np.hypot(*spreads) / 10)
    assert cnn["accuracy_gain_err"] < np.hypot(*table["accuracy_err"].iloc[:2])
    assert table.loc["four numbers", "accuracy"] == pytest.approx(0.25 * 0.8 + 0.75 * 0.9)
    assert table.loc["four numbers", "accuracy_gain"] == 0


def test_recall_of_a_mass_is_that_of_its_recoils():
    """Recoils above 20 keV are classified as WIMPs: the share of the spectrum that lies there."""
    energy = np.geomspace(5, 60, 4000)
    nr = pd.DataFrame({"energy_keV": energy, "logit": np.where(energy > 20, 1.0, -1.0)})
    er = logits_of(90, 100)[0]
    masses = (2.0, 20.0, 500.0)
    table = mass_table(er, nr, np.reciprocal, masses, 0.35).set_index("mass_GeV")
    # WIMPs of 2 GeV give no recoil above 5 keV.
    assert list(table.index) == [20, 500]
    fine = np.linspace(5, 60, 20001)
    for mass, row in table.iterrows():
        rate = np.interp(fine, energy[::40], wimp_rate(energy[::40], mass, 1e-45))
        recall = rate[fine > 20].sum() / rate.sum()
        assert row["recall"] == pytest.approx(recall, abs=0.005)
        assert row["accuracy"] == pytest.approx(0.35 * row["recall"] + 0.65 * 0.9)
    assert table.loc[20, "recall"] < table.loc[500, "recall"]


def test_error_of_a_weighted_recall():
    """Binomial if all recoils weigh the same; larger if a few carry the weight."""
    energy = np.linspace(5, 60, 400)
    nr = pd.DataFrame({"energy_keV": energy, "logit": np.where(np.arange(400) % 4, 1.0, -1.0)})
    grid = np.geomspace(5, 60, 100)
    rate = wimp_rate(grid, 100.0, 1e-47)

    def generated_as_wimps(energy):
        return np.interp(energy, grid, rate)

    er = logits_of(90, 100)[0]
    (even,) = mass_table(er, nr, generated_as_wimps, [100.0], 0.35).to_dict("records")
    assert even["recall"] == pytest.approx(0.75)
    assert even["recall_err"] == pytest.approx(np.sqrt(0.75 * 0.25 / 400))
    (uneven,) = mass_table(er, nr, np.ones_like, [100.0], 0.35).to_dict("records")
    weight = generated_as_wimps(energy)
    effective = weight.sum() ** 2 / np.square(weight).sum()
    assert effective < 250
    assert uneven["recall_err"] == pytest.approx(np.sqrt(0.75 * 0.25 / effective), rel=0.05)


@pytest.fixture
def table():
    rng = np.random.default_rng(1)
    er, wimp = rng.normal(1, 0.1, 4000), rng.normal(0.6, 0.1, 3000)
    background = WeightedScores(er, np.full(4000, 900 / 4000))
    signal = WeightedScores(wimp, np.full(3000, 1e46 / 3000))
    return loss_table(er, wimp, background, signal, 4.0, 1e-45, np.random.default_rng(2))


def test_no_loss_is_left_out(table):
    sums = table.sum()
    assert sums["er"] == pytest.approx(1)
    assert sums["wimp"] == pytest.approx(1)
    assert sums["background"] == pytest.approx(4 * 900)
    assert sums["signal"] == pytest.approx(4 * 10)
    np.testing.assert_allclose(table["low"][1:], table["high"][:-1])


def test_pseudo_data_are_background_and_signal(table):
    expected = table["background"] + table["signal"]
    some = expected > 5
    chi2 = ((table["pseudo_data"] - expected)[some] ** 2 / expected[some]).sum()
    assert 0.4 * some.sum() < chi2 < 1.8 * some.sum()
    np.testing.assert_allclose(table["pseudo_data_err"] ** 2, table["pseudo_data"])


def test_errors_of_weighted_bins(table):
    """Equal weights w: an expectation n w has the error sqrt(n) w."""
    weight = 4 * 900 / 4000
    np.testing.assert_allclose(table["background_err"], np.sqrt(table["background"] * weight))


def test_events_without_s1_are_reported_apart():
    er = pd.DataFrame({"loss": np.arange(100.0), "triggered": True, "s2_only": False})
    wimp = pd.DataFrame(
        {"loss": [1.0, 2, 200, 300, 3], "triggered": [1, 1, 0, 0, 0], "s2_only": [0, 0, 1, 1, 1]}
    ).astype({"triggered": bool, "s2_only": bool})
    found = s2_only_losses({"er": er, "wimp": wimp}).set_index(["sample", "events"])
    assert found.loc[("er", "S2 only"), "number"] == 0
    assert found.loc[("er", "triggered"), "high_loss"] == pytest.approx(0.01)
    assert found.loc[("wimp", "triggered"), "high_loss"] == 0
    row = found.loc[("wimp", "S2 only")]
    assert (row["number"], row["median_loss"]) == (3, 200)
    assert row["high_loss"] == pytest.approx(2 / 3)
    assert row["low_loss"] == 0
    assert found.loc[("er", "triggered"), "low_loss"] == pytest.approx(0.01)
