"""Every layer against torch's dense one in float64: values, active sites and all gradients."""

from collections.abc import Callable

import helpers.dense_reference as dense
import pytest
import torch
from torch import Tensor, nn

from pipeline.sparse import kernels, rulebook
from pipeline.sparse.layers import (
    OnFeatures,
    SiteNorm,
    SparseConv3d,
    SparseMaxPool3d,
    SubMConv3d,
    fix_moments,
)
from pipeline.sparse.tensor import SparseTensor

SHAPE = (13, 11, 12)
INPUTS = {
    "random sites and an empty event": dense.random_sites(0, SHAPE, 4, 0.1, 3),
    "crowded": dense.random_sites(1, SHAPE, 3, 0.7, 3),
    "batch of one": dense.random_sites(2, SHAPE, 1, 0.05, 3),
    "grid edges": dense.at_corners(SHAPE, 3),
    "one voxel": dense.one_voxel(SHAPE, 3),
    "no voxel": dense.nothing(SHAPE, 3),
}
every_input = pytest.mark.parametrize("x", INPUTS.values(), ids=INPUTS.keys())


def assert_equal_with_gradients(
    x: SparseTensor,
    layer: nn.Module,
    reference: Callable[..., Tensor],
    *arguments: int,
    tolerance: float = 1e-10,
) -> SparseTensor:
    """Compare values and the gradients of a random projection in features and parameters."""
    features = x.features.clone().requires_grad_()
    x = x.to("cpu").with_features(features)  # a copy, without the rulebooks of earlier tests
    parameters = list(layer.parameters())
    result = layer(x)
    ours, theirs = result.to_dense(), reference(x, *parameters, *arguments)
    torch.testing.assert_close(ours, theirs.to(ours.dtype), rtol=0, atol=tolerance)
    projection = torch.randn(theirs.shape, generator=torch.Generator().manual_seed(1)).to(ours)
    wanted = [features, *parameters]
    mine = torch.autograd.grad((ours * projection).sum(), wanted)
    dense_ones = torch.autograd.grad((theirs * projection).sum(), wanted)
    for a, b in zip(mine, dense_ones, strict=True):
        torch.testing.assert_close(a, b, rtol=tolerance, atol=tolerance)
    return result


@pytest.fixture(params=["compiled", "plain torch"])
def code(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The code for the CPU, and the one for other devices run on the CPU."""
    if request.param == "plain torch":
        monkeypatch.setattr(kernels, "compiled", lambda tensor: False)


@pytest.mark.usefixtures("code")
@every_input
@pytest.mark.parametrize("kernel", [1, 3, 5, 7])
def test_submanifold_convolution_equals_the_dense_one_at_active_sites(
    x: SparseTensor, kernel: int
) -> None:
    layer = SubMConv3d(3, 4, kernel, "torch").double()
    result = assert_equal_with_gradients(x, layer, dense.submanifold_conv)
    assert torch.equal(result.indices, x.indices)


@pytest.mark.usefixtures("code")
@every_input
@pytest.mark.parametrize(("kernel", "stride"), [(6, 2), (3, 2), (3, 1), (2, 3), (1, 1)])
def test_strided_convolution_equals_the_dense_one_where_a_window_sees_a_site(
    x: SparseTensor, kernel: int, stride: int
) -> None:
    layer = SparseConv3d(3, 4, kernel, stride, "torch").double()
    result = assert_equal_with_gradients(x, layer, dense.strided_conv, stride)
    active = nn.functional.max_pool3d(dense.occupancy(x), kernel, stride)
    assert torch.equal(result.indices.long(), active[:, 0].nonzero())


@pytest.mark.usefixtures("code")
@every_input
@pytest.mark.parametrize(("kernel", "stride"), [(2, 2), (3, 2), (2, 1), (2, 3)])
def test_max_pool_takes_the_largest_active_value_of_either_sign(
    x: SparseTensor, kernel: int, stride: int
) -> None:
    layer = SparseMaxPool3d(kernel, stride, "torch")
    assert_equal_with_gradients(x, layer, dense.max_pool, kernel, stride)
    below_zero = x.with_features(x.features - 10)
    assert_equal_with_gradients(below_zero, layer, dense.max_pool, kernel, stride)


@pytest.mark.usefixtures("code")
def test_max_pool_gives_the_gradient_of_a_tie_to_the_first_in_raster_order() -> None:
    x = dense.random_sites(3, SHAPE, 3, 0.5, 2)
    x = x.with_features(x.features.round().clamp(-1, 1))
    layer = SparseMaxPool3d(2, 2, "torch")
    assert_equal_with_gradients(x, layer, dense.max_pool, 2, 2)


@pytest.mark.usefixtures("code")
@every_input
def test_counts_without_gradient_take_the_short_way_to_the_same_result(x: SparseTensor) -> None:
    """One channel that needs no gradient, as in a network's first layer."""
    counts = x.to("cpu").with_features(x.features[:, :1].contiguous())
    layer = SubMConv3d(1, 5, 7, "torch").double()
    ours = layer(counts).to_dense()
    theirs = dense.submanifold_conv(counts, layer.weight, layer.bias)
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-10)
    projection = torch.randn_like(theirs)
    mine = torch.autograd.grad((ours * projection).sum(), list(layer.parameters()))
    dense_ones = torch.autograd.grad((theirs * projection).sum(), list(layer.parameters()))
    for a, b in zip(mine, dense_ones, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-10, atol=1e-10)


