"""Colours and lines of samples and elements."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

from pipeline.figures.style import COLOURS

# Dashes tell those apart that share a colour.
STYLES = ["-", "--", ":"]
IONS = ["C", "N", "O", "S", "Br", "Ag", "I"]


def lines_of(samples: Sequence[str], published_names: Mapping[str, str]) -> dict[str, Any]:
    """Colour and dashes of each sample; those of one published name differ by dashes only."""
    words = [published_names.get(sample, sample) for sample in samples]
    colours = dict(zip(dict.fromkeys(words), cycle(COLOURS), strict=False))
    return {
        sample: {"color": colours[word], "linestyle": STYLES[words[:i].count(word) % len(STYLES)]}
        for i, (sample, word) in enumerate(zip(samples, words, strict=True))
    }


def colour_of_ion(ion: str) -> str:
    """Colour of an element."""
    return COLOURS[IONS.index(ion) if ion in IONS else -1]
