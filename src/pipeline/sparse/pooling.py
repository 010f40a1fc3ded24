"""Pooling of the sites of each event to one row per event: totals, means, maxima, softmax.

`rows` are [n_sites, channels]; an event without sites gets zeros.
"""

import torch
from torch import Tensor

from pipeline.sparse.tensor import Sites


def event_of(sites: Sites) -> Tensor:
    """int64 [n_sites]: the event of each site, an index into rows of events."""
    return sites.once("event", lambda: sites.indices[:, 0].long())


def total(rows: Tensor, sites: Sites) -> Tensor:
    """Sum [batch, channels] over the sites of each event."""
    return rows.new_zeros(sites.batch_size, rows.shape[1]).index_add(0, event_of(sites), rows)


def mean(rows: Tensor, sites: Sites) -> Tensor:
    """Mean [batch, channels] over the sites of each event."""
    count = torch.bincount(event_of(sites), minlength=sites.batch_size).clamp(min=1)
    return total(rows, sites) / count[:, None]


def maximum(rows: Tensor, sites: Sites) -> Tensor:
    """Maximum [batch, channels] over the sites of each event; equal maxima share the gradient."""
    event = event_of(sites)[:, None].expand_as(rows)
    zeros = rows.new_zeros(sites.batch_size, rows.shape[1])
    return zeros.scatter_reduce(0, event, rows, "amax", include_self=False)


def softmax(rows: Tensor, sites: Sites) -> Tensor:
    """exp(rows) over its sum in the event, [n_sites, channels]."""
    event = event_of(sites)
    with torch.no_grad():
        highest = maximum(rows, sites)  # cancels out; keeps exp within range
    weights = (rows - highest[event]).exp()
    return weights / total(weights, sites)[event]
