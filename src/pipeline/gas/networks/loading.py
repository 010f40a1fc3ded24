"""Trained direction networks from the files of a training or from a network folder."""

from collections.abc import Mapping
from pathlib import Path

from torch import Tensor, nn

from pipeline.gas.config.card import WEIGHTS, read_card
from pipeline.gas.config.networks import DirectionNetwork
from pipeline.gas.networks.architectures import build_network
from pipeline.gas.networks.paper import PaperNetwork
from pipeline.gas.networks.unet import DirectionUNet
from pipeline.learning.saved import read_tensors, read_weights, with_weights


def load_network(path: str | Path, settings: DirectionNetwork, grid_bins: int) -> nn.Module:
    """The network of these settings with the weights of a file, on its device, for prediction.

    Raises:
        ValueError: the file is damaged, is not that of its card, or holds the weights of another
            architecture or grid.
    """
    model = with_file(build_network(settings, grid_bins), path, settings, grid_bins)
    return model.to(settings.device)


def with_file(
    model: nn.Module, path: str | Path, settings: DirectionNetwork, grid_bins: int
) -> nn.Module:
    """A built network with the weights of a file; see `load_network`."""
    return with_weights(model, _weights(Path(path)), path, _described(settings, grid_bins))


def with_start(
    model: nn.Module, path: str | Path, settings: DirectionNetwork, grid_bins: int
) -> nn.Module:
    """A built network that begins with the weights of a file; see `load_network`.

    The file may be that of a U-Net that predicts less than this one, see `DirectionUNet.grown`, or
    of an HCN or a normalised one of the paper's networks, see `PaperNetwork.begun`.
    """
    weights = _weights(Path(path))
    if isinstance(model, DirectionUNet):
        weights = model.grown(weights)
    elif isinstance(model, PaperNetwork):
        weights = model.begun(weights)
    return with_weights(model, weights, path, _described(settings, grid_bins))


def check_folders(
    networks: Mapping[str, DirectionNetwork], folders: Mapping[str, str], grid_bins: int
) -> None:
    """Check that network folders hold the weights of the networks that use them, by name.

    It loads the weights, but no backend that this machine may lack.

    Raises:
        ValueError: see `load_network`; names the key.
    """
    for name, folder in folders.items():
        settings = networks[name].model_copy(update={"backend": "torch"})
        key, load = ("weights", with_file) if settings.weights else ("start", with_start)
        try:
            model = build_network(settings, grid_bins)
            load(model, Path(folder, WEIGHTS), settings, grid_bins)
        except ValueError as error:
            raise ValueError(f"gas.networks.{name}.{key}: {error}") from None


def _described(settings: DirectionNetwork, grid_bins: int) -> str:
    keys = (f"{key} {value!r}" for key, value in settings.architecture_block().items())
    return f"a network of {', '.join(keys)} for a grid of {grid_bins}^3 voxels"


def _weights(path: Path) -> dict[str, Tensor]:
    if path.name != WEIGHTS:
        return read_weights(path)
    read_card(path.parent)  # compares the digest
    return read_tensors(path)
