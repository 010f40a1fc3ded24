"""A trained network as files."""

from pathlib import Path

import pandas as pd
import torch

from pipeline.files import written_whole


def save_network(
    model: torch.nn.Module, history: pd.DataFrame, weights: str | Path, table: str | Path
) -> None:
    """Write the weights (a state dict on the CPU) and the history (CSV)."""
    with written_whole(weights) as temporary:
        torch.save({k: v.cpu() for k, v in model.state_dict().items()}, temporary)
    with written_whole(table) as temporary:
        history.to_csv(temporary, index=False)