def test_result_does_not_depend_on_how_the_work_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rulebook, "SITES_PER_BLOCK", 7)
    x = dense.random_sites(4, SHAPE, 5, 0.05, 3)
    submanifold = SubMConv3d(3, 4, 5, "torch").double()
    strided = SparseConv3d(3, 4, 6, 2, "torch").double()
    assert_equal_with_gradients(x, submanifold, dense.submanifold_conv)
    assert_equal_with_gradients(x, strided, dense.strided_conv, 2)


@pytest.mark.usefixtures("code")
@pytest.mark.parametrize(("c_in", "c_out"), [(16, 32), (19, 35)])
def test_channels_in_whole_vector_registers_and_beyond(c_in: int, c_out: int) -> None:
    x = dense.random_sites(8, (7, 6, 5), 3, 0.5, c_in)
    assert_equal_with_gradients(
        x, SubMConv3d(c_in, c_out, 3, "torch").double(), dense.submanifold_conv
    )
    assert_equal_with_gradients(
        x, SparseConv3d(c_in, c_out, 3, 2, "torch").double(), dense.strided_conv, 2
    )


def test_single_precision_stays_within_1e_5_and_repeats_bit_by_bit() -> None:
    x = dense.random_sites(5, SHAPE, 4, 0.2, 3)
    x = x.with_features(x.features.float())
    for layer in (SubMConv3d(3, 4, 5, "torch"), SparseConv3d(3, 4, 6, 2, "torch")):
        first, second = values_and_gradients(layer, x), values_and_gradients(layer, x)
        exact = values_and_gradients(layer.double(), x.with_features(x.features.double()))
        for a, b, c in zip(first, second, exact, strict=True):
            assert torch.equal(a, b)
            # Sums over many sites: relative to the largest of them.
            torch.testing.assert_close(a.double(), c, rtol=0, atol=1e-5 * float(c.abs().max()))


def values_and_gradients(layer: nn.Module, x: SparseTensor) -> tuple[Tensor, ...]:
    """Features of the result; gradients of half their squares in features and parameters."""
    features = x.features.clone().requires_grad_()
    result = layer(x.with_features(features)).features
    wanted = [features, *layer.parameters()]
    return result.detach(), *torch.autograd.grad(result.square().sum() / 2, wanted)


def test_layers_in_sequence_pass_their_gradients_on() -> None:
    x = dense.random_sites(6, SHAPE, 3, 0.2, 1)
    network = nn.Sequential(
        SubMConv3d(1, 4, 3),
        OnFeatures(nn.Tanh()),
        SparseConv3d(4, 3, 3, 2),
        SparseMaxPool3d(2, 2),
    ).double()
    weight = network[0].weight

    def value(shift: float) -> Tensor:
        with torch.no_grad():
            weight[2, 1, 1, 1, 0] += shift
            total = network(x).features.square().sum()
            weight[2, 1, 1, 1, 0] -= shift
        return total

    network(x).features.square().sum().backward()
    slope = (value(1e-6) - value(-1e-6)) / 2e-6
    torch.testing.assert_close(weight.grad[2, 1, 1, 1, 0], slope, rtol=1e-6, atol=1e-8)


def test_initial_parameters_are_uniform_within_torchs_bound() -> None:
    """torch's conv3d: kaiming_uniform with a = sqrt 5, that is +-1 / sqrt(fan in)."""
    torch.manual_seed(0)
    ours, theirs = SubMConv3d(32, 40, 5), nn.Conv3d(32, 40, 5)
    bound = (32 * 5**3) ** -0.5
    with torch.no_grad():
        for mine, torchs in ((ours.weight, theirs.weight), (ours.bias, theirs.bias)):
            assert float(mine.abs().max()) <= bound
            assert float(mine.abs().max()) == pytest.approx(float(torchs.abs().max()), rel=0.1)
        assert float(ours.weight.std()) == pytest.approx(float(theirs.weight.std()), rel=0.01)


def test_with_fixed_moments_a_training_sees_what_a_prediction_sees() -> None:
    torch.manual_seed(0)
    network = nn.Sequential(SiteNorm(4), nn.Linear(4, 2), SiteNorm(2))
    first, other = torch.randn(50, 4), 3 + 2 * torch.randn(50, 4)
    network(first)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    assert not torch.allclose(network(other), network.eval()(other), atol=0.1)
    network.load_state_dict(before)
    fix_moments(network)
    torch.testing.assert_close(network.train()(other), network.eval()(other))
    for name, value in network.state_dict().items():
        assert torch.equal(value, before[name]), name
    network.train()(other).square().sum().backward()
    assert all(value.grad is not None and value.grad.any() for value in network.parameters())


def test_what_cannot_be_computed_is_refused() -> None:
    x = dense.random_sites(7, (4, 9, 9), 2, 0.2, 3)
    with pytest.raises(ValueError, match="must be odd"):
        SubMConv3d(3, 4, 4)
    with pytest.raises(ValueError, match="2 channels got features with 3"):
        SubMConv3d(2, 4, 3).double()(x)
    with pytest.raises(ValueError, match=r"kernel of 5 does not fit a grid of \(4, 9, 9\)"):
        SparseConv3d(3, 4, 5).double()(x)
    with pytest.raises(ValueError, match="kernel of 6 does not fit"):
        SparseMaxPool3d(6, 2)(x)
