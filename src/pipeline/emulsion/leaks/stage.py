"""The table of the checks for leaks."""

import logging
from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.core.seeds import generator
from pipeline.core.tables import Inputs, Params
from pipeline.emulsion.config.analysis import Leaks, Transfer
from pipeline.emulsion.leaks.checks import (
    BORDER,
    BRIGHTNESS,
    SHUFFLED,
    Check,
    checks_table,
    depth_checks,
    matched_check,
    separation,
    transfer,
)
from pipeline.emulsion.networks.prediction import read_predictions, rows_of

Array = NDArray[np.float64]

logger = logging.getLogger(__name__)


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Table "leaks", and "transfer" if there is a sample of a beam.

    Predictions: of the same test samples by the networks that see only the `border` or the
    `brightness` and by the `network` itself; `shuffled` of the validation clusters of a network
    with random labels. "transfer" has the `others` too, without a check: some are trained on beams.
    """
    settings = Leaks.model_validate(params["leaks"])
    rng = generator(params["seed"], "emulsion", "leaks")
    names = ("border", "brightness", "network")
    border, brightness, network = (read_predictions(inputs[name]) for name in names)
    checks = [
        *sample_checks(border, brightness, network, settings, rng),
        shuffled_check(read_predictions(inputs["shuffled"]), settings),
    ]
    tables = {}
    if settings.transfer:
        tables["transfer"], direction = _transfer_of_all(
            [network, *(read_predictions([path]) for path in inputs["others"])],
            params["networks"],
            settings.transfer,
            settings.errors,
        )
        checks.append(direction)
    for check in checks:
        if check.leak:
            pair = " and ".join(name for name in (check.signal, check.background) if name)
            logger.warning("%s of %s: %s", check.check, pair, check.finding)
    return {"leaks": checks_table(checks), **tables}


def _transfer_of_all(
    predictions: Sequence[pd.DataFrame], networks: Sequence[str], settings: Transfer, errors: float
) -> tuple[pd.DataFrame, Check]:
    """Table of all networks, and the check of the first one."""
    samples = settings.beam, settings.isotropic
    tables, checks = [], []
    for name, clusters in zip(networks, predictions, strict=True):
        beam, isotropic = (rows_of(clusters, sample) for sample in samples)
        check, table = transfer(beam, isotropic, settings, errors)
        table.insert(0, "network", name)
        tables.append(table)
        checks.append(check)
    return pd.concat(tables, ignore_index=True), checks[0]


def sample_checks(
    border: pd.DataFrame,
    brightness: pd.DataFrame,
    network: pd.DataFrame,
    settings: Leaks,
    rng: np.random.Generator,
) -> Iterator[Check]:
    """Checks of each signal sample with each background sample.

    From predictions of the same clusters by networks that see the border, the brightness and all.
    """
    label = network.groupby("sample", sort=False)["label"].first()
    of_border, of_brightness, of_network = (
        {name: rows_of(table, name)["logit"].to_numpy(np.float64) for name in label.index}
        for table in (border, brightness, network)
    )
    focus = {name: rows_of(network, name)["focus_nm"].to_numpy(np.float64) for name in label.index}
    for signal, background in product(label.index[label == 1], label.index[label == 0]):
        names = (str(signal), str(background))
        yield separation(BORDER, *_both(of_border, names), names, settings)
        yield from depth_checks(*_both(focus, names), names, settings)
        yield separation(BRIGHTNESS, *_both(of_brightness, names), names, settings)
        scores, values = _both(of_network, names), _both(of_brightness, names)
        yield matched_check(scores, values, names, settings, rng)


def shuffled_check(clusters: pd.DataFrame, settings: Leaks) -> Check:
    """Whether random labels are told apart, from predictions of validation clusters."""
    signal, background = (
        clusters.loc[clusters["label"] == label, "logit"].to_numpy(np.float64) for label in (1, 0)
    )
    return separation(SHUFFLED, signal, background, ("all", "all"), settings)


def _both(values: dict[str, Array], names: tuple[str, str]) -> tuple[Array, Array]:
    return values[names[0]], values[names[1]]
