"""Images of events, the input of the networks."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from pipeline.core.tables import Inputs, Params
from pipeline.figures.style import PAGE_INCH
from pipeline.xenon.config.detector import Detector
from pipeline.xenon.xenon1t.images import LAYERS, ImageEncoder, ShownEvent, shown_event


def draw_images(events: Mapping[str, ShownEvent]) -> Figure:
    """A row for each event, a column for each layer; colours are ln(1 + photons)."""
    figure = Figure(figsize=(PAGE_INCH, 2.2 * len(events)))
    axes = figure.subplots(len(events), len(LAYERS), squeeze=False)
    images = {name: np.log1p(event.counts) for name, event in events.items()}
    for column, layer in enumerate(LAYERS):
        brightest = max(image[column].max() for image in images.values())
        for axis, (name, event) in zip(axes[:, column], events.items(), strict=True):
            # Waveforms start in the top row; in hit patterns, y increases upwards.
            origin = "upper" if layer == "waveforms" else "lower"
            mesh = axis.imshow(images[name][column], origin=origin, vmin=0, vmax=brightest)
            axis.set(xticks=[], yticks=[], title=layer)
            axis.grid(visible=False)
            if column == 0:
                axis.set_ylabel(
                    f"{name}\n{event.energy_keV:.1f} keV\n{event.s1_photons} photons of S1\n"
                    f"{event.s2_photons} of S2",
                    fontsize=8,
                )
        figure.colorbar(mesh, ax=axes[:, column], label="ln(1 + photons)", shrink=0.8)
    return figure


def from_files(inputs: Inputs, params: Params) -> Figure:
    """The figure from its entry in the chain's catalogue; see `FigureSpec`."""
    encoder = ImageEncoder.of(Detector.model_validate(params["detector"]), params["size"])
    shards = {
        "electronic recoil": inputs["er"][0],
        f"WIMP of {params['mass_GeV']:g} GeV": inputs["wimp"][0],
    }
    return draw_images({name: shown_event(path, encoder) for name, path in shards.items()})
