"""Images of events beside what the autoencoder makes of them."""

from collections.abc import Mapping

import numpy as np
import torch
from matplotlib.figure import Figure
from numpy.typing import NDArray

from pipeline.core.tables import Inputs, Params
from pipeline.xenon.config.images import Cvae
from pipeline.xenon.figures.images import draw_images, shown_events
from pipeline.xenon.networks.saved import load_network
from pipeline.xenon.xenon1t.networks import ImageAutoencoder


@torch.no_grad()
def with_reconstructions(
    images: Mapping[str, NDArray[np.float32]], model: ImageAutoencoder
) -> dict[str, NDArray[np.float32]]:
    """Each image [3, size, size] of ln(1 + photons), followed by its reconstruction at z = mean.

    The label of a reconstruction has its mean squared error, the first term of the loss.
    """
    rows = {}
    for name, image in images.items():
        made = model.reconstruct(torch.from_numpy(image.reshape(1, -1))).numpy()
        made = made.reshape(image.shape)
        rows[name] = image
        rows[f"{name},\nreconstructed\nMSE {np.square(image - made).mean():.3f}"] = made
    return rows


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    (weights,) = inputs["cvae"]
    model = ImageAutoencoder(Cvae.model_validate(params["cvae"]), params["size"])
    images = {
        f"{name}\n{event.energy_keV:.1f} keV": np.log1p(event.counts)
        for name, event in shown_events(inputs, params).items()
    }
    return draw_images(with_reconstructions(images, load_network(model, weights)))
