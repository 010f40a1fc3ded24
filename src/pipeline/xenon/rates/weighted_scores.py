"""Weighted anomaly scores: expected events per simulated event, for each hypothesis.

One sample of each recoil serves all hypotheses: its events are weighted to the expected
backgrounds and to WIMPs of each mass.
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

# Densities of the generated energies by kind of spectrum; the scale is arbitrary.
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
            "expected events per t yr; for WIMPs, also per cm2 of cross-section",
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
    """Table SCHEMA with a row for each hypothesis and each triggered event of non-zero weight.

    Args:
        events: triggered events with recoil (codes), energy_keV and ts; their energies fill the
            windows of `rates`.
        rates: expected rates.
        masses_GeV: masses of the WIMPs.
        efficiencies: trigger efficiencies by "ER" and "NR".
        spectra: kinds of the generated spectra, keys of GENERATED, by "ER" and "NR".
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
    """`weighted_scores` from the files of score tables and of the trigger table."""
    columns = ["recoil", "energy_keV", "triggered", "ts"]
    events = pd.concat(pd.read_parquet(path, columns=columns) for path in scores)
    passed = efficiencies(pd.read_csv(trigger))
    return weighted_scores(events[events["triggered"]], rates, masses_GeV, passed, spectra)


def write_weighted_scores(path: str | Path, table: pd.DataFrame) -> None:
    """Write a table SCHEMA."""
    write_batches(path, [pa.Table.from_pandas(table, SCHEMA, preserve_index=False)], SCHEMA)


def read_weighted_scores(path: str | Path) -> pd.DataFrame:
    """Read a table SCHEMA; ValueError if the file is damaged."""
    with open_parquet(path, "table of weighted scores") as file:
        return file.read().to_pandas()


def search_samples(table: pd.DataFrame) -> Samples:
    """Scores for pseudo-experiments, from a table SCHEMA; f0 is the density of the background."""
    by_mass = {
        float(str(mass)): WeightedScores(rows["score"].to_numpy(), rows["weight"].to_numpy())
        for mass, rows in table.groupby("mass_GeV")
    }
    background = by_mass.pop(0.0)
    f0 = ScoreDensity.from_sample(background.score, background.weight)
    return Samples(f0, background, by_mass)


def warn_if_few(samples: Samples, exposure_t_yr: float) -> None:
    """Warn if more background events are expected than the sample has effective events."""
    expected, worth = (
        exposure_t_yr * samples.background.expected,
        samples.background.effective_events,
    )
    if worth < expected:
        logger.warning(
            "%.0f background events are expected in %g t yr, but the sample has only %.0f "
            "effective events: medians are valid, the p-value of a data set would not be; simulate "
            "more background events",
            expected,
            exposure_t_yr,
            worth,
        )
