"""The simulator against genuine Degrad output."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from pipeline.core.parquet_io import flat_together
from pipeline.gas.comparison.two_sample import ks_table, two_sample_auc
from pipeline.gas.tracks.observables import track_observables
from pipeline.gas.tracks.simulator.gas import Gas
from pipeline.gas.tracks.simulator.transport import simulate_tracks

EVENTS = 4000


@pytest.fixture(scope="module", params=[40, 45, 50])
def samples(request: pytest.FixtureRequest, degrad_dir: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Observables of simulated tracks and of Degrad's 4000 at one energy."""
    energy_keV = request.param
    table = pq.read_table(degrad_dir / f"he_co2_{energy_keV}keV.parquet")
    offsets, axes = flat_together([table[f"{axis}_um"] for axis in "xyz"])
    reference = track_observables(offsets, np.stack(axes, axis=1).astype(np.float32))
    gas = Gas((("He", 0.7), ("CO2", 0.3)), 293.15, 760.0)
    offsets, positions, _ = simulate_tracks(gas, energy_keV, EVENTS, np.random.default_rng(1))
    return track_observables(offsets, positions), reference


def test_observables_agree(samples: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    table = ks_table(*samples)
    assert len(table) == 17
    # Both samples fluctuate: the median for equal distributions is 0.0185.
    assert table["ks"].mean() < 0.027
    assert table["ks"].max() < 0.06


def test_means_agree(samples: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    simulated, reference = samples
    assert simulated["electrons"].mean() == pytest.approx(reference["electrons"].mean(), rel=0.003)
    for name in ("max_radius_mm", "std_major_mm", "mean_z_mm", "skewness", "cells"):
        error = np.hypot(simulated[name].sem(), reference[name].sem())
        expected = reference[name].mean()
        # One per cent is what the cross sections are good for.
        assert abs(simulated[name].mean() - expected) < 0.01 * abs(expected) + 3 * error, name


def test_classifier_does_not_tell_them_apart(samples: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    auc, error = two_sample_auc(*samples, np.random.default_rng(2))
    assert error < 0.01
    assert auc < 0.54
