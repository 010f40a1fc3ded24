"""Choice of the backend; spconv and torch give the same results from the same parameters."""

import copy
import importlib
import importlib.util

import helpers.dense_reference as dense
import pytest
import torch
from torch import nn

from pipeline.sparse import torch_backend
from pipeline.sparse.backends import backend_for
from pipeline.sparse.layers import OnFeatures, SparseConv3d, SparseMaxPool3d, SubMConv3d

SHAPE = (13, 11, 12)


def test_auto_is_torch_on_the_cpu() -> None:
    assert backend_for("auto", torch.device("cpu")) is torch_backend


def test_unknown_backend_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown sparse backend 'cuda': choose one of auto"):
        SubMConv3d(1, 1, 3, backend="cuda")


@pytest.mark.skipif(importlib.util.find_spec("spconv") is not None, reason="spconv is installed")
def test_absent_spconv_is_named() -> None:
    with pytest.raises(ImportError, match="'spconv' is not installed"):
        SparseConv3d(1, 1, 3, backend="spconv")


# spconv has one way for kernels of up to 32 sites, "narrow" ones, and another one for others.
KERNELS = {"wide": (5, 5, 1, 6), "narrow": (3, 3, 3, 3)}


def layers(backend: str, kernels: str = "wide") -> nn.Module:
    """Every layer in a sequence that pools values of both signs."""
    first, second, third, last = KERNELS[kernels]
    return nn.Sequential(
        SubMConv3d(2, 4, first, backend),
        OnFeatures(nn.ReLU()),
        SubMConv3d(4, 4, second, backend),
        SubMConv3d(4, 4, third, backend),
        *([SparseConv3d(4, 4, 1, 1, backend)] if kernels == "wide" else []),
        SparseConv3d(4, 3, last, 2, backend),
        SparseMaxPool3d(2, 2, backend),
    )


def test_spconv_equals_torch_on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its CPU build asks for a CUDA stream in the backward pass and never uses it."""
    ops = pytest.importorskip("spconv.pytorch.ops")
    if not importlib.import_module("spconv.cppconstants").CPU_ONLY_BUILD:
        pytest.skip("this spconv works on a GPU only")
    monkeypatch.setattr(ops, "get_current_stream", lambda: 0)
    x = dense.random_sites(0, SHAPE, 3, 0.1, 2)
    x = x.with_features(x.features.float())
    ours, theirs = layers("torch"), layers("spconv")
    theirs.load_state_dict(ours.state_dict())
    expected, result = ours(x).to_dense(), theirs(x).to_dense()
    torch.testing.assert_close(result, expected, rtol=1e-5, atol=1e-6)
    expected.square().sum().backward()
    result.square().sum().backward()
    for a, b in zip(theirs.parameters(), ours.parameters(), strict=True):
        torch.testing.assert_close(a.grad, b.grad, rtol=1e-4, atol=1e-5)


@pytest.mark.gpu
@pytest.mark.parametrize("kernels", KERNELS)
@pytest.mark.parametrize("backend", ["torch", "spconv"])
def test_cuda_equals_the_cpu(backend: str, kernels: str) -> None:
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    if backend == "spconv":
        pytest.importorskip("spconv")
    x = dense.random_sites(0, SHAPE, 3, 0.1, 2)
    x = x.with_features(x.features.float())
    on_cpu = layers("torch", kernels)
    on_gpu = copy.deepcopy(on_cpu) if backend == "torch" else layers(backend, kernels)
    on_gpu.load_state_dict(on_cpu.state_dict())
    on_gpu.cuda()
    expected, result = on_cpu(x).to_dense(), on_gpu(x.to("cuda")).to_dense()
    torch.testing.assert_close(result.cpu(), expected, rtol=1e-4, atol=1e-5)
    expected.square().sum().backward()
    result.square().sum().backward()
    for a, b in zip(on_gpu.parameters(), on_cpu.parameters(), strict=True):
        torch.testing.assert_close(a.grad.cpu(), b.grad, rtol=1e-3, atol=1e-4)
