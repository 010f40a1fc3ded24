"""Losses, one value per event: von Mises-Fisher likelihoods and cosine distance; positions."""

import math
from typing import Literal

import torch
from torch import Tensor

LossForm = Literal["exact", "paper"]

# ln(sinh k / k) = sum c_n k^2n: the expansion in Ghrear et al. 2024, section 3.3 (there with the
# sign of ln 4 pi slipped). Converges for k < pi.
_SERIES = (
    1 / 6,
    -1 / 180,
    1 / 2835,
    -1 / 37800,
    1 / 467775,
    -691 / 3831077250,
    2 / 127702575,
)
_EXACT_SERIES_BELOW = 0.5
_PAPER_SERIES_BELOW = 2.65


def vmf_log_norm(kappa: Tensor) -> Tensor:
    """ln(kappa / (4 pi sinh kappa)), the log density's normalisation, for kappa >= 0 of any size.

    Fisher 1953, Proc. R. Soc. A 217, 295. Value and gradient are finite everywhere, zero included.
    """
    return _shifted_log_norm(kappa) - kappa


def vmf_nll(
    direction_pred: Tensor, kappa: Tensor, direction_true: Tensor, form: LossForm = "exact"
) -> Tensor:
    """Negative log-likelihood [n] of true directions under a von Mises-Fisher distribution each.

    Directions [n, 3] are unit vectors, `kappa` [n] >= 0. `form` "exact" is the closed form; "paper"
    is eq. 6 of Ghrear et al. 2024, continuous in value but not in slope at kappa = 2.65.
    Raises ValueError for another form.
    """
    if form == "exact":
        shifted = _shifted_log_norm(kappa)
    elif form == "paper":
        shifted = _paper_shifted_log_norm(kappa)
    else:
        raise ValueError(f"unknown form {form!r} of the likelihood: choose 'exact' or 'paper'")
    # kappa cos = kappa - kappa (1 - cos), whose first part cancels in `shifted`: at large kappa
    # the difference of the two would lose all digits.
    return kappa * cosine_distance(direction_pred, direction_true) - shifted


def mean_cosine(kappa: Tensor) -> Tensor:
    """Mean cosine coth kappa - 1 / kappa to the mean direction, for kappa >= 0 of any size."""
    large = kappa.clamp(min=_EXACT_SERIES_BELOW)
    series = kappa / 3 - kappa**3 / 45 + 2 * kappa**5 / 945  # to 2e-6 below 0.5
    return torch.where(kappa < _EXACT_SERIES_BELOW, series, 1 / torch.tanh(large) - 1 / large)


def mixture_nll(
    direction_pred: Tensor,
    kappa: Tensor,
    logits: Tensor,
    direction_true: Tensor,
    form: LossForm = "exact",
) -> Tensor:
    """Negative log-likelihood [n] of true directions [n, 3] under a mixture each.

    Component k of K has the direction [n, K, 3], `kappa` [n, K] and the share of `logits` [n, K]
    under softmax. Raises ValueError for another form.
    """
    components = -vmf_nll(direction_pred, kappa, direction_true[:, None], form)
    return -torch.logsumexp(logits.log_softmax(1) + components, 1)


def gaussian_nll(position_pred: Tensor, log_error: Tensor, position_true: Tensor) -> Tensor:
    """Negative log-likelihood [n] of true positions [n, 3], without its constant.

    Gaussians of the same width on every axis, exp(`log_error`) [n] in the unit of the positions.
    """
    square = (position_pred - position_true).square().sum(1)
    return 3 * log_error + square * torch.exp(-2 * log_error) / 2


def cosine_distance(direction_pred: Tensor, direction_true: Tensor) -> Tensor:
    """1 - cos of the angle between unit vectors [n, 3], as half their squared distance [n].

    Keeps its digits at small angles; eq. 1 of Ghrear et al. 2024 for vectors of unit length.
    """
    return (direction_pred - direction_true).square().sum(-1) / 2


def _shifted_log_norm(kappa: Tensor) -> Tensor:
    """vmf_log_norm + kappa = ln kappa - ln 2 pi - ln(1 - exp(-2 kappa))."""
    # Close to zero the slopes of the two logarithms cancel: the series there. Both branches of
    # `where` must stay finite, or the gradient is not.
    large = kappa.clamp(min=_EXACT_SERIES_BELOW)
    closed = large.log() - math.log(2 * math.pi) - torch.log(-torch.expm1(-2 * large))
    return torch.where(kappa < _EXACT_SERIES_BELOW, _series(kappa, _EXACT_SERIES_BELOW), closed)


def _paper_shifted_log_norm(kappa: Tensor) -> Tensor:
    """Eq. 6 of Ghrear et al. 2024 + kappa: series below 2.65, ln(kappa / 2 pi) above."""
    asymptote = kappa.clamp(min=_PAPER_SERIES_BELOW).log() - math.log(2 * math.pi)
    return torch.where(kappa < _PAPER_SERIES_BELOW, _series(kappa, _PAPER_SERIES_BELOW), asymptote)


def _series(kappa: Tensor, below: float) -> Tensor:
    """kappa - ln 4 pi - ln(sinh kappa / kappa) from the series, constant above `below`."""
    kappa = kappa.clamp(max=below)
    square = kappa.square()
    total = torch.zeros_like(kappa)
    for coefficient in reversed(_SERIES):
        total = (total + coefficient) * square
    return kappa - math.log(4 * math.pi) - total
