"""Backends of the sparse layers, by name."""

import logging
from functools import cache
from importlib.util import find_spec
from typing import Protocol

import torch
from torch import Tensor

from pipeline.sparse import torch_backend
from pipeline.sparse.tensor import SparseTensor

logger = logging.getLogger(__name__)

BACKENDS = ("auto", "torch", "spconv")


class Backend(Protocol):
    """The operations of a backend module; `layers` says what each computes."""

    def submanifold_conv(self, x: SparseTensor, weight: Tensor, bias: Tensor) -> SparseTensor: ...

    def strided_conv(
        self, x: SparseTensor, weight: Tensor, bias: Tensor, stride: int
    ) -> SparseTensor: ...

    def max_pool(self, x: SparseTensor, kernel: int, stride: int) -> SparseTensor: ...


def check_backend(name: str) -> str:
    """`name` itself. Raises ValueError for an unknown name, ImportError for an absent backend."""
    if name not in BACKENDS:
        raise ValueError(f"unknown sparse backend {name!r}: choose one of {', '.join(BACKENDS)}")
    if name == "spconv" and find_spec("spconv") is None:
        raise ImportError(
            "sparse backend 'spconv' is not installed: install the GPU requirements "
            "or choose the backend 'torch' or 'auto'"
        )
    return name


def backend_for(name: str, device: torch.device) -> Backend:
    """The backend of this name; 'auto' is spconv on CUDA where it is installed, else torch."""
    return _backend(name, device.type)


@cache
def _backend(name: str, device: str) -> Backend:
    if name == "spconv" or (name == "auto" and device == "cuda" and find_spec("spconv")):
        from pipeline.sparse import spconv_backend

        logger.info("sparse layers on %s by spconv", device)
        return spconv_backend
    if device == "cuda":
        logger.info("sparse layers on %s by torch", device)
    return torch_backend
