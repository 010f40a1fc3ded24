"""Sparse tensors: row order, refusals, dense form, rulebooks shared between features."""

import pytest
import torch

from pipeline.sparse.layers import SubMConv3d
from pipeline.sparse.tensor import sparse_tensor

INDICES = torch.tensor([[1, 2, 0, 1], [0, 3, 1, 2], [0, 0, 4, 2], [1, 0, 0, 0]])
FEATURES = torch.tensor([[1.0], [2.0], [3.0], [4.0]])
SHAPE = (4, 5, 3)


def test_rows_are_put_in_raster_order_with_their_features() -> None:
    x = sparse_tensor(INDICES, FEATURES, SHAPE, 3)
    assert x.indices.tolist() == [[0, 0, 4, 2], [0, 3, 1, 2], [1, 0, 0, 0], [1, 2, 0, 1]]
    assert x.features.flatten().tolist() == [3, 2, 4, 1]
    assert x.indices.dtype == torch.int32


def test_indices_are_stored_row_by_row() -> None:
    """spconv reads memory as if they were; nonzero() returns them column by column."""
    indices = torch.ones(2, *SHAPE).nonzero()
    assert not indices.is_contiguous()
    assert sparse_tensor(indices, torch.ones(len(indices), 1), SHAPE, 2).indices.is_contiguous()


def test_dense_form_has_each_feature_at_its_voxel_and_zero_elsewhere() -> None:
    dense = sparse_tensor(INDICES, FEATURES, SHAPE, 3).to_dense()
    assert dense.shape == (3, 1, *SHAPE)
    assert [float(dense[e, 0, i, j, k]) for e, i, j, k in INDICES.tolist()] == [1, 2, 3, 4]
    assert dense.count_nonzero() == 4


def test_neighbours_across_rows_planes_and_events_are_not_neighbours() -> None:
    """The last voxel of a row, a plane and an event, each followed by the first of the next."""
    indices = torch.tensor([[0, 0, 0, 2], [0, 0, 1, 0], [0, 1, 4, 2], [0, 2, 0, 0], [0, 3, 4, 2]])
    indices = torch.cat([indices, torch.tensor([[1, 0, 0, 0]])])
    x = sparse_tensor(indices, torch.ones(6, 1), SHAPE, 2)
    layer = SubMConv3d(1, 1, 3)
    torch.nn.init.ones_(layer.weight)
    torch.nn.init.zeros_(layer.bias)
    assert layer(x).features.flatten().tolist() == [1] * 6


@pytest.mark.parametrize(
    ("indices", "features", "complaint"),
    [
        (INDICES[[0, 1, 0, 2]], FEATURES, r"1 duplicate sites, .* = \(1, 2, 0, 1\)"),
        (INDICES + torch.tensor([2, 0, 0, 0]), FEATURES, "event runs from 2 to 3, expected 0 to 2"),
        (INDICES + torch.tensor([0, 0, 1, 0]), FEATURES, "j runs from 1 to 5, expected 0 to 4"),
        (INDICES - torch.tensor([0, 0, 0, 1]), FEATURES, "k runs from -1 to 1"),
        (INDICES[:, :3], FEATURES, r"must be integers \[n_sites, 4\]"),
        (INDICES.float(), FEATURES, "must be integers"),
        (INDICES, FEATURES[:3], "n_sites = 4"),
    ],
)
def test_wrong_input_is_refused(
    indices: torch.Tensor, features: torch.Tensor, complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        sparse_tensor(indices, features, SHAPE, 3)


def test_what_depends_on_the_sites_is_made_once_for_all_features_on_them() -> None:
    x = sparse_tensor(INDICES, FEATURES, SHAPE, 3)
    made = []
    for tensor in (x, x.with_features(FEATURES * 2), x):
        tensor.sites.once("key", lambda: made.append(1))
    assert made == [1]
