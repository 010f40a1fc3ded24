"""Slopes of charges in the diffusion: electrons that move, and what their cells would have then.

An electron shares itself between its cell and the nearest one along each axis, with the weights of
cloud-in-cell. Only the slopes of these weights are used.
"""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from pipeline.gas.config.response import Response
from pipeline.gas.response import cells, gain
from pipeline.gas.response.cells import Cells
from pipeline.gas.response.respond import Drifted, variances


def with_slope(value: Tensor, soft: Tensor) -> Tensor:
    """The value, with the slope of `soft`; unlike their difference, exact."""
    return value.detach() + (soft - soft.detach())


def places(
    drifted: Drifted,
    still: Drifted,
    offsets: np.ndarray,
    soft: Mapping[str, Tensor],
    cell_um: np.ndarray,
) -> Tensor:
    """Places [N, 3] of the electrons in units of cells, from the mean before diffusion."""
    squared, constant = variances(drifted.parameters)
    lengths = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    length_cm = torch.from_numpy(drifted.length_cm)
    axes = []
    for column, axis in ((0, "transverse"), (1, "longitudinal")):
        d = soft.get(f"diffusion.{axis}", torch.from_numpy(squared[lengths, column] ** 0.5))
        c = soft.get(
            f"diffusion.constant_{axis}", torch.from_numpy(constant[lengths, column] ** 0.5)
        )
        axes.append(torch.sqrt(d**2 * length_cm + c**2))
    sigma = torch.stack([axes[0], axes[0], axes[1]], dim=1)
    moved, start = torch.from_numpy(drifted.moved_um), torch.from_numpy(still.moved_um)
    normal = torch.nan_to_num((moved - start) / sigma.detach(), posinf=0.0, neginf=0.0)
    return with_slope(moved, normal * sigma) / torch.from_numpy(cell_um)


def shared(
    hits: Cells, place: Tensor, owner: np.ndarray
) -> tuple[Cells, np.ndarray, Tensor, Tensor]:
    """Share electrons at the places [N, 3] between their cells and the nearest along each axis.

    Returns the cells with those that no electron has reached; the rows of the given ones; and for
    each cell, with the value 0, the electrons that leave it (negative) and that reach it.
    """
    box, home = hits.box, torch.floor(place.detach())
    beside = place - home - 0.5
    inner = home.numpy().astype(np.int64)
    side = np.where(beside.detach().numpy() > 0, 1, -1)
    volume = box**3
    own = owner * volume + cells.flat_index(inner, box)
    near, share = [], []
    for axis, stride in enumerate((box * box, box, 1)):
        exists = (inner[:, axis] + side[:, axis] >= 0) & (inner[:, axis] + side[:, axis] < box)
        near.append((own + side[:, axis] * stride)[exists])
        share.append(beside[:, axis].abs()[torch.from_numpy(exists)])
    before = hits.each(np.arange(len(hits))) * volume + hits.index
    keys = np.unique(np.concatenate([before, *near]))
    rows = np.searchsorted(keys, before)
    electrons = np.zeros(len(keys))
    electrons[rows] = hits.charge
    limits = np.searchsorted(keys // volume, np.arange(len(hits) + 1))

    def change(at: np.ndarray, amount: Tensor) -> Tensor:
        index = torch.from_numpy(np.searchsorted(keys, at))
        total = amount.new_zeros(len(keys)).index_add(0, index, amount)
        return total - total.detach()

    left = change(own, -beside.abs().sum(dim=1))
    reached = change(np.concatenate(near), torch.cat(share))
    return Cells(keys % volume, electrons, limits, box), rows, left, reached


def alternatives(
    hits: Cells,
    charge: Tensor,
    left: Tensor,
    reached: Tensor,
    response: Response,
    rng: np.random.Generator,
) -> tuple[Tensor, Tensor, Tensor]:
    """Charges of the cells as they are, and with an electron more and less; see `Charges`.

    Returns the row of the cell, the charge and the presence of each; those of the cells as they
    are come first, in their order.
    """
    electrons, variance = hits.charge, response.gain.total_rms**2
    rows = np.arange(len(electrons))
    hit, several = np.flatnonzero(electrons), np.flatnonzero(electrons > 1)
    one = np.ones(len(rows))
    avalanche = gain.amplified(one, one * response.gain.total_rms, rng)
    # The share of one of n gamma-distributed numbers in their sum.
    n = electrons[several]
    share = rng.beta(1 / variance, (n - 1) / variance) if variance else 1 / n
    which = torch.from_numpy(np.concatenate([hit, rows, several]))
    fixed = charge.detach()
    more, fewer = fixed + torch.from_numpy(avalanche), fixed[several] * torch.from_numpy(1 - share)
    charges = torch.cat([charge[hit], more, fewer])
    presence = torch.cat([1 + (left - reached)[hit], reached, -left[several]])
    return which, charges, presence
