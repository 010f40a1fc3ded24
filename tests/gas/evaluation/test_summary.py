import numpy as np
import pandas as pd
import pytest
from helpers.made_predictions import around_z

from pipeline.gas.evaluation.paired import paired
from pipeline.gas.evaluation.summary import Evaluated, Training, format_summary, summary_table
from pipeline.gas.published import BEST_EXPECTED


def predictions(distance, events, energy_keV=40.0, sigma_um=443.0, kappa=np.nan):
    """Directions whose cosine distance is uniform between 0 and twice `distance`."""
    cosine = 1 - np.random.default_rng(1).permutation(np.linspace(0, 2 * distance, events))
    return around_z(cosine, kappa, energy_keV, sigma_um)


@pytest.fixture(scope="module")
def items():
    return [
        Evaluated(
            "hard",
            "my network",
            predictions(0.110, 5000, kappa=12.0),
            published_as="HCN",
            training=Training(events_seen=36_000, minutes=2.5),
        ),
        Evaluated("hard", BEST_EXPECTED, predictions(0.098, 5000)),
        Evaluated("other", "my network", predictions(0.07, 400, energy_keV=45.0)),
    ]


@pytest.fixture(scope="module")
def summary(items):
    return summary_table(items, 400, np.random.default_rng(2))


def test_one_row_per_test_set_and_method(summary) -> None:
    assert list(summary["method"]) == ["my network", BEST_EXPECTED, "my network"]
    np.testing.assert_allclose(summary["cosine_distance"], [0.110, 0.098, 0.07], atol=1e-5)
    assert list(summary["events"]) == [5000, 5000, 400]
    assert (summary["efficiency"] == 1).all()
    np.testing.assert_array_equal(summary["kappa_mean"], [12.0, np.nan, np.nan])


def test_the_published_difference_counts_both_samples_errors(summary) -> None:
    row = summary.iloc[0]
    assert row["published_cosine_distance"] == 0.104
    # Uniform over 0..0.22: standard deviation 0.22 / sqrt(12), on 5000 and on 20 000 events.
    deviation = 0.22 / np.sqrt(12)
    error = deviation * np.sqrt(1 / 5000 + 1 / 20_000)
    assert row["published_difference_sigma"] == pytest.approx(0.006 / error, rel=0.15)
    assert summary.iloc[1]["published_difference_sigma"] == pytest.approx(0, abs=0.1)


def test_a_method_stands_beside_the_best_expected_of_its_test_set(items, summary) -> None:
    own, best, alone = (row.filter(like="best_expected") for _, row in summary.iterrows())
    expected = vars(paired(items[0].predictions, items[1].predictions))
    assert own.to_dict() == {f"best_expected_{name}": value for name, value in expected.items()}
    assert own["best_expected_ratio"] == pytest.approx(0.110 / 0.098, rel=1e-4)
    assert best.isna().all()
    assert alone.isna().all()
    line = format_summary(summary).splitlines()[2]
    assert f"  {expected['ratio']:.3f}  {expected['ratio_err']:.3f}  " in line


def test_what_is_not_published_or_not_trained_is_nan(summary) -> None:
    unknown = summary.iloc[2]
    assert unknown.filter(like="published").drop("published_remark").isna().all()
    assert unknown[["events_seen", "training_minutes"]].isna().all()
    assert summary.iloc[0]["events_seen"] == 36_000
    assert summary.iloc[0]["training_minutes"] == 2.5


def test_the_published_mean_kappa_stands_beside_ours_where_there_is_one() -> None:
    table = predictions(0.06, 100, energy_keV=50.0, sigma_um=200.0)
    items = [Evaluated("easy", method, table) for method in ("HCN", "RCN")]
    summary = summary_table(items, 50, np.random.default_rng(5))
    assert summary["published_kappa_mean"].tolist() == [19.0, pytest.approx(np.nan, nan_ok=True)]
    lines = format_summary(summary).splitlines()
    assert lines[1].split().count("published") == 3
    assert "19.0" in lines[2].split()
    assert "19.0" not in lines[3].split()


def test_omitted_events_lower_the_efficiency() -> None:
    table = predictions(0.556, 1000)
    table.loc[:249, ["pred_x", "pred_y", "pred_z"]] = np.nan
    row = summary_table(
        [Evaluated("hard", "Non-ML standard", table)], 50, np.random.default_rng(3)
    ).iloc[0]
    assert row["events"] == 1000
    assert row["efficiency"] == 0.75
    assert np.isnan(row["published_efficiency"])


def test_mixed_conditions_have_no_published_number() -> None:
    mixed = pd.concat([predictions(0.1, 50), predictions(0.1, 50, sigma_um=200.0)])
    row = summary_table([Evaluated("mixed", "HCN", mixed)], 50, np.random.default_rng(4)).iloc[0]
    assert np.isnan(row["published_cosine_distance"])


def test_other_conditions_have_no_published_number_and_a_remark() -> None:
    item = Evaluated("hard", "HCN", predictions(0.1, 50))
    rng = np.random.default_rng(4)
    row = summary_table([item], 50, rng, "the gas of source mine is not stated").iloc[0]
    assert np.isnan(row["published_cosine_distance"])
    assert np.isnan(row["published_difference_sigma"])
    assert row["published_remark"] == "the gas of source mine is not stated"
    other = Evaluated("mixed", "HCN", predictions(0.1, 50, sigma_um=300.0))
    row = summary_table([other], 50, rng).iloc[0]
    assert row["published_remark"] == "no published test set has this energy and smearing"
    assert "No published numbers beside these: no published" in format_summary(
        summary_table([other], 50, rng)
    )


def test_one_event_has_no_error_and_no_sigma() -> None:
    row = summary_table(
        [Evaluated("hard", "HCN", predictions(0.1, 1))], 50, np.random.default_rng(4)
    ).iloc[0]
    assert row["published_cosine_distance"] > 0
    assert np.isnan(row["cosine_distance_err"])
    assert np.isnan(row["published_difference_sigma"])


def test_the_text_shows_every_row_under_its_test_set(summary) -> None:
    blocks = format_summary(summary).split("\n\n")
    assert [block.split(":")[0] for block in blocks] == ["hard", "other"]
    lines = blocks[0].splitlines()
    assert len(lines) == 2 + 2 + 1  # title, header, two methods, a remark
    assert "0.1100" in lines[2]
    assert "0.104" in lines[2]
    assert "36,000" in lines[2]
    assert len({len(line) for line in lines[1:4]}) == 1
    assert max(map(len, lines)) <= 140


def test_a_network_behind_the_published_one_says_how_long_it_was_trained(items) -> None:
    good = Evaluated(
        *("hard", "good", predictions(0.104, 5000), "HCN", Training(events_seen=9, minutes=1))
    )
    text = format_summary(summary_table([*items, good], 400, np.random.default_rng(2)))
    assert "my network has seen 36,000 training events so far; the published one learnt" in text
    assert "good has seen" not in text


def test_an_ensemble_shows_the_spread_of_its_networks() -> None:
    values = {"A": 0.10, "B": 0.14, "both": 0.11}
    items = [Evaluated("hard", name, predictions(value, 400)) for name, value in values.items()]
    made = (items, 20, np.random.default_rng(2), "arrows")
    table = summary_table(*made, {"both": ["A", "B"]}).set_index("method")
    assert table.loc["both", "cosine_distance_spread"] == pytest.approx(0.04 / 2**0.5, rel=1e-3)
    assert table.drop("both")["cosine_distance_spread"].isna().all()
    assert "  spread  " in format_summary(table.reset_index())
    assert "  spread  " not in format_summary(summary_table(*made))
