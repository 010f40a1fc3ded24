"""A blind data challenge: python -m pipeline.challenge {make,judge} CONFIG [--seed N].

`make` writes the hits of a detector whose response and share of solar recoils nobody knows, and the
truth beside them. `judge` compares a finished study of these hits with the truth, prints a table
and adds its rows to `challenge.csv` in the results.
"""

import argparse
import json
import sys
from pathlib import Path

import pandas as pd

from pipeline.core.files import atomic_write
from pipeline.core.seeds import generator
from pipeline.core.tables import read_table, write_tables
from pipeline.gas.challenge.hits import drawn, hits_table
from pipeline.gas.challenge.judge import FRACTION, solar_fraction, verdict
from pipeline.gas.config.challenge import Challenge
from pipeline.gas.config.detector import DetectorFit
from pipeline.gas.config.hits import Hits
from pipeline.gas.config.observed import DirectionTest
from pipeline.gas.config.simulated_hits import Signal, SimulatedHits
from pipeline.gas.config.sources import Simulation
from pipeline.gas.hits.simulated import detected_hits
from pipeline.gas.paths import GasPaths
from pipeline.gas.tracks.ingest import complete
from pipeline.gas.tracks.simulator.source import simulated_batches
from pipeline.statistics.directional.predictions import read_predictions
from pipeline.study import read_config


def make(paths: GasPaths, seed: int) -> None:
    """Write the file of hits of the study, and the truth beside it."""
    challenge, fit, test, file, energy_keV = _blocks(paths)
    rng = generator(seed, "challenge")
    hidden = drawn({**challenge.parameters, FRACTION: challenge.solar_fraction}, rng)
    source = Simulation(
        kind="simulation",
        energies_keV=[energy_keV],
        events_per_energy=challenge.events,
        gas=challenge.gas,
    )
    parameters = {name: value for name, value in hidden.items() if name != FRACTION}
    detector = SimulatedHits(
        kind="simulated_hits",
        tracks="simulated here",
        response=fit.response.replaced(parameters),
        signal=Signal(share=hidden[FRACTION], site=test.site, axes=test.axes),
        days=challenge.days,
    )
    tables = []
    for raw in simulated_batches(source, rng):
        tracks = complete(raw, source.defaults(), raw.source_event, str(file))
        tables.append(hits_table(detected_hits(tracks, detector, paths.block.grid, rng)))
    file.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(file) as temporary:
        pd.concat(tables, ignore_index=True).to_parquet(temporary)
    with atomic_write(_truth(file)) as temporary:
        temporary.write_text(json.dumps({"seed": seed, "hidden": hidden}))


def judge(paths: GasPaths) -> pd.DataFrame:
    """The table of a finished study, added to those of other sets."""
    challenge, _, _, file, energy_keV = _blocks(paths)
    truth = json.loads(_truth(file).read_text())
    observed = read_table(paths.table("observed_p.csv"))
    row = observed[
        (observed["set"] == challenge.observed)
        & (observed["method"] == challenge.network)
        & (observed["test"] == "unweighted")
    ].iloc[0]
    simulated = read_predictions(paths.prediction(challenge.simulated, challenge.network))
    fraction = solar_fraction(row, simulated, energy_keV)
    fit = read_table(paths.table("detector_fit.csv"))
    table = verdict(truth["hidden"], fit, fraction, truth["seed"], row["p"])
    every = Path(paths.table("challenge.csv"))
    others = read_table(every) if every.exists() else table[:0]
    others = others[others["seed"] != truth["seed"]]
    write_tables({"all": every}, {"all": pd.concat([others, table], ignore_index=True)})
    return table


def _blocks(paths: GasPaths) -> tuple[Challenge, DetectorFit, DirectionTest, Path, float]:
    """Blocks of the challenge, the fit and the test, the file of hits, the energy [keV].

    Raises:
        ValueError: the study has no challenge, or lacks what it needs.
    """
    challenge, fit = paths.block.challenge, paths.block.detector_fit
    if not challenge:
        raise ValueError("the study has no block `challenge` of `gas:`")
    test = paths.direction_tests.get(challenge.observed)
    if not (fit and fit.data == challenge.observed and test and test.site):
        raise ValueError(
            f"challenge.observed: '{challenge.observed}' must be the data of `detector_fit` and "
            "have a `direction_test` at a site"
        )
    for key, known in (("simulated", paths.block.test_sets), ("network", paths.block.networks)):
        if getattr(challenge, key) not in known:
            raise ValueError(f"challenge.{key}: must be one of {', '.join(known)}")
    if set(challenge.parameters) != set(fit.parameters):
        raise ValueError("challenge.parameters: give a range for each parameter of `detector_fit`")
    (name,) = paths.block.observed[challenge.observed].sources
    source = paths.block.sources[name]
    assert isinstance(source, Hits)  # of an observed set
    assert fit.energy_keV is not None  # of the fit of an observed set
    return challenge, fit, test, Path(source.files[0]), fit.energy_keV


def _truth(file: Path) -> Path:
    return file.with_suffix(".truth.json")


def main() -> None:
    """Read the arguments; an error is one line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("step", choices=["make", "judge"])
    parser.add_argument("config", type=Path)
    parser.add_argument("--seed", type=int, default=1, help="seed of the hidden truth")
    arguments = parser.parse_args()
    try:
        paths = read_config(arguments.config).paths.get("gas")
        if paths is None:
            raise ValueError(f"{arguments.config}: no `gas:` block")
        if arguments.step == "make":
            make(paths, arguments.seed)
        else:
            print(judge(paths).to_string(index=False))
    except (ValueError, FileNotFoundError) as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
