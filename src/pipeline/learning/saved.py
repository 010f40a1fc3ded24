"""A trained network as files, and back from them."""

import io
import pickle
import zipfile
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from pipeline.core.files import atomic_write

Model = TypeVar("Model", bound=torch.nn.Module)


def save_network(
    model: torch.nn.Module, history: pd.DataFrame, weights: str | Path, table: str | Path
) -> None:
    """Write the weights (a state dict on the CPU) and the history (CSV)."""
    write_saved(weights, {k: v.cpu() for k, v in model.state_dict().items()})
    with atomic_write(table) as temporary:
        history.to_csv(temporary, index=False)


def write_saved(path: str | Path, content: Any) -> None:
    """Write `content`, of types that torch knows, for `read_saved`; takes its size in memory.

    Raises:
        OSError: there is no room; see `files.atomic_write`.
    """
    # torch.save reports neither a full disk nor the name of the file.
    buffer = io.BytesIO()
    torch.save(content, buffer)
    with atomic_write(path) as temporary:
        temporary.write_bytes(buffer.getbuffer())


def read_saved(path: str | Path) -> Any:
    """Read the content of a file of `write_saved`, on the CPU, and check its checksums.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is damaged.
    """
    try:
        with zipfile.ZipFile(path) as file:
            if file.testzip():
                raise zipfile.BadZipFile("a checksum is wrong")
        return torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise
    # Errors of zipfile and torch for files that are damaged or of another program.
    except (
        zipfile.BadZipFile,
        EOFError,
        RuntimeError,
        OSError,
        KeyError,
        UnicodeDecodeError,
        pickle.UnpicklingError,
    ) as error:
        raise ValueError(f"{path}: damaged ({error})") from error


def read_weights(path: str | Path) -> dict[str, torch.Tensor]:
    """The weights of a file, on the CPU; ValueError if it is damaged."""
    try:
        weights: dict[str, torch.Tensor] = read_saved(path)
    except ValueError as error:
        raise ValueError(f"{error}; delete it and rerun") from error
    return weights


def write_tensors(path: str | Path, weights: dict[str, torch.Tensor]) -> None:
    """Write weights on the CPU in the format safetensors, which other programs read too.

    Raises:
        OSError: there is no room; see `files.atomic_write`.
    """
    with atomic_write(path) as temporary:
        temporary.write_bytes(save(weights))


def read_tensors(path: str | Path) -> dict[str, torch.Tensor]:
    """The weights of a file of `write_tensors`, on the CPU, those in half precision as float32.

    The format has no checksum: compare the file's digest first.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is not in this format.
    """
    try:
        weights = load(Path(path).read_bytes())
    except SafetensorError as error:
        raise ValueError(f"{path}: not a file of safetensors ({error})") from error
    return full(weights)


def full(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The same weights in 32 bits."""
    return {k: v.float() if v.is_floating_point() else v for k, v in weights.items()}


def halved(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The same weights, those of layers in 16 bits; biases and normalisation take no room."""
    return {k: v.half() if v.is_floating_point() and v.ndim > 1 else v for k, v in weights.items()}


def with_weights(
    model: Model, weights: dict[str, torch.Tensor], path: str | Path, what: str
) -> Model:
    """`model` with the weights of a file, no longer training; `what` names it in the error.

    Raises:
        ValueError: the weights do not fit, or are not finite; names the first such tensor.
    """
    wanted = {name: tuple(value.shape) for name, value in model.state_dict().items()}
    found = {name: tuple(value.shape) for name, value in weights.items()}
    for name in [*wanted, *found]:
        if wanted.get(name) != found.get(name):
            raise ValueError(
                f"{path}: not the weights of {what}: '{name}' has shape "
                f"{found.get(name, 'none')}, expected {wanted.get(name, 'none')}"
            )
    for name, value in weights.items():
        if not torch.isfinite(value).all():
            raise ValueError(
                f"{path}: '{name}' has values that are not finite numbers: the training that wrote "
                "it has diverged; use other weights, or train again with a smaller learning rate"
            )
    model.load_state_dict(weights)
    return model.eval()
