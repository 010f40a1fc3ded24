import numpy as np
import pandas as pd
import pytest
from scipy import stats

from pipeline.core.progress import Progress
from pipeline.statistics.directional import planar
from pipeline.statistics.directional.config import EventGrid, HypothesisTest
from pipeline.statistics.directional.planar_toys import Plane
from pipeline.statistics.directional.sensitivity import needed_events, p_values, power
from pipeline.statistics.directional.toys import toy_rows
from pipeline.statistics.directional.von_mises import mean_cosine

P = 1.35e-3  # 3 sigma
LEVELS = {"90% CL": 0.1, "3 sigma": P}
NUMBERS = HypothesisTest(signal_fractions=(1.0,), background_toys=10_000, signal_toys=4000)


def toys(plane, seed=1, **settings):
    numbers = NUMBERS.model_copy(update=settings)
    progress = Progress("toys", None, "toys")
    rng = np.random.default_rng(seed)
    return pd.DataFrame(toy_rows(rng, plane, numbers, {"efficiency": 1.0}, progress))


def axes(rng, kappa, n=100_000):
    """Axes about the named one; kappa is that of the doubled angle."""
    return rng.vonmises(0, kappa, n) / 2


def needed(found, statistic, level="3 sigma"):
    rows = needed_events(found, LEVELS)
    rows = rows[(rows["statistic"] == statistic) & (rows["level"] == level)]
    return rows.sort_values("signal_fraction").reset_index(drop=True)


def test_toys_have_the_distribution_of_samples_that_numpy_draws(rng):
    """Mixtures of signal and background, both statistics, with and without weights."""
    fraction, n = 0.4, 4000
    kappa = rng.gamma(1.0, 3.0, 200_000)
    pool = axes(rng, kappa, len(kappa))
    grid = EventGrid(events_max=60)
    table = toys(
        Plane.from_angles(pool, 2, kappa),
        events=grid,
        signal_fractions=(fraction,),
        signal_toys=n,
    )
    table = table[table["hypothesis"] == "signal"]
    events = table["events"].max()
    rows = rng.integers(0, len(pool), (n, events))
    isotropic = rng.uniform(0, np.pi, rows.shape)
    angles = np.where(rng.random(rows.shape) < fraction, pool[rows], isotropic)
    weight = mean_cosine(kappa[rows])
    made = {
        "axis": planar.axis_statistic(angles, 2),
        "rayleigh": planar.rayleigh_statistic(angles, 2),
        "axis_kappa": planar.axis_statistic(angles, 2, weight),
        "rayleigh_kappa": planar.rayleigh_statistic(angles, 2, weight),
    }
    assert set(table["statistic"]) == set(made)
    for row in table[table["events"] == events].itertuples():
        assert stats.ks_2samp(row.q, made[row.statistic]).pvalue > 1e-3


@pytest.mark.parametrize("kappa", [None, 2.0])
def test_p_values_cover_on_isotropic_samples_that_made_no_toy(rng, kappa):
    """A level's share of new isotropic samples is at most the level, even of three events."""
    pool = axes(rng, 2.0)
    spread = None if kappa is None else rng.gamma(1.0, kappa, len(pool))
    table = toys(Plane.from_angles(pool, 2, spread), events=EventGrid(events_max=400))
    background = table[table["hypothesis"] == "background"]
    name = "axis" if kappa is None else "axis_kappa"
    n = 20_000
    for row in background[background["statistic"] == name].itertuples():
        angles = rng.uniform(0, 2 * np.pi, (n, row.events))
        weight = 1.0 if spread is None else mean_cosine(rng.choice(spread, angles.shape))
        p = p_values(np.sort(row.q), planar.axis_statistic(angles, 2, weight))
        for level in (0.1, 0.01):
            share = np.mean(p <= level)
            # Both the samples and the toys behind the p-values are finite.
            error = np.sqrt(level * (1 / n + 1 / len(row.q)))
            assert share == pytest.approx(level, abs=4.5 * error)


@pytest.mark.parametrize("fraction", [1.0, 0.5])
def test_needed_events_are_those_of_the_closed_forms(rng, fraction):
    kappa = 0.35
    found = toys(Plane.from_angles(axes(rng, kappa), 2), signal_fractions=(fraction,))
    mean = fraction * float(mean_cosine(kappa))
    for statistic, closed in (
        ("axis", planar.needed_for_axis),
        ("rayleigh", planar.needed_for_rayleigh),
    ):
        for level, p in LEVELS.items():
            row = needed(found, statistic, level).iloc[0]
            assert row["beyond"] == "no"
            # The pool knows its mean cosine to 1.3 %.
            slack = 0.03 * row["events"]
            assert row["events"] == pytest.approx(closed(mean, p), abs=4 * row["err"] + slack)


def test_needed_events_scale_as_inverse_square_of_the_signal_fraction(rng):
    fractions = (0.25, 0.5, 1.0)
    found = toys(Plane.from_angles(axes(rng, 0.8), 2), signal_fractions=fractions)
    for statistic in ("axis", "rayleigh"):
        rows = needed(found, statistic)
        scaled = rows["events"] * np.square(fractions)
        error = rows["err"] * np.square(fractions)
        assert (abs(scaled - scaled.mean()) < 4 * error + 0.03 * scaled).all()


def test_sense_and_truthful_kappas_need_fewer_events(rng):
    kappa = rng.gamma(0.7, 2.0, 100_000)
    angles = axes(rng, kappa, len(kappa))
    with_axes = toys(Plane.from_angles(angles, 2, kappa))
    with_sense = toys(Plane.from_angles(angles, 1))
    plain, weighted = (needed(with_axes, name)["events"][0] for name in ("axis", "axis_kappa"))
    assert weighted < 0.95 * plain
    assert needed(with_sense, "axis")["events"][0] < 0.8 * plain
    assert plain < needed(with_axes, "rayleigh")["events"][0]


def test_power_has_the_p_values_of_many_events(rng):
    table = power(toys(Plane.from_angles(axes(rng, 0.3), 2)))
    table = table[~table["beyond_toys"] & (table["events"] > 20)]
    assert set(table["statistic"]) == {"axis", "rayleigh"}
    expected = table["p_asymptotic"]
    error = np.sqrt(expected / NUMBERS.background_toys)
    assert (abs(table["median_p"] - expected) < 4 * error + 0.02 * expected).all()
    assert planar.axis_p_value(3.0) == pytest.approx(P, rel=1e-3)
    assert planar.rayleigh_p_value(3.0, np.inf) == pytest.approx(np.exp(-3.0))


def test_toys_without_direction_are_beyond_the_grid(rng):
    across = Plane.from_angles(rng.uniform(0, np.pi, 50_000), 2)
    row = needed(toys(across, events=EventGrid(events_max=200)), "axis").iloc[0]
    assert (row["beyond"], row["events"]) == ("above grid", 200)


@pytest.mark.parametrize(
    ("angles", "kappa", "message"),
    [
        ([], None, "at least one event"),
        ([0.0, np.nan], None, "finite angles"),
        ([0.0, 1.0], [1.0, np.nan], "kappa must be finite"),
        ([0.0, 1.0], [1.0, -2.0], "kappa must be finite"),
    ],
)
def test_events_that_make_no_toys_are_refused(angles, kappa, message):
    with pytest.raises(ValueError, match=message):
        Plane.from_angles(angles, 2, kappa)
