"""Cubes of 2^3 sites against dense strided and transposed convolutions."""

from dataclasses import replace

import pytest
import torch
from torch.nn import functional

from pipeline.sparse.grouping import cubes, gather_children, spread_to_children
from pipeline.sparse.tensor import SparseTensor, sparse_tensor


def random_events(grid: int, filling: float, channels: int) -> SparseTensor:
    """Three events, the middle one empty."""
    active = torch.rand(3, grid, grid, grid) < filling
    active[1] = False
    indices = active.nonzero()
    return sparse_tensor(indices, torch.randn(len(indices), channels), (grid,) * 3, 3)


@pytest.fixture(autouse=True)
def seed() -> None:
    torch.manual_seed(3)


def test_children_side_by_side_and_a_matrix_are_a_strided_convolution() -> None:
    x = random_events(8, 0.1, 4)
    x = x.with_features(x.features.double().requires_grad_())
    weight = torch.randn(5, 4, 2, 2, 2, dtype=torch.float64, requires_grad=True)
    group = cubes(x.sites)
    matrix = weight.permute(2, 3, 4, 1, 0).reshape(8 * 4, 5)
    sparse = SparseTensor(group.parents, gather_children(x.features, group) @ matrix).to_dense()
    dense = functional.conv3d(x.to_dense(), weight, stride=2)
    torch.testing.assert_close(sparse, dense)
    target = torch.randn_like(dense)
    found = torch.autograd.grad((sparse * target).sum(), [x.features, weight])
    expected = torch.autograd.grad((dense * target).sum(), [x.features, weight])
    torch.testing.assert_close(found, expected)


def test_a_matrix_and_each_childs_own_block_are_a_transposed_convolution() -> None:
    x = random_events(8, 0.1, 1)
    group = cubes(x.sites)
    above = torch.randn(len(group.parents), 4, dtype=torch.float64, requires_grad=True)
    weight = torch.randn(4, 5, 2, 2, 2, dtype=torch.float64, requires_grad=True)
    matrix = weight.permute(0, 2, 3, 4, 1).reshape(4, 8 * 5)
    children = spread_to_children(above @ matrix, group)
    dense = functional.conv_transpose3d(
        SparseTensor(group.parents, above).to_dense(), weight, stride=2
    )
    event, i, j, k = x.indices.long().unbind(1)
    expected = dense[event, :, i, j, k]
    torch.testing.assert_close(children, expected)
    target = torch.randn_like(expected)
    torch.testing.assert_close(
        torch.autograd.grad((children * target).sum(), [above, weight]),
        torch.autograd.grad((expected * target).sum(), [above, weight]),
    )


def test_parents_are_distinct_in_raster_order_and_on_half_the_grid() -> None:
    x = random_events(6, 0.3, 1)
    parents = cubes(x.sites).parents
    assert parents.spatial_shape == (3, 3, 3)
    keys = parents.keys()
    assert bool((keys[1:] > keys[:-1]).all())
    halved = x.indices.clone()
    halved[:, 1:] //= 2
    assert torch.equal(halved.unique(dim=0), parents.indices)


def test_compiled_and_plain_torch_numbering_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    x = random_events(10, 0.2, 1)
    compiled = cubes(x.sites)
    monkeypatch.setattr("pipeline.sparse.kernels.compiled", lambda _: False)
    plain = cubes(replace(x.sites, _made={}))
    assert torch.equal(plain.parents.indices, compiled.parents.indices)
    assert torch.equal(plain.place, compiled.place)


def test_no_sites_have_no_parents() -> None:
    empty = sparse_tensor(torch.zeros(0, 4, dtype=torch.int32), torch.zeros(0, 3), (4, 4, 4), 2)
    group = cubes(empty.sites)
    assert len(group.parents) == 0
    assert gather_children(empty.features, group).shape == (0, 24)


def test_odd_grids_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot be halved"):
        cubes(random_events(5, 0.1, 1).sites)
