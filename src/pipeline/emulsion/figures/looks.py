"""Colours and lines of samples and elements."""

from collections.abc import Sequence
from typing import Any

from pipeline.figures.style import COLOURS

# Dashes tell those apart that share a colour.
STYLES = ["-", "--", ":"]
IONS = ["C", "N", "O", "S", "Br", "Ag", "I"]


def line_of(sample: str, samples: Sequence[str]) -> dict[str, Any]:
    """Colour and dashes of a sample among others, the same in every figure of a study."""
    place = samples.index(sample)
    return {"color": COLOURS[place % 6], "linestyle": STYLES[place // 6 % 3]}


def colour_of_ion(ion: str) -> str:
    """Colour of an element."""
    return COLOURS[IONS.index(ion) if ion in IONS else -1]
