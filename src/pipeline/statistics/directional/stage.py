"""The hypothesis test from prediction tables to result tables on disk."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.core.files import atomic_write
from pipeline.physics.solar_neutrinos import recoil_angles
from pipeline.statistics.directional.config import PERFECT, HypothesisTest
from pipeline.statistics.directional.response import Response, scan_cuts
from pipeline.statistics.directional.sensitivity import needed_events, power
from pipeline.statistics.directional.spherical_toys import run_batch
from pipeline.statistics.directional.toys import merge

COLUMNS = {
    "test_set": "name of the test set",
    "method": "reconstruction",
    "fraction_cut": "fraction of predicted events cut, lowest kappa first",
    "efficiency": "fraction of recoils that pass (predicted and not cut)",
    "signal_fraction": "fraction of recoils from solar neutrinos",
    "statistic": "test statistic",
    "hypothesis": "what the toys hold: background, or signal and background",
    "events": "passing events; in needed_events those of the median experiment",
    "batch": "number of the batch",
    "q": "value of the test statistic, one per toy",
    "recoils": "contained recoils, omitted and cut ones included: events / efficiency",
    "median_p": "p-value of the median experiment",
    "p_low": "lower edge of the central 68 % of p-values",
    "p_high": "upper edge of the central 68 % of p-values",
    "beyond_toys": "too few background toys beyond the median: median_p is an upper limit",
    "p_asymptotic": "chi-squared p-value of the median dipole",
    "level": "name of the level",
    "p": "p-value of the level, one-sided",
    "err": "statistical error of events from the number of toys",
    "beyond": "no; toys: too few toys; above grid: lower limit; below grid: upper limit",
}


def write_toys(
    path: str | Path,
    predictions: str | Path,
    settings: HypothesisTest,
    *,
    seed: int,
    test_set: str,
    method: str,
    batch: int,
) -> None:
    """Simulate one batch of one method on one test set and write its toys.

    `predictions` is the method's table of predictions (see `Response.from_predictions`, and
    energy_keV); for the method `perfect` any table of the test set, read for its energy. Raises
    ValueError naming the table if it cannot be used.
    """
    table = pq.read_table(predictions).to_pandas()
    try:
        signal = recoil_angles(single_energy(table))
        if method == PERFECT:
            responses = [Response.perfect()]
        else:
            responses = scan_cuts(table, settings.cut_fractions)
    except ValueError as error:
        raise ValueError(f"{predictions}: {error}") from None
    toys = run_batch(responses, signal, settings, seed, test_set, method, batch)
    _write(path, toys)


def write_sensitivity(
    power_path: str | Path,
    needed_path: str | Path,
    toys: Sequence[str | Path],
    levels: Mapping[str, float],
) -> None:
    """Merge the toys of all batches of any methods and test sets; write both result tables."""
    merged = merge(pq.read_table(path).to_pandas() for path in toys)
    _write(power_path, power(merged))
    _write(needed_path, needed_events(merged, levels))


def single_energy(table: pd.DataFrame) -> float:
    """The recoil energy [keV] that all events of a table share; ValueError if they do not."""
    if "energy_keV" not in table:
        raise ValueError(f"no column energy_keV, only {list(table)}")
    low, middle, high = table["energy_keV"].quantile([0.0, 0.5, 1.0])
    if not high - low <= 0.01 * middle:
        raise ValueError(
            f"recoil energies run from {low:g} to {high:g} keV; the hypothesis test needs a test "
            "set of one energy"
        )
    return float(middle)


def _write(path: str | Path, frame: pd.DataFrame) -> None:
    plain = pa.Table.from_pandas(frame, preserve_index=False)
    fields = [field.with_metadata({"description": COLUMNS[field.name]}) for field in plain.schema]
    with atomic_write(path) as temporary:
        pq.write_table(plain.cast(pa.schema(fields)), temporary)
