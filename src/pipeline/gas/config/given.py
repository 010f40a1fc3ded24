"""Networks whose weights come from a network folder: where it lies, what its card gives them."""

import os
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

import pipeline
from pipeline.config.paths import InputPath
from pipeline.gas.config.card import CARD, Card, read_card
from pipeline.gas.config.networks import DirectionNetwork
from pipeline.gas.config.voxels import Grid

# Of this checkout; not resolved, so that a checkout of links has its own.
SHIPPED = Path(pipeline.__file__).parents[2] / "resources" / "networks"

_INPUT_PATH: TypeAdapter[str] = TypeAdapter(InputPath)


def shipped_networks() -> list[str]:
    """Names of the networks that come with this checkout."""
    return sorted(card.parent.name for card in SHIPPED.glob(f"*/{CARD}"))


def network_folder(name: str, where: str) -> str:
    """Folder of the network `name` whose key `weights` or `start` is `where`.

    Raises:
        ValueError: no network of this name is shipped, or the path is not valid.
    """
    if where != "shipped":
        return _INPUT_PATH.validate_python(where)
    shipped = shipped_networks()
    if name not in shipped:
        raise ValueError(
            f"no network '{name}' is shipped in resources/networks; shipped: "
            f"{', '.join(shipped) or 'none'}. Name the network like one of these, or give the "
            "path of a network folder"
        )
    return os.path.relpath(SHIPPED / name)


def with_card(name: str, block: Any) -> Any:
    """The raw block of a network, with what its card gives to keys that are left out.

    Raises:
        ValueError: this is no block, it has both `weights` and `start`, or moments without them,
            there is no usable network folder, or the architecture is not that of the card; names
            the key.
    """
    if not isinstance(block, dict):
        raise ValueError(
            f"networks.{name}: must be a block of keys, such as {{weights: shipped}} or "
            f"{{architecture: hcn}}, got {block!r}"
        )
    places = {k: block[k] for k in ("weights", "start") if block.get(k) is not None}
    for key, where in places.items():
        if not isinstance(where, str) or not where:
            raise ValueError(
                f"networks.{name}.{key}: must be 'shipped' or the path of a network folder, got "
                f"{where!r}"
            )
    if not places:
        if block.get("fixed_moments"):
            raise ValueError(
                f"networks.{name}.fixed_moments: needs `start`, the weights that have the moments"
            )
        return block
    if len(places) == 2:
        raise ValueError(
            f"networks.{name}: `weights` uses trained weights as they are, `start` trains them "
            "further; leave one of them out"
        )
    ((key, where),) = places.items()
    try:
        folder = network_folder(name, where)
        card = read_card(folder)
    except ValueError as error:
        raise ValueError(f"networks.{name}.{key}: {error}") from None
    architecture = card.network.architecture_block()
    for own, value in architecture.items():
        if own not in block or block[own] == value:
            continue
        if key != "start" or not card.network.may_begin(own, block[own]):
            raise ValueError(
                f"networks.{name}.{own}: {block[own]} here, but {value} in {folder}/{CARD}, whose "
                f"weights `{key}` asks for; leave `{own}` out or use other weights"
            )
    if key == "start":
        return {**architecture, **block}
    # Rounding depends on the batch: the same one gives the study's own predictions bit by bit.
    network = card.network
    prediction: dict[str, Any] = {"frames": network.frames, "batch_size": network.batch_size}
    if card.network.predicts_kappa:
        prediction["temperature"] = card.temperature is not None
    return {**architecture, **prediction, **block}


def check_teacher(name: str, network: DirectionNetwork, grid: Grid) -> None:
    """Check that the teacher of a network, if it has one, has a density of events in this grid.

    Raises:
        ValueError: there is no usable network folder, its network predicts no density, or it
            cannot take the grid; names the key.
    """
    if not network.teacher:
        return
    try:
        card = read_card(network.teacher)
        if not card.network.predicts_kappa:
            raise ValueError(f"{network.teacher}: '{card.network.architecture}' has no density")
        check_fits("teacher", card.network, card, grid)
    except ValueError as error:
        raise ValueError(f"networks.{name}.teacher: {error}") from None


def check_fits(name: str, network: DirectionNetwork, card: Card, grid: Grid) -> None:
    """Check that weights can be used for a network of a study with this grid.

    Raises:
        ValueError: the grid has another number of bins, which the architecture cannot take, or
            a temperature is asked for that the card does not have; names the key.
    """
    trained = card.conditions.grid
    if grid.bins != trained.bins and not network.takes_any_bins:
        raise ValueError(
            f"networks.{name}: its weights are for a grid of {trained.bins}^3 voxels, and the "
            f"architecture '{network.architecture}' takes no other, but the grid of this study "
            f"has {grid.bins}^3; set grid.bins: {trained.bins}"
        )
    if network.weights and getattr(network, "temperature", False) and card.temperature is None:
        raise ValueError(
            f"networks.{name}.temperature: the card of its weights has none; leave "
            "`temperature` out"
        )
