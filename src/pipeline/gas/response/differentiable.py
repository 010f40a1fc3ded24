"""The readout response with gradients: values of the simulator, slopes of soft weights.

All numbers are drawn by the simulator itself (`respond`), so the values are equal to its values for
an equal generator. What has no slope there, or none that helps, gets one:

- an electron that moves shares itself between its cell and the nearest one along each axis, with
  the weights of cloud-in-cell; the cell that it reaches gains one avalanche, drawn for the purpose,
  and its own loses its share of the charge, or its presence if it was the only electron;
- a gamma-distributed avalanche moves with its variance at fixed probability (implicit
  reparametrisation, arXiv 1805.08498);
- a threshold is a step in the value and an error function in the slope;
- digitisation has the slope 1.

Attachment and the integration along the drift have no slope. Noise hits are left out.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from scipy import special, stats
from torch import Tensor

from pipeline.gas.config.response import Response
from pipeline.gas.config.voxels import Grid
from pipeline.gas.response import cells, gain, readout
from pipeline.gas.response.cells import Cells
from pipeline.gas.response.respond import BOX_GRIDS, LEAST_CHARGE, drift_electrons
from pipeline.gas.response.soft_diffusion import alternatives, places, shared, with_slope
from pipeline.gas.tracks.table import Electrons

DIFFUSION = tuple(
    f"diffusion.{name}"
    for name in ("transverse", "longitudinal", "constant_transverse", "constant_longitudinal")
)
# Parameters with slopes.
DIFFERENTIABLE = (*DIFFUSION, "gain.relative_rms", "gain.saturation", "threshold.electrons")

# Width of the error function, relative to the threshold.
SOFTNESS = 0.05


@dataclass(frozen=True)
class Charges:
    """Charges of cells before the threshold, of n events in boxes of `box` cells along each edge.

    M charges, of which several may be alternatives of one cell: those that it would have with an
    electron more or less. They have the presence 0, and a slope.
    """

    owner: Tensor  # int64 [M], event
    index: Tensor  # int64 [M], cell, as in `Cells`
    charge: Tensor  # float64 [M]
    presence: Tensor  # float64 [M], 1 or 0
    threshold: Tensor  # float64 [M]
    response: Response
    n: int
    box: int

    def take(self, rows: Tensor) -> "Charges":
        """Some of the charges, in the order of `rows` int64 [K]."""
        names = ("owner", "index", "charge", "presence", "threshold")
        return replace(self, **{name: getattr(self, name)[rows] for name in names})


@dataclass(frozen=True)
class Reported:
    """What the cells of `Charges` report: a charge with the weight 1, or 0 if they report none."""

    owner: Tensor  # int64 [M]
    index: Tensor  # int64 [M]
    charge: Tensor  # float64 [M]
    weight: Tensor  # float64 [M]
    n: int


def soft_charges(
    electrons: Electrons,
    response: Response,
    grid: Grid,
    rng: np.random.Generator,
    rotation: np.ndarray | None = None,
    parameters: Mapping[str, Tensor] | None = None,
) -> Charges:
    """Charges of n events with slopes in `parameters`, scalars by their dotted names.

    See `respond` for the arguments.

    Raises:
        ValueError: a parameter has no slope, or the response has noise hits, a map of gains, a
            spread of avalanches, windows that a threshold opens, or integration together with
            parameters of the diffusion.
    """
    soft = dict(parameters or {})
    _check(response, soft)
    response = response.replaced({name: float(value.detach()) for name, value in soft.items()})
    twin = copy.deepcopy(rng)
    drifted, offsets = drift_electrons(electrons, response, rng, rotation), electrons.offsets
    values, streams = drifted.parameters, drifted.streams
    phase = streams["place"].random((len(offsets) - 1, 3))
    cell_um, box = np.array(grid.cell_um), BOX_GRIDS * grid.bins
    hits, inside = cells.counted(drifted.moved_um, drifted.arrived, offsets, phase, cell_um, box)
    spare = streams["avalanche"].spawn(1)[0]
    drawn = gain.amplified(
        hits.charge, hits.each(values["gain.relative_rms"]), streams["avalanche"]
    )
    factors = torch.from_numpy(
        gain.pixel_factors(hits, values["gain.pixel_spread"], streams["pixels"])
    )
    charge = _fluctuating(drawn, hits.charge, soft, response)
    which, presence = torch.arange(len(charge)), torch.ones_like(charge)
    if soft.keys() & set(DIFFUSION):
        without = response.replaced(dict.fromkeys(DIFFUSION, 0.0))
        still = drift_electrons(electrons, without, twin, rotation)
        place = places(drifted, still, offsets, soft, cell_um)
        place = place + torch.from_numpy(np.repeat(phase + box // 2, np.diff(offsets), axis=0))
        used = drifted.arrived & np.repeat(inside, np.diff(offsets))
        owner = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))[used]
        hits, rows, left, reached = shared(hits, place[used], owner)
        charge, factors = _at(rows, charge, 0.0, left), _at(rows, factors, 1.0, left)
        which, charge, presence = alternatives(hits, charge, left, reached, response, spare)
    charge = charge / (1 + soft.get("gain.saturation", response.gain.saturation) * charge)
    hits, charge = _integrated(hits, charge * factors[which], response, grid)
    if len(charge) < len(which):
        which, presence = torch.arange(len(charge)), torch.ones_like(charge)
    hit = hits.charge > 0
    least = np.full(len(hit), response.threshold.electrons)
    least[hit] = readout.thresholds(
        least[hit], np.full(int(hit.sum()), response.threshold.rms), streams["threshold"]
    )
    threshold = torch.from_numpy(least)[which]
    if "threshold.electrons" in soft:
        threshold = with_slope(threshold, soft["threshold.electrons"])
    owner = torch.from_numpy(hits.each(np.arange(len(hits))))[which]
    index = torch.from_numpy(hits.index)[which]
    return Charges(owner, index, charge, presence, threshold, response, len(hits), hits.box)


def report(charges: Charges, gains: Tensor | None = None) -> Reported:
    """What is measured of the charges; `gains` [M] are those of the cells' pixels."""
    charge, threshold = charges.charge, charges.threshold
    if gains is not None:
        charge = charge * gains
    seen = (charge >= threshold.clamp(min=float(LEAST_CHARGE))).to(charge)
    if width := SOFTNESS * charges.response.threshold.electrons:
        seen = with_slope(seen, torch.special.ndtr((charge - threshold) / width))
    bits, step = charges.response.charge_bits, charges.response.charge_step
    if bits and step:
        digits = readout.digitised(charge.detach().numpy(), bits, step)
        charge = with_slope(torch.from_numpy(digits), charge)
    weight = charges.presence * seen
    return Reported(charges.owner, charges.index, charge, weight, charges.n)


