"""Measured events: charges at places, without any truth."""
