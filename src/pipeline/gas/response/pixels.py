"""A readout of pixels, each with its own gain, and events at known places on it."""

from dataclasses import dataclass, replace

import numpy as np

from pipeline.gas.response.cells import Cells


@dataclass(frozen=True)
class Pixels:
    """Pixels as wide as the cells, and the places of n events on them."""

    gain: np.ndarray  # float64 [nx, ny], relative to that of the response
    origin: np.ndarray  # int64 [n, 2], pixel under the cell at the middle of each event's box
    beside: float = 0.0  # gain beside all pixels

    def events(self, first: int, last: int) -> "Pixels":
        """The pixels under the events first:last."""
        return replace(self, origin=self.origin[first:last])

    def under(self, cells: Cells) -> np.ndarray:
        """Pixel int64 [M, 2] under each cell, which may lie beside all pixels."""
        column = cells.index // cells.box
        place = np.stack([column // cells.box, column % cells.box], axis=1) - cells.box // 2
        return place + np.repeat(self.origin, np.diff(cells.offsets), axis=0)

    def gains(self, cells: Cells) -> np.ndarray:
        """Gain of the pixel under each cell, float64 [M]."""
        place = self.under(cells)
        on = np.logical_and(place >= 0, place < self.gain.shape).all(axis=1)
        x, y = np.where(on, place.T, 0)
        return np.where(on, self.gain[x, y], self.beside)


def lit(shape: tuple[int, int], margin: int, n: int, rng: np.random.Generator) -> np.ndarray:
    """Origins int64 [n, 2] spread evenly over the pixels and `margin` pixels around them."""
    return rng.integers(-margin, np.array(shape) + margin, (n, 2))
