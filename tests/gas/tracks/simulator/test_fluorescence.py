"""Photons of the K shells: clusters of electrons apart from the track, as many as Degrad's."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from pipeline.core.parquet_io import flat
from pipeline.gas.tracks.simulator.gas import MOLECULES, Gas
from pipeline.gas.tracks.simulator.tables import collision_tables
from pipeline.gas.tracks.simulator.transport import simulate_tracks

TRACKS = 2000


def clusters_apart(offsets: np.ndarray, positions_um: np.ndarray) -> np.ndarray:
    """Electrons in each cluster of 4 to 24 more than about 2.5 mm from all others."""
    sizes = []
    for first, stop in pairwise(offsets[: TRACKS + 1]):
        cells, cell = np.unique(
            np.round(positions_um[first:stop] / 300).astype(int), axis=0, return_inverse=True
        )
        tree = cKDTree(cells * 0.3)
        linked = tree.sparse_distance_matrix(tree, 2.7, output_type="coo_matrix")
        groups, group = connected_components(linked, directed=False)
        if groups > 1:
            sizes.extend(np.bincount(group[cell.ravel()]))
    found = np.array(sizes)
    return found[(found > 3) & (found < 25)]


def test_as_many_clusters_as_in_degrad_with_as_many_electrons(degrad_dir: Path) -> None:
    table = pq.read_table(degrad_dir / "he_co2_50keV.parquet")
    offsets, _ = flat(table["x_um"])
    positions = np.stack([flat(table[f"{a}_um"])[1] for a in "xyz"], axis=1)
    degrad = clusters_apart(offsets, positions)
    gas = Gas((("He", 0.7), ("CO2", 0.3)), 293.15, 760.0)
    offsets, positions, _ = simulate_tracks(gas, 50.0, TRACKS, np.random.default_rng(4))
    simulated = clusters_apart(offsets, positions)
    assert len(degrad) > 20
    assert abs(len(simulated) - len(degrad)) < 3 * np.sqrt(len(simulated) + len(degrad))
    assert abs(np.median(simulated) - np.median(degrad)) <= 2


def test_mean_path_of_a_photon_is_that_of_the_densities() -> None:
    gas = Gas((("CO2", 1.0),), 293.15, 760.0)
    tables = collision_tables(gas)
    ((energy_eV, section_cm2),) = [a for a in MOLECULES["CO2"].absorption if a[0] == 518.0]
    expected_um = 1e4 / (2.5035e19 * section_cm2)
    (oxygen,) = np.flatnonzero(tables.photon_eV == energy_eV)
    assert tables.photon_range_um[oxygen] == pytest.approx(expected_um, rel=1e-3)
    assert np.all(tables.photon_range_um[tables.photon_eV == 0] == 0)
