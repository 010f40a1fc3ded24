"""Speed of the readout response with the summaries of an event, in events per second of CPU time.

Electrons of 50 keV in 70 % He : 30 % CO2 at 20 C and 760 torr through the response of
`config/detector.yaml` on voxels of 500 um, and through the shipped responses on their own cells:
each as it is, and without the spread of its avalanches. The rate is the best of some runs, with the
summaries that the fit compares; `cells` is the mean number of cells that report a charge.
One thread. Usage: python benchmarks/response.py [--events N] [--repeats N].
"""

import time

import numpy as np
import pandas as pd
from machine import best_s, describe_machine
from options import parsed

from pipeline.config.yaml_files import read_unique
from pipeline.gas.config.response import Response
from pipeline.gas.config.shipped import RESPONSES, shipped_responses
from pipeline.gas.config.voxels import Grid
from pipeline.gas.response.moments import event_summaries
from pipeline.gas.response.respond import Readout, respond
from pipeline.gas.tracks.simulator.gas import Gas
from pipeline.gas.tracks.simulator.transport import simulate_tracks
from pipeline.gas.tracks.table import Electrons
from pipeline.gas.voxels.binning import random_rotations

GAS = Gas((("He", 0.7), ("CO2", 0.3)), 293.15, 760.0)
ENERGY_KEV = 50
SIMPLE = {
    "diffusion": {"constant_transverse": 300, "constant_longitudinal": 240},
    "gain": {"relative_rms": 0.7},
    "threshold": {"electrons": 1.2},
}


def main() -> None:
    """Print one table: rates and cells of each response, with and without the spread."""
    arguments = parsed(__doc__, events=256, repeats=3)
    print(describe_machine())
    offsets, positions, _ = simulate_tracks(
        GAS, ENERGY_KEV, arguments.events, np.random.default_rng(1)
    )
    electrons = Electrons(positions, offsets)
    blocks = {"detector.yaml": SIMPLE}
    blocks |= {name: read_unique(RESPONSES / f"{name}.yaml") for name in shipped_responses()}
    rows = []
    for name, block in blocks.items():
        gain = {key: value for key, value in block["gain"].items() if key != "spread_um"}
        row: dict[str, object] = {"response": name}
        for label, given in (("", block), (", no spread", {**block, "gain": gain})):
            response = Response.model_validate(given)
            rate, seen = _rate(electrons, response, arguments.repeats)
            row["events/s" + label], row["cells" + label] = rate, np.diff(seen.offsets).mean()
            row["contained" + label] = seen.contained.mean()
        rows.append(row)
    print(pd.DataFrame(rows).to_string(index=False, float_format="{:.4g}".format))


def _rate(electrons: Electrons, response: Response, repeats: int) -> tuple[float, Readout]:
    grid = Grid(bins=1024, voxel_um=response.cell_um) if response.cell_um else Grid()
    n = len(electrons.offsets) - 1

    found: list[Readout] = []

    def measured(events: int = n) -> None:
        rng = np.random.default_rng(2)
        offsets = electrons.offsets[: events + 1]
        some = Electrons(electrons.positions_um[: offsets[-1]], offsets)
        seen = respond(some, response, grid, rng, random_rotations(events, rng))
        event_summaries(seen.voxels, seen.charge, seen.offsets, grid.bins)
        found.append(seen)

    measured(2)  # compiles
    return n / best_s(measured, time.process_time, repeats), found[-1]


if __name__ == "__main__":
    main()
