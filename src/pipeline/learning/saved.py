"""A trained network as files, and back from them."""

from pathlib import Path
from typing import TypeVar

import pandas as pd
import torch

from pipeline.files import written_whole

Model = TypeVar("Model", bound=torch.nn.Module)


def save_network(
    model: torch.nn.Module, history: pd.DataFrame, weights: str | Path, table: str | Path
) -> None:
    """Write the weights (a state dict on the CPU) and the history (CSV)."""
    with written_whole(weights) as temporary:
        torch.save({k: v.cpu() for k, v in model.state_dict().items()}, temporary)
    with written_whole(table) as temporary:
        history.to_csv(temporary, index=False)


def read_weights(path: str | Path) -> dict[str, torch.Tensor]:
    """The weights of a file, on the CPU."""
    weights: dict[str, torch.Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    return weights


def with_weights(
    model: Model, weights: dict[str, torch.Tensor], path: str | Path, what: str
) -> Model:
    """`model` with the weights of a file, no longer training; `what` it is says the error.

    Raises:
        ValueError: the weights do not fit.
    """
    try:
        model.load_state_dict(weights)
    except RuntimeError as error:
        raise ValueError(f"{path}: not the weights of {what}") from error
    return model.eval()
