"""Images of events, the input of the networks."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from pipeline.core.tables import Inputs, Params
from pipeline.figures.style import PAGE_INCH
from pipeline.xenon.config.detector import Detector
from pipeline.xenon.xenon1t.images import LAYERS, ImageEncoder, ShownEvent, shown_event


def draw_images(images: Mapping[str, NDArray[np.float32]]) -> Figure:
    """A row for each image [3, size, size] of ln(1 + photons), by its label; a column a layer."""
    figure = Figure(figsize=(PAGE_INCH, 0.4 + 1.75 * len(images)))
    axes = figure.subplots(len(images), len(LAYERS), squeeze=False)
    for column, layer in enumerate(LAYERS):
        brightest = max(image[column].max() for image in images.values())
        for axis, (label, image) in zip(axes[:, column], images.items(), strict=True):
            # Waveforms start in the top row; in hit patterns, y increases upwards.
            origin = "upper" if layer == "waveforms" else "lower"
            mesh = axis.imshow(image[column], origin=origin, vmin=0, vmax=brightest)
            axis.set(xticks=[], yticks=[])
            axis.grid(visible=False)
            if column == 0:
                axis.set_ylabel(label, fontsize=8)
        axes[0, column].set_title(layer)
        figure.colorbar(mesh, ax=axes[:, column], label="ln(1 + photons)", shrink=0.8)
    return figure


def shown_events(inputs: Inputs, params: Params) -> dict[str, ShownEvent]:
    """An electronic recoil and a WIMP by name; see `shown_event`."""
    encoder = ImageEncoder.of(Detector.model_validate(params["detector"]), params["size"])
    shards = {
        "electronic recoil": inputs["er"][0],
        f"WIMP of {params['mass_GeV']:g} GeV": inputs["wimp"][0],
    }
    return {name: shown_event(path, encoder) for name, path in shards.items()}


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    return draw_images(
        {
            f"{name}\n{event.energy_keV:.1f} keV\n{event.s1_photons} photons of S1\n"
            f"{event.s2_photons} of S2": np.log1p(event.counts)
            for name, event in shown_events(inputs, params).items()
        }
    )
