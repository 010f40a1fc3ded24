"""Anomaly scores with weights: what the simulated events stand for under every hypothesis.

One sample of each recoil serves all: its events are weighted to the expected
backgrounds and to WIMPs of every mass.
"""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from pipeline.core.parquet_io import field, open_parquet, write_batches
from pipeline.statistics.excess.score_density import ScoreDensity
from pipeline.statistics.excess.toys import Samples, WeightedScores
from pipeline.xenon.config.rates import Rates
from pipeline.xenon.rates.backgrounds import backgrounds, event_weights, wimp
from pipeline.xenon.rates.efficiency import Efficiency, efficiencies
from pipeline.xenon.rates.recoil_spectra import Spectrum

logger = logging.getLogger(__name__)

# Densities of the energies that events are generated with, by kind of spectrum; any scale.
GENERATED: dict[str, Spectrum] = {"uniform": np.ones_like, "log_uniform": np.reciprocal}

SCHEMA = pa.schema(
    [
        field("mass_GeV", pa.float64(), "WIMP mass; 0: background", "GeV"),
        field("recoil", pa.uint8(), "0 electronic (ER), 1 nuclear (NR)"),
        field("energy_keV", pa.float32(), "true recoil energy", "keV"),
        field("score", pa.float64(), "anomaly score"),
        field(
            "weight",
            pa.float64(),
            "events expected for this one, per t yr; of WIMPs per cm2 of cross-section too",
        ),
    ]
)


def weighted_scores(
    events: pd.DataFrame,
    rates: Rates,
    masses_GeV: Sequence[float],
    efficiencies: Mapping[str, Efficiency],
    spectra: Mapping[str, str],
) -> pd.DataFrame:
    """Table SCHEMA of triggered events, a row for each event that counts and hypothesis.

    `events` has recoil (codes), energy_keV and ts, of energies that fill the windows of `rates`;
    `spectra` are the kinds of their spectra, keys of GENERATED. It and `efficiencies` go by "ER"
    and "NR".
    """
    generated = {recoil: GENERATED[kind] for recoil, kind in spectra.items()}
    energy, recoil = events["energy_keV"].to_numpy(float), events["recoil"].to_numpy()
    hypotheses = {0.0: backgrounds(rates)} | {mass: [wimp(rates, mass)] for mass in masses_GeV}
    tables = []
    for mass, components in hypotheses.items():
        weight = event_weights(components, energy, recoil, efficiencies, generated)
        table = pd.DataFrame(
            {
                "mass_GeV": mass,
                "recoil": recoil,
                "energy_keV": energy,
                "score": events["ts"].to_numpy(),
                "weight": weight,
            }
        )
        tables.append(table[table["weight"] > 0])
    return pd.concat(tables, ignore_index=True)


def weigh_files(
    scores: Sequence[str | Path],
    trigger: str | Path,
    rates: Rates,
    masses_GeV: Sequence[float],
    spectra: Mapping[str, str],
) -> pd.DataFrame:
    """`weighted_scores` of the triggered events in tables of scores, by the trigger's table."""
    columns = ["recoil", "energy_keV", "triggered", "ts"]
    events = pd.concat(pd.read_parquet(path, columns=columns) for path in scores)
    passed = efficiencies(pd.read_csv(trigger))
    return weighted_scores(events[events["triggered"]], rates, masses_GeV, passed, spectra)


def write_weighted_scores(path: str | Path, table: pd.DataFrame) -> None:
    """Write a table SCHEMA."""
    write_batches(path, [pa.Table.from_pandas(table, SCHEMA, preserve_index=False)], SCHEMA)


def read_weighted_scores(path: str | Path) -> pd.DataFrame:
    """The table; ValueError if the file is damaged."""
    with open_parquet(path, "table of weighted scores") as file:
        return file.read().to_pandas()


def search_samples(table: pd.DataFrame) -> Samples:
    """What the pseudo-experiments draw from; f0 is that of the background's own events."""
    of_mass = {
        float(str(mass)): WeightedScores(rows["score"].to_numpy(), rows["weight"].to_numpy())
        for mass, rows in table.groupby("mass_GeV")
    }
    background = of_mass.pop(0.0)
    f0 = ScoreDensity.from_sample(background.score, background.weight)
    return Samples(f0, background, of_mass)


def warn_if_few(samples: Samples, exposure_t_yr: float) -> None:
    """Log a warning if an experiment has more background events than the sample is worth."""
    expected, worth = (
        exposure_t_yr * samples.background.expected,
        samples.background.effective_events,
    )
    if worth < expected:
        logger.warning(
            "%.0f background events are expected in %g t yr, and the sample is worth %.0f only: "
            "medians hold, but the p-value of a data set would not; simulate more background",
            expected,
            exposure_t_yr,
            worth,
        )
