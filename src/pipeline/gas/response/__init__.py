"""Readout response of a gas time projection chamber: from electrons to measured charges."""
