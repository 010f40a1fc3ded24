"""What a study has found of a hidden truth, in units of its errors."""

import numpy as np
import pandas as pd

from pipeline.physics.solar_neutrinos import recoil_angles
from pipeline.statistics.directional.predictions import cosines
from pipeline.statistics.means import mean_with_error

FRACTION = "solar fraction"
# Errors within which a study must find the fraction, and each parameter.
LARGEST_PULL = {FRACTION: 2.0}
LARGEST_PARAMETER_PULL = 3.0


def solar_fraction(
    observed: pd.Series, simulated: pd.DataFrame, energy_keV: float
) -> tuple[float, float]:
    """Share of solar recoils, and its error, from the mean cosine of the measured directions.

    The mean cosine to the direction away from the Sun is the share times that of solar recoils
    times that of the method, above that of the background: a detector that prefers a direction
    gives the background a mean cosine too, that of scrambled times. In a run of whole days and
    seasons the scrambled times hold no signal. `observed` is the row of the unweighted test in
    `observed_p.csv`;
    `simulated` are predictions of the same method for events behind the fitted response.
    """
    cosine = cosines(simulated)
    mean, error = mean_with_error(cosine[np.isfinite(cosine)])
    scale = recoil_angles(energy_keV).mean_cosine * mean
    share = (observed["statistic"] - observed["background"]) / scale
    return share, float(np.hypot(observed["statistic_err"] / scale, share * error / mean))


def verdict(
    hidden: dict[str, float],
    fit: pd.DataFrame,
    fraction: tuple[float, float],
    seed: int,
    p_value: float,
) -> pd.DataFrame:
    """A row for each hidden number of a set of hits: of a `seed`, with this p-value."""
    found = {
        **dict(
            zip(fit["parameter"], zip(fit["value"], fit["value_err"], strict=True), strict=True)
        ),
        FRACTION: fraction,
    }
    rows = []
    for name, value in hidden.items():
        estimate, error = found[name]
        pull = (estimate - value) / error
        passed = abs(pull) <= LARGEST_PULL.get(name, LARGEST_PARAMETER_PULL)
        rows.append([name, value, estimate, error, pull, passed])
    table = pd.DataFrame(
        rows, columns=["quantity", "hidden", "found", "found_err", "pull", "passed"]
    )
    return table.assign(seed=seed, p_value=p_value)
