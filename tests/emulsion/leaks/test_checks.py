"""Checks for leaks find what was put in, and nothing else."""

import numpy as np
import pandas as pd
import pytest

from pipeline.emulsion.config.analysis import Leaks, Transfer
from pipeline.emulsion.leaks.checks import (
    BORDER,
    BRIGHTNESS,
    CHECKS,
    DEPTH,
    FOCUS,
    checks_table,
    depth_checks,
    matched,
    matched_check,
    separation,
    transfer,
)
from pipeline.statistics.roc import area_under_curve

SETTINGS = Leaks(errors=3.5)
NAMES = ("C", "fog")


def test_chance_is_no_leak_and_a_small_shift_is_one(rng):
    signal, background = rng.normal(0, 1, 5000), rng.normal(0, 1, 8000)
    none = separation(BORDER, signal, background, NAMES, SETTINGS)
    some = separation(BORDER, signal + 0.15, background, NAMES, SETTINGS)
    assert not none.leak
    assert none.finding == "no leak found"
    assert some.leak
    assert "pedestal" in some.finding
    assert some.value == pytest.approx(0.5 + 0.15 / np.sqrt(4 * np.pi), abs=3.5 * some.error)


def test_error_is_the_spread_by_chance(rng):
    found = [
        separation(BORDER, rng.normal(size=300), rng.normal(size=200), NAMES, SETTINGS)
        for _ in range(400)
    ]
    spread = np.std([check.value for check in found])
    assert spread == pytest.approx(found[0].error, rel=0.15)


def test_depth_is_compared_by_distance_and_by_side(rng):
    surface, deep = rng.uniform(-40, 40, 1000), rng.uniform(-150, 150, 1000)
    distance, side = depth_checks(surface, deep, NAMES, SETTINGS)
    assert (distance.check, distance.leak) == (DEPTH, True)
    assert (side.check, side.leak) == (FOCUS, False)
    _, side = depth_checks(deep + 40, deep, NAMES, SETTINGS)
    assert side.leak
    assert depth_checks(np.full(9, np.nan), deep, NAMES, SETTINGS) == []


def test_matched_parts_have_the_same_spectrum(rng):
    signal, background = rng.normal(0, 1, 20_000), rng.normal(0.7, 1.3, 50_000)
    kept, others = matched(signal, background, 60, rng)
    assert len(set(kept)) == len(kept) > 5000
    auc = area_under_curve(
        np.concatenate([signal[kept], background[others]]),
        np.repeat([True, False], [len(kept), len(others)]),
    )
    assert auc == pytest.approx(0.5, abs=0.015)
    # Of each bin the larger sample is thinned out only: the ratio is the same everywhere.
    for low, high in ((-1, 0), (0, 1), (1, 2)):
        counts = [((v > low) & (v < high)).sum() for v in (signal[kept], background[others])]
        assert counts[0] / counts[1] == pytest.approx(len(kept) / len(others), rel=0.1)


def test_spectra_without_overlap_are_refused(rng):
    with pytest.raises(ValueError, match="do not overlap"):
        matched(np.zeros(50), np.full(50, 9.0), 4, rng)


def test_a_network_of_brightness_loses_all_of_its_separation(rng):
    brightness = rng.normal(1, 1, 4000), rng.normal(0, 1, 4000)
    shape = rng.normal(1, 1, 4000), rng.normal(0, 1, 4000)
    lost = matched_check(brightness, brightness, NAMES, SETTINGS, rng)
    kept = matched_check(shape, brightness, NAMES, SETTINGS, rng)
    assert lost.leak
    assert lost.value == pytest.approx(0.26, abs=0.05)
    assert not kept.leak


def tracks(rng, n, angle_rad, logit, dip=0.0):
    z = np.full(n, np.sin(dip))
    return pd.DataFrame(
        {
            "direction_x": np.cos(angle_rad) * np.cos(dip),
            "direction_y": np.sin(angle_rad) * np.cos(dip),
            "direction_z": z,
            "logit": logit + rng.normal(0, 1, n),
        }
    )


def test_a_network_that_lives_on_direction_is_found(rng):
    settings = Transfer(beam="beam", isotropic="iso", bins=3)
    angle = rng.uniform(-np.pi, np.pi, 30_000)
    beam = tracks(rng, 5000, np.radians(rng.choice([120, -60], 5000)), 1.0)
    along = np.cos(angle - np.radians(120)) ** 2
    isotropic = [
        pd.concat([tracks(rng, 30_000, angle, logit), tracks(rng, 500, angle[:500], -9, 1.0)])
        for logit in (1.0, along)
    ]
    (fair, table), (unfair, other) = (transfer(beam, t, settings, 3.5) for t in isotropic)
    assert not fair.leak
    np.testing.assert_allclose(table["efficiency"], 0.6, atol=0.03)
    assert table["total"].sum() == 30_000
    assert unfair.leak
    assert unfair.value > 0.2
    assert (np.diff(other["efficiency"]) < 0).all()


def test_a_bin_without_tracks_is_refused(rng):
    beam = tracks(rng, 100, np.zeros(100), 1.0)
    with pytest.raises(ValueError, match="no track in the film at 15 deg"):
        transfer(beam, beam, Transfer(beam="beam", isotropic="beam", bins=6), 3.0)


def test_unknown_scores_are_refused():
    with pytest.raises(ValueError, match="brightness: 0 and 1 known scores"):
        separation(BRIGHTNESS, np.array([np.nan]), np.zeros(1), NAMES, SETTINGS)


def test_table_has_all_columns(rng):
    check = separation(BORDER, rng.normal(size=9), rng.normal(size=9), NAMES, SETTINGS)
    assert list(checks_table([check])) == list(CHECKS)
