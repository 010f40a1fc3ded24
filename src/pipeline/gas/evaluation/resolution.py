"""Angular resolution of each method at each recoil energy of a test set."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pipeline.statistics.directional.core_width import core_width_deg
from pipeline.statistics.directional.predictions import PREDICTED, vectors

# A test set of more energies than these has a continuous spectrum.
MOST_ENERGIES = 20


def resolution_table(test_set: str, predictions: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Width of the core of the projected angle, from prediction tables by method.

    Returns:
        Rows of test_set, method, energy_keV, sigma_um, events (with a predicted direction),
        core_width_deg and core_width_deg_err, see `core_width_deg`. No rows for a test set of
        several smearings or a continuous spectrum.
    """
    rows = []
    for method, table in predictions.items():
        if table["sigma_um"].nunique() > 1 or table["energy_keV"].nunique() > MOST_ENERGIES:
            continue
        for energy_keV in np.unique(table["energy_keV"].dropna()):
            events = table[table["energy_keV"] == energy_keV]
            kept = events.dropna(subset=PREDICTED)
            width, error = core_width_deg(*vectors(kept))
            rows.append(
                {
                    "test_set": test_set,
                    "method": method,
                    "energy_keV": energy_keV,
                    "sigma_um": float(table["sigma_um"].iloc[0]),
                    "events": len(kept),
                    "core_width_deg": width,
                    "core_width_deg_err": error,
                }
            )
    return pd.DataFrame(
        rows,
        columns=[
            *("test_set", "method", "energy_keV", "sigma_um", "events"),
            *("core_width_deg", "core_width_deg_err"),
        ],
    )
