"""Rows of sites pooled to rows of events, event by event against plain torch."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from pipeline.sparse import pooling
from pipeline.sparse.tensor import Sites, sparse_tensor


@pytest.fixture
def sites() -> Sites:
    """Events of three, no, one and two sites."""
    indices = torch.zeros(6, 4, dtype=torch.int32)
    indices[:, 0] = torch.tensor([0, 0, 0, 2, 3, 3])
    indices[:, 1] = torch.tensor([0, 1, 2, 0, 0, 1])
    return sparse_tensor(indices, torch.zeros(6, 1), (3, 3, 3), 4).sites


@pytest.mark.parametrize(
    ("pool", "plain"),
    [
        (pooling.total, lambda rows: rows.sum(0)),
        (pooling.mean, lambda rows: rows.mean(0)),
        (pooling.maximum, lambda rows: rows.amax(0)),
    ],
)
def test_pooling_is_done_event_by_event(
    sites: Sites, pool: Callable[..., Tensor], plain: Callable[[Tensor], Tensor]
) -> None:
    rows = -torch.rand(6, 2, dtype=torch.float64, requires_grad=True) - 1
    expected = torch.stack([plain(rows[:3]), torch.zeros(2), plain(rows[3:4]), plain(rows[4:])])
    torch.testing.assert_close(pool(rows, sites), expected)
    target = torch.randn(4, 2, dtype=torch.float64)
    torch.testing.assert_close(
        torch.autograd.grad((pool(rows, sites) * target).sum(), rows, retain_graph=True),
        torch.autograd.grad((expected * target).sum(), rows),
    )


def test_softmax_is_within_events_and_stable(sites: Sites) -> None:
    rows = (torch.randn(6, 2, dtype=torch.float64) * 1000).requires_grad_()
    found = pooling.softmax(rows, sites)
    expected = torch.cat([part.softmax(0) for part in (rows[:3], rows[3:4], rows[4:])])
    torch.testing.assert_close(found, expected)
    target = torch.randn(6, 2, dtype=torch.float64)
    torch.testing.assert_close(
        torch.autograd.grad((found * target).sum(), rows),
        torch.autograd.grad((expected * target).sum(), rows),
    )
