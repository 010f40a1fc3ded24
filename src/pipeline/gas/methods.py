"""Names of the methods, in paths and in tables and figures."""

from collections.abc import Iterable

from pipeline.gas.published import (
    BEST_EXPECTED,
    NON_ML,
    NON_ML_TRUE,
    NON_ML_TUNED,
    NON_ML_TUNED_TRUE,
)
from pipeline.statistics.directional.config import PERFECT

BASELINES = {
    "non_ml": NON_ML,
    "non_ml_true": NON_ML_TRUE,
    "non_ml_tuned": NON_ML_TUNED,
    "non_ml_tuned_true": NON_ML_TUNED_TRUE,
    "best_expected": BEST_EXPECTED,
}


def methods(networks: Iterable[str]) -> dict[str, str]:
    """Display name of every network and baseline by its name in paths, in the order of all tables.

    Raises:
        ValueError: a network has the name of another method.
    """
    networks = list(networks)
    taken = {PERFECT, *BASELINES, *BASELINES.values()}.intersection(networks)
    if taken:
        raise ValueError(f"networks: '{taken.pop()}' is the name of another method; choose another")
    return {**{name: name for name in networks}, **BASELINES}
