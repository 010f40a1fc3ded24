"""Schema of the check of a network's attention and of the stages of its decisions."""

from collections.abc import Collection, Mapping

from pydantic import PositiveInt

from pipeline.config.model import Block, described
from pipeline.gas.config.networks import UNet


class Attention(Block):
    """Where a U-Net looks in events, and the stage at which wrong directions go wrong."""

    network: str = described("U-Net with `start_of_track: true`.")
    nominal: str = described("Test set whose readout is the one that the network was trained on.")
    sets: list[str] = described(
        "Other test sets, or sets in `observed`, that are compared with it.", min_length=1
    )
    events: PositiveInt = described("Most events of each set, spread over all of them.", 1000)
    start_mm: float = described(
        "The start of a track is missed if the predicted one lies farther away [mm].", 5.0, gt=0
    )
    axis_deg: float = described(
        "The axis of a track is wrong by more than this angle [deg].", 30.0, gt=0, lt=90
    )


def check_attention(
    block: Attention | None,
    test_sets: Collection[str],
    observed: Collection[str],
    networks: Mapping[str, object],
) -> None:
    """Check the names of the block.

    Raises:
        ValueError: a set does not exist or stands twice, or the network does not suit.
    """
    if not block:
        return
    known = [*test_sets, *observed]
    for key, names, allowed in (
        ("nominal", [block.nominal], [*test_sets]),
        ("sets", block.sets, known),
        ("network", [block.network], [*networks]),
    ):
        for name in names:
            if name not in allowed:
                raise ValueError(
                    f"attention.{key}: there is no '{name}'; there are {', '.join(allowed)}"
                )
    if len({block.nominal, *block.sets}) <= len(block.sets):
        raise ValueError("attention.sets: a set stands twice, or is the nominal one")
    network = networks[block.network]
    if not (isinstance(network, UNet) and network.start_of_track):
        raise ValueError(
            f"attention.network: '{block.network}' does not predict the start of the track; it "
            "must be a U-Net with `start_of_track: true`"
        )
