"""A public data set from a finished study: splits, card, metadata, loader and scorer."""
