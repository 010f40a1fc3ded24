"""Figures of the nuclear-emulsion chain."""
