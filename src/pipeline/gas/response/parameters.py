"""Parameters of the response of every event: fixed, or drawn from the ranges of `vary`."""

from collections.abc import Mapping

import numpy as np

from pipeline.gas.config.response import PARAMETERS, Response


def event_parameters(
    response: Response, n: int, rng: np.random.Generator, vary: bool
) -> Mapping[str, np.ndarray]:
    """`drift_cm` and all of `PARAMETERS` by name, float64 [n] each.

    The drift length is uniform in its range for every event; the others are as in the config, or
    uniform in the ranges of `vary` if `vary` is true.
    """
    values = {"drift_cm": rng.uniform(response.drift_cm.low, response.drift_cm.high, n)}
    for name in PARAMETERS:
        values[name] = np.full(n, response.value(name))
    if vary:
        # In the order of PARAMETERS: the order of the config's keys changes no number.
        for name in sorted(response.vary, key=PARAMETERS.index):
            values[name] = rng.uniform(*response.vary[name], n)
    return values
