"""Histograms of track observables of simulated and reference tracks, as a table."""

from collections.abc import Sequence

import numpy as np
import pandas as pd


def observable_histograms(
    simulated: pd.DataFrame, reference: pd.DataFrame, observables: Sequence[str], bins: int
) -> pd.DataFrame:
    """Densities of some columns of two tables of `track_observables`.

    The bins cover the central 96 % of the reference. Densities are normalised to all known values,
    including those outside the bins.

    Returns:
        One row per observable and bin: observable, low, high, simulated and reference (densities)
        with simulated_err and reference_err, Poisson.
    """
    tables = []
    for name in observables:
        low, high = np.nanquantile(reference[name], [0.02, 0.98])
        edges = np.linspace(low, high, bins + 1)
        table = {"observable": name, "low": edges[:-1], "high": edges[1:]}
        for sample, values in (("simulated", simulated[name]), ("reference", reference[name])):
            counts, _ = np.histogram(values, edges)
            norm = values.notna().sum() * np.diff(edges)
            table |= {sample: counts / norm, f"{sample}_err": np.sqrt(counts) / norm}
        tables.append(pd.DataFrame(table))
    return pd.concat(tables, ignore_index=True)
