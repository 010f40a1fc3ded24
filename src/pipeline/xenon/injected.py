"""Make a data set with an injected signal, as an example of observed data.

`python -m pipeline.xenon.injected CONFIG FILE [--seed N] [--cross-section CM2]` draws one
experiment of the config: events of all background components and of the benchmark WIMP at
`xenon.data.exposure_t_yr`, before the trigger, as a Parquet table of events.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.core.files import atomic_write
from pipeline.core.seeds import generator
from pipeline.study import read_config
from pipeline.xenon.config.detector import Detector
from pipeline.xenon.config.rates import Rates
from pipeline.xenon.events.nest import nest_quanta
from pipeline.xenon.events.positions import uniform_fiducial
from pipeline.xenon.events.spectra import draw_between
from pipeline.xenon.rates.backgrounds import backgrounds, wimp

_GRID = 500  # energies at which a spectrum is computed


def injected(
    rates: Rates,
    detector: Detector,
    exposure_t_yr: float,
    mass_GeV: float,
    cross_section_cm2: float,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """One experiment in random order, with the columns of a sample of kind `parquet`."""
    expected = [(component, exposure_t_yr) for component in backgrounds(rates)]
    expected.append((wimp(rates, mass_GeV), exposure_t_yr * cross_section_cm2))
    tables = []
    for component, scale in expected:
        events = int(rng.poisson(scale * component.expected_per_t_yr()))
        grid = np.geomspace(*component.window_keV, _GRID)
        energy = np.empty(0)
        if events:
            energy = draw_between(grid, component.spectrum(grid), events, rng)
        x, y, depth = uniform_fiducial(detector.geometry, events, rng)
        recoil = "er" if component.recoil == "ER" else "nr"
        quanta = nest_quanta(recoil, energy, detector.liquid, int(rng.integers(2**63)))
        place = {"x_cm": x, "y_cm": y, "depth_cm": depth}
        names = ("photons", "electrons", "excitons")
        tables.append(
            pd.DataFrame(
                {"recoil": component.recoil, "energy_keV": energy}
                | place
                | dict(zip(names, quanta.astype(int).T, strict=True))
            )
        )
    return pd.concat(tables).sample(frac=1, random_state=rng).reset_index(drop=True)


def main() -> None:
    """Read the arguments and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", type=Path, help="config with a block xenon.data")
    parser.add_argument("file", type=Path, help="Parquet file to write")
    parser.add_argument("--seed", type=int, default=1, help="seed of the experiment")
    parser.add_argument(
        "--cross-section", type=float, help="in cm2; the default is that of the benchmark"
    )
    arguments = parser.parse_args()
    block = read_config(arguments.config).xenon
    if block is None or block.data is None:
        parser.error(f"{arguments.config} has no block xenon.data")
    benchmark = block.search.benchmark
    cross_section = arguments.cross_section
    table = injected(
        block.rates,
        block.detectors[block.data.events.detector],
        block.data.exposure_t_yr,
        benchmark.mass_GeV,
        benchmark.cross_section_cm2 if cross_section is None else cross_section,
        generator(arguments.seed, "xenon", "injected"),
    )
    with atomic_write(arguments.file) as temporary:
        table.to_parquet(temporary)


if __name__ == "__main__":
    main()
