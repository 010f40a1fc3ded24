"""Temperature of the densities of a network or an ensemble, from events not learnt from.

Temperature scaling, Guo et al. 2017 (arXiv:1706.04599), for the von Mises-Fisher distribution: its
natural parameter kappa mu is divided by a temperature, so kappa is multiplied by a factor. So are
the logits of a mixture's shares, which are raised to a power by it: the shares of its antipode are
too small in a network that is too sure of the sense. The components' directions do not change.

The factor has a power of the event's electrons, for the energy, and one of its occupied voxels, for
the smearing. A kappa that is right on average alone costs a training next to nothing (half the
square of the relative error: 0.007 of the log-likelihood for 12 %), so that networks learn its
dependence on the energy last. The power of the event's predicted kappa widens or narrows the spread
of kappas of events of one size: a network may be too sure where it is sure and not elsewhere.

The sense has a calibration of its own: the odds of a mixture's components that point away from its
mean direction are multiplied by a factor with powers of electrons and voxels. Without it networks
are too unsure of the sense of short, broad tracks, and no factor on kappa mends that.

The error of a predicted start has a factor too. A network with batch normalisation in its dense
layers sees the noise of its batch in training only, and learns an error several times too large.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from pipeline.gas.config.card import CARD, Temperature, read_card
from pipeline.gas.config.networks import DirectionNetwork
from pipeline.physics.event_columns import TRUE_START
from pipeline.statistics.directional.density import Array, Density
from pipeline.statistics.directional.predictions import (
    SIZES,
    START,
    TRUE,
    density_of,
    with_density,
)
from pipeline.statistics.means import root_mean_with_error

logger = logging.getLogger(__name__)

# Standard deviation of the prior of the exponents, of the power of the shares less 1 and of the
# logarithm of the factor on the odds. It keeps exponents at 0 that the events cannot tell, such as
# those of events of one size.
EXPONENT_SPREAD = 3.0
# What is fitted, in the order of `_corrected`: logarithms of the factors, exponents, and the power
# less 1; the bounds, and the step of the slopes. One component has the first four alone.
FITTED = (
    *("kappa_factor", "electrons_exponent", "voxels_exponent", "kappa_exponent", "share_power"),
    *("opposite_factor", "opposite_electrons_exponent", "opposite_voxels_exponent"),
)
OF_ONE_COMPONENT = 4
FACTORS, POWER = [0, 5], 4
LOWER = (-10.0, -10.0, -10.0, -0.99, -0.99, -10.0, -10.0, -10.0)
UPPER = (10.0,) * len(FITTED)
STEP = 1e-3
# Densities of a smaller kappa are isotropic within 1 %; their factor is that of this one.
LEAST_KAPPA = 0.01

START_ERR = START[3]

# Enough for an error of 1 %; more would only take time.
EVENTS = 20_000


@dataclass(frozen=True)
class Fit:
    """A temperature and its effect on the events that it was fitted to."""

    temperature: Temperature
    nll_before: float  # mean negative log-likelihood per event, without it
    nll_after: float  # the same with it
    events: int


def unseen_share(network: DirectionNetwork, validation_fraction: float, stored: int) -> float:
    """Share of the stored events of a training set that a network has not learnt from.

    That of the validation events; of one that learns from a stream all, `EVENTS` at most.
    """
    if network.training_events != "stream":
        return validation_fraction
    return max(validation_fraction, min(1.0, EVENTS / stored))


def fit_temperature(predictions: pd.DataFrame) -> Fit:
    """Fit the temperature of greatest likelihood of the true directions.

    That of the starts, where the predictions have starts and the true ones (`TRUE_START`), is the
    rms of their pulls.
    All components of a density have the same factor on kappa. Errors are those of a likelihood
    that need not be the right one (White 1982, Econometrica 50 1): H^-1 G H^-1 of its curvature H
    and the scatter G of the events' slopes.

    Raises:
        ValueError: there are no events, or some have no density.
    """
    density = density_of(predictions)
    truth = predictions[TRUE].to_numpy("float64")[:, None]
    sizes = _log_sizes(predictions)
    middle = sizes.mean(axis=0)
    mixture = density.components > 1

    def log_density(x: Array) -> Array:
        return _corrected(density, sizes - middle, x).log_density(truth)[:, 0]

    parameters = len(FITTED) if mixture else OF_ONE_COMPONENT
    found = _greatest(log_density, parameters, len(sizes))
    # One component: 0 for the parameters that only a mixture has.
    best, errors = (np.pad(x, (0, len(FITTED) - parameters)) for x in found)
    values = best.copy()
    values[FACTORS] = np.exp(best[FACTORS])
    values[POWER] += 1
    errors[FACTORS] *= values[FACTORS]
    start_factor, start_factor_err = _start_error_factor(predictions)
    fit = Fit(
        Temperature(
            **dict(zip(FITTED, values, strict=True)),
            **dict(zip((f"{name}_err" for name in FITTED), errors, strict=True)),
            electrons=np.exp(middle[0]),
            voxels=np.exp(middle[1]),
            kappa=np.exp(middle[2]),
            start_error_factor=start_factor,
            start_error_factor_err=start_factor_err,
        ),
        -float(log_density(np.zeros_like(best)).mean()),
        -float(log_density(best).mean()),
        len(predictions),
    )
    logger.info(
        "from %s events: mean NLL %.4f -> %.4f with %s",
        *(f"{fit.events:,}", fit.nll_before, fit.nll_after, fit.temperature),
    )
    return fit


def tempered(predictions: pd.DataFrame, temperature: Temperature) -> pd.DataFrame:
    """The predictions with the temperature in their densities."""
    t = temperature
    sizes = _log_sizes(predictions) - np.log([t.electrons, t.voxels, t.kappa])
    parameters = np.array([getattr(t, name) for name in FITTED])
    parameters[FACTORS] = np.log(parameters[FACTORS])
    parameters[POWER] -= 1
    table = with_density(predictions, _corrected(density_of(predictions), sizes, parameters))
    error_um = table[START_ERR].to_numpy() * np.float32(t.start_error_factor)
    return table.assign(**{START_ERR: error_um})


def temperature_table(fit: Fit) -> pd.DataFrame:
    """A fitted temperature as a table of one row."""
    fitted = {key: value for key, value in vars(fit).items() if key != "temperature"}
    return pd.DataFrame([{**fit.temperature.plain(), **fitted}])


def read_temperature(path: str | Path) -> Temperature:
    """The temperature of a `temperature_table`, or that of the card of a network folder.

    Raises:
        ValueError: the card has none; see also `read_card`.
    """
    path = Path(path)
    if path.name != CARD:
        row = pd.read_csv(path).iloc[0]
        # Tables from before the power of kappa lack it, like cards.
        known = [key for key in Temperature.model_fields if key in row]
        return Temperature.model_validate({key: row[key] for key in known})
    temperature = read_card(path.parent).temperature
    if temperature is None:
        raise ValueError(f"{path}: no temperature; set temperature: false")
    return temperature


def _start_error_factor(predictions: pd.DataFrame) -> tuple[float, float]:
    """Factor on the errors of the predicted starts of greatest Gaussian likelihood, and its error.

    1 and 0 where a start is not predicted or the true one is not known.
    """
    known = predictions.reindex(columns=[*START, *TRUE_START]).dropna().to_numpy(np.float64)
    if not len(known):
        return 1.0, 0.0
    pull = (known[:, :3] - known[:, 4:]) / known[:, 3:4]
    return root_mean_with_error(np.square(pull).mean(axis=1))


def _log_sizes(predictions: pd.DataFrame) -> Array:
    """Logarithms [n, 3] of electrons, occupied voxels and predicted kappa of each event."""
    sizes = predictions[[*SIZES, "kappa"]].to_numpy("float64")
    sizes[:, 2] = np.maximum(sizes[:, 2], LEAST_KAPPA)
    return np.asarray(np.log(sizes))


def _corrected(density: Density, sizes: Array, parameters: Array) -> Density:
    """Densities of n events of logarithmic sizes [n, 3] from the mean one.

    Parameters: the logarithm of the factor on kappa and its three exponents; of a mixture also the
    power of the shares less 1, and the logarithm of the factor on the odds and its two exponents.
    """
    factor = np.exp(parameters[0] + sizes @ parameters[1:4])
    if density.components == 1:
        return density.scaled(factor)
    # The odds first: which components are opposite must not depend on parameters of the fit.
    odds = np.exp(parameters[5] + sizes[:, :2] @ parameters[6:8])
    return density.with_opposite(odds).powered(1 + parameters[4]).scaled(factor)


def _greatest(
    log_density: Callable[[Array], Array], parameters: int, events: int
) -> tuple[Array, Array]:
    """Parameters of the greatest mean of a function's values for `events`, and their errors.

    The first is free, the others have a prior of 0 +- `EXPONENT_SPREAD`.
    """
    shifts = STEP * np.eye(parameters)
    prior = np.array([0.0, *[EXPONENT_SPREAD**-2] * (parameters - 1)])

    def slopes(x: Array) -> Array:
        pairs = [log_density(x + shift) - log_density(x - shift) for shift in shifts]
        return np.stack(pairs, axis=1) / (2 * STEP)

    def loss(x: Array) -> tuple[float, Array]:
        value = -log_density(x).mean() + x @ (prior * x) / (2 * events)
        return value, -slopes(x).mean(axis=0) + prior * x / events

    start, bounds = np.zeros(parameters), list(zip(LOWER, UPPER, strict=True))[:parameters]
    best: Array = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    rise = [slopes(best - s).mean(axis=0) - slopes(best + s).mean(axis=0) for s in shifts]
    curvature = events * np.stack(rise) / (2 * STEP) + np.diag(prior)
    inverse = np.linalg.pinv(curvature)
    own = slopes(best)
    scatter = own.T @ own + np.diag(prior)
    return best, np.sqrt(np.diag(inverse @ scatter @ inverse))
