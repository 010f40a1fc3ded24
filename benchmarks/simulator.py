"""Speed of the track simulator, and its agreement with reference tracks.

One thread. Usage: python benchmarks/simulator.py [--events N] [--reference TABLE.parquet ...];
a reference has one row an event, energy_eV and lists x_um, y_um, z_um, start at the origin along
+z, of the gas 70 % He : 30 % CO2 at 20 C and 760 torr.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from machine import describe_machine

from pipeline.core.parquet_io import flat_together
from pipeline.gas.comparison.two_sample import ks_table, two_sample_auc
from pipeline.gas.tracks.observables import track_observables
from pipeline.gas.tracks.simulator.gas import Gas
from pipeline.gas.tracks.simulator.transport import DEFLECTIONS, simulate_tracks

GAS = Gas((("He", 0.7), ("CO2", 0.3)), 293.15, 760.0)
COMPARED_EVENTS = 10_000


def main() -> None:
    """Print events per second, then a comparison with each reference."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=2000, help="events per timing")
    parser.add_argument("--reference", type=Path, nargs="*", default=[], help="Parquet tables")
    arguments = parser.parse_args()
    print(describe_machine())
    for deflection in DEFLECTIONS:
        for energy_keV in (40, 50):
            rate = _events_per_second(energy_keV, arguments.events, deflection)
            print(f"{energy_keV} keV, {deflection:9}: {rate:7,.0f} events/s")
    for path in arguments.reference:
        _compare(path)


def _events_per_second(energy_keV: float, events: int, deflection: str) -> float:
    rng = np.random.default_rng(1)
    simulate_tracks(GAS, energy_keV, 1, rng, deflection)  # compiles
    start = time.perf_counter()
    simulate_tracks(GAS, energy_keV, events, rng, deflection)
    return events / (time.perf_counter() - start)


def _compare(path: Path) -> None:
    table = pq.read_table(path)
    offsets, axes = flat_together([table[f"{axis}_um"] for axis in "xyz"])
    reference = track_observables(offsets, np.stack(axes, axis=1).astype(np.float32))
    (energy_eV,) = set(table["energy_eV"].to_pylist())
    rng = np.random.default_rng(2)
    offsets, positions, _ = simulate_tracks(GAS, energy_eV / 1e3, COMPARED_EVENTS, rng)
    simulated = track_observables(offsets, positions)
    distances = ks_table(simulated, reference)
    auc, error = two_sample_auc(simulated, reference, rng)
    print(f"\n{path}: {len(reference)} reference, {COMPARED_EVENTS} simulated events")
    with pd.option_context("display.width", 120, "display.float_format", "{:.4f}".format):
        print(distances.to_string(index=False))
    print(f"mean KS {distances['ks'].mean():.4f} (equal: {distances['ks_null'].mean():.4f})")
    print(f"classifier AUC {auc:.3f} +- {error:.3f} (equal: 0.5)")


if __name__ == "__main__":
    main()