def soft_summaries(reported: Reported) -> dict[str, Tensor]:
    """Some of the `moments.SUMMARIES` of the n events, float64 [n] each; NaN without cells."""
    weight, ln = reported.weight, torch.log1p(reported.charge)

    def summed(values: Tensor) -> Tensor:
        return values.new_zeros(reported.n).index_add(0, reported.owner, values)

    voxels, logs = summed(weight), summed(weight * ln)
    mean = logs / voxels
    return {
        "ln_voxels": voxels.log(),
        "ln_charge": summed(weight * reported.charge).log(),
        "mean_ln_charge": mean,
        "variance_ln_charge": summed(weight * ln**2) / voxels - mean**2,
    }


def _check(response: Response, soft: Mapping[str, Tensor]) -> None:
    unknown = [name for name in soft if name not in DIFFERENTIABLE]
    if unknown:
        raise ValueError(
            f"{unknown[0]} has no slope in the response; those with one: "
            f"{', '.join(DIFFERENTIABLE)}"
        )
    if response.noise_hits:
        raise ValueError("noise_hits: the response with slopes has no noise hits; leave them out")
    if response.gain.map:
        raise ValueError("gain.map: the response with slopes has no map of gains; leave it out")
    if any(response.spread_um):
        raise ValueError("gain.spread_um: the response with slopes has no spread; leave it out")
    if response.integrate_from != "first":
        raise ValueError("integrate_from: in the response with slopes, 'first' is the only one")
    if response.integrate_mm and soft.keys() & set(DIFFUSION):
        raise ValueError("integrate_mm: charge that is integrated has no slope in the diffusion")


def _at(rows: np.ndarray, values: Tensor, other: float, like: Tensor) -> Tensor:
    """The values at some rows of a tensor like another, and `other` elsewhere."""
    return torch.full_like(like, other).index_put((torch.from_numpy(rows),), values)


def _fluctuating(
    drawn: np.ndarray, electrons: np.ndarray, soft: Mapping[str, Tensor], response: Response
) -> Tensor:
    """The avalanches with their slope in the variance v: q = v x, x gamma-distributed, n / v."""
    charge = torch.from_numpy(drawn)
    variance = response.gain.total_rms**2
    if "gain.relative_rms" not in soft or not variance:
        return charge
    shape, x = electrons / variance, drawn / variance
    step = 1e-4 * shape
    rise = special.gammainc(shape + step, x) - special.gammainc(shape - step, x)
    density = stats.gamma.pdf(x, shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        moved = np.where(density > 0, -rise / (2 * step) / density, 0.0)
    slope = torch.from_numpy(x - electrons / variance * moved)
    return with_slope(charge, slope * soft["gain.relative_rms"] ** 2)


def _integrated(
    hits: Cells, charge: Tensor, response: Response, grid: Grid
) -> tuple[Cells, Tensor]:
    """The cells of `readout.integrated` or `readout.flattened`, with the charges summed."""
    given = hits.with_charge(charge.detach().numpy())
    if response.integrate_mm == "all":
        layer = cells.central_layer(hits.box)
        given = Cells(
            hits.index // hits.box * hits.box + layer, given.charge, hits.offsets, hits.box
        )
        summed = readout.integrated(given, window=1)
    elif (window := round(response.integrate_mm * 1e3 / grid.cell_um[2])) > 1:
        summed = readout.integrated(given, window)
    else:
        return hits, charge
    volume = hits.box**3
    keys, members = (c.each(np.arange(len(c))) * volume + c.index for c in (summed, given))
    group = torch.from_numpy(np.searchsorted(keys, members, side="right") - 1)
    return summed, charge.new_zeros(len(keys)).index_add(0, group, charge)
