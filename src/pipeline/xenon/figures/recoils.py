"""Colours of the kinds of recoils, the same in all figures."""

from pipeline.figures.style import COLOURS

COLOUR = {"ER": COLOURS[0], "NR": COLOURS[1]}
WIMP_COLOURS = [COLOURS[2], COLOURS[3], COLOURS[6], COLOURS[4], COLOURS[5]]
