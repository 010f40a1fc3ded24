import numpy as np
import pandas as pd
import pytest

from pipeline.xenon.rates.apart import QUANTA, check_apart, shared_events


def made(rng, n, depth_cm=None, sample="background_er"):
    """Events whose quanta take 900 pairs of values, at random depths or at one."""
    columns = {name: rng.integers(0, 30, n) for name in QUANTA}
    depth_cm = rng.uniform(10, 250, n) if depth_cm is None else depth_cm
    return pd.DataFrame(columns | {"depth_cm": depth_cm, "sample": sample})


def test_equal_events_by_chance_pass(rng):
    data, simulation = made(rng, 2000), made(rng, 20_000)
    shared, chance = shared_events(data, simulation, QUANTA)
    # A pair is equal with probability (1 / 900) (1 / 240).
    expected = 2000 * -np.expm1(-20_000 / 900 / 240)
    assert chance == pytest.approx(expected, rel=0.1)
    assert shared == pytest.approx(expected, abs=5 * np.sqrt(expected))
    check_apart(data, simulation, QUANTA)


def rounded(copies):
    return copies.assign(depth_cm=[float(f"{depth:.3g}") for depth in copies["depth_cm"]])


@pytest.mark.parametrize("change", [lambda copies: copies, rounded])
def test_few_copies_are_found_in_the_sample_that_holds_them(rng, change):
    """5 % of the data, as a simulated signal that was injected would be."""
    data, wimps = made(rng, 2000), made(rng, 5000, sample="wimp_50GeV")
    simulation = pd.concat([made(rng, 20_000), wimps])
    mixed = pd.concat([data.iloc[100:], change(wimps.iloc[:100])])
    message = r"\d+ of 2000 observed events are also in the simulated sample 'wimp_50GeV', and \d"
    with pytest.raises(ValueError, match=message):
        check_apart(mixed, simulation, QUANTA)


def test_a_source_at_one_point_is_no_copy(rng):
    check_apart(made(rng, 500, depth_cm=100.0), made(rng, 5000, depth_cm=100.0), QUANTA)


def test_a_handful_passes(rng):
    data, simulation = made(rng, 50), made(rng, 100)
    check_apart(pd.concat([data, simulation.iloc[:4]]), simulation, QUANTA)
