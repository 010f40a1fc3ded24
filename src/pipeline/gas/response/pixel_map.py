"""The gains of a detector's own pixels from a file, and events at random places over them.

An event has the same place in the detector for all of its charge, but which one nobody knows of a
simulated track: it is drawn evenly from the pixels of the file. The middle of the event, the mean
of its electrons before diffusion, lies over that pixel. Where the gain is not known, beside these
pixels or in an empty cell of the table, it is 1: that of the response.
"""

import logging
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from pipeline.core.user_files import user_numbers
from pipeline.gas.response.cells import Cells
from pipeline.gas.response.pixels import Pixels

logger = logging.getLogger(__name__)

COLUMNS = ("pixel_x", "pixel_y", "gain")

_logged: set[str] = set()  # files of which this process has said what is on their pixels


@dataclass(frozen=True)
class PixelMap:
    """The P pixels of a file."""

    file: str
    gain: np.ndarray  # float64 [nx, ny], NaN where it is not known
    listed: np.ndarray  # int64 [P, 2], places of the pixels in `gain`

    def under_events(self, n: int, rng: np.random.Generator) -> Pixels:
        """The pixels under n events, each with its middle over one of them at random."""
        origin = self.listed[rng.integers(0, len(self.listed), n)]
        return Pixels(np.where(np.isnan(self.gain), 1.0, self.gain), origin, beside=1.0)

    def known_share(self, cells: Cells, pixels: Pixels) -> float:
        """Share of the charge of cells over pixels of known gain; NaN without charge."""
        known = replace(pixels, gain=np.isfinite(self.gain).astype(float), beside=0.0)
        total = float(cells.charge.sum())
        return float(cells.charge @ known.gains(cells)) / total if total else float("nan")

    def log_share(self, cells: Cells, pixels: Pixels) -> None:
        """Log this share of the first events that a process measures."""
        if self.file not in _logged:
            _logged.add(self.file)
            logger.info(
                "%s: %d gains, mean %.3g, rms %.2g; %.0f %% of the charge lies beside them",
                *(self.file, np.isfinite(self.gain).sum(), np.nanmean(self.gain)),
                *(np.nanstd(self.gain), 100 * (1 - self.known_share(cells, pixels))),
            )


def read_pixel_map(path: str | Path) -> PixelMap:
    """Read a map of gains; a file that has not changed is read once.

    Raises:
        ValueError: the file is not a table with the columns `COLUMNS`, or a value in it is wrong.
        FileNotFoundError: there is no such file.
    """
    return _read(str(path), Path(path).stat().st_mtime_ns)


@cache
def _read(path: str, mtime_ns: int) -> PixelMap:
    table = user_numbers(path, COLUMNS)
    place, gain = table[:, :2], table[:, 2]
    numbers = [np.unique(column) for column in place.T]
    for good, problem in (
        (not np.isnan(gain).all(), "no gain"),
        (
            # Coordinates in place of numbers would leave out most.
            all((np.diff(each) == 1).all() for each in numbers) and not (place % 1).any(),
            "pixel_x or pixel_y that are not whole numbers of pixels, of which none is left out",
        ),
        (len(np.unique(place, axis=0)) == len(place), "two rows of one pixel"),
        (
            not (gain <= 0).any() and not np.isinf(gain).any(),
            "gains that are not above 0; leave those empty that are not known, they are 1 then",
        ),
    ):
        if not good:
            raise ValueError(f"{path}: the map of gains has {problem}; repair the file")
    listed = (place - place.min(axis=0)).astype(np.int64)
    whole = np.full(listed.max(axis=0) + 1, np.nan)
    whole[tuple(listed.T)] = gain
    return PixelMap(path, whole, listed)
