"""Figures of the XENON1T part besides the loss curves."""

IMAGE_FIGURES = (
    "images",
    "image_masses",
    "image_reconstructions",
    "image_energies",
    "image_losses",
    "image_exposures",
)
