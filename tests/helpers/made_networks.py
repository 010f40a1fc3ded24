"""Network folders: an untrained network with a card."""

from pathlib import Path
from typing import Any

import torch
import yaml

from pipeline.core.digests import file_digest
from pipeline.gas.config.card import CARD, WEIGHTS
from pipeline.gas.config.networks import read_network
from pipeline.gas.networks.architectures import build_network
from pipeline.learning.saved import halved, write_tensors

UNET = {"architecture": "unet", "widths": [4, 6, 8], "frames": 2}

CONDITIONS = {
    "gases": [{"fractions": {"He": 0.7, "CO2": 0.3}}],
    "grid": {"bins": 120, "voxel_um": 500},
    "energy": {"low_keV": 40, "high_keV": 50},
    "smearing": {"low_um": 160, "high_um": 466},
}


def card_of(folder: Path, network: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """Plain content of a card for the weights in a folder."""
    return {
        "name": "UNet",
        "network": network or UNET,
        "conditions": CONDITIONS,
        "views": 123_000,
        "hours": 2.5,
        "seed": 1,
        "commit": None,
        "code": "0",
        "command": "snakemake",
        "temperature": {
            "kappa_factor": 1.25,
            "kappa_factor_err": 0.01,
            "electrons_exponent": 0.5,
            "electrons_exponent_err": 0.1,
            "voxels_exponent": -0.25,
            "voxels_exponent_err": 0.1,
            "share_power": 0.9,
            "share_power_err": 0.01,
            "electrons": 1000.0,
            "voxels": 400.0,
        },
        "results": [],
        "precision": "full",
        "digest": file_digest(folder / WEIGHTS),
        **changes,
    }


def write_card(folder: Path, network: dict[str, Any] | None = None, **changes: Any) -> None:
    """Write a card for the weights in a folder."""
    (folder / CARD).write_text(yaml.safe_dump(card_of(folder, network, **changes)))


def make_folder(
    folder: Path, network: dict[str, Any] | None = None, half: bool = False, **changes: Any
) -> Path:
    """Write the folder of an untrained network; `changes` replace keys of the card."""
    folder.mkdir(parents=True)
    bins = changes.get("conditions", {}).get("grid", {}).get("bins", 120)
    torch.manual_seed(1)
    weights = build_network(read_network(network or UNET), bins).state_dict()
    write_tensors(folder / WEIGHTS, halved(weights) if half else weights)
    write_card(folder, network, **changes)
    return folder
