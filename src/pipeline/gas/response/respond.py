"""The whole readout response, from ionisation electrons to charges of cells.

`respond` takes the electrons of n events as a ragged array, `Electrons`. It returns a `Readout`, a
ragged array of cells (flat voxel indices of the grid, as in a voxel shard) and their charges in
primary electrons. Its steps have the order of a real chain: rotate, drift and diffuse, lose
(`drift`), count in cells (`cells`), amplify (`gain`), share the charge among cells (`spread`),
saturate, spread from pixel to pixel (`gain`), integrate along the drift, apply the threshold to the
sums, digitise (`readout`), add noise hits, centre on the charge; among noise hits on that of the
track (`track_hits`).

    grid, response = Grid(), Response(threshold={"electrons": 1.5})
    softer = response.replaced({"threshold.electrons": 1.2})  # names: config.response.PARAMETERS
    readout = respond(tracks.electrons, softer, grid, generator(seed, "fit", source, part))

The same state of the generator gives the same result. Every step draws from a child generator of
its own, so a parameter of one step does not change the numbers drawn in the steps before it, and
the diffusion of an electron is the same number times another sigma: two responses called with
equal generators differ by little noise.

Drift is along z, and electrons with lower z arrive first. The cells have a random place relative
to each event. As for measured events, the event is then moved by whole cells, until the mean of
its charge is within half a cell of the grid's centre.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.gas.config.response import Response
from pipeline.gas.config.voxels import Grid
from pipeline.gas.response import cells, drift, gain, readout
from pipeline.gas.response.cells import Cells
from pipeline.gas.response.parameters import event_parameters
from pipeline.gas.response.pixel_map import read_pixel_map
from pipeline.gas.response.pixels import Pixels
from pipeline.gas.response.spread import parts_of_a_cell, spread
from pipeline.gas.response.track_hits import centred_on_track
from pipeline.gas.tracks.table import Electrons

# Cells are counted in a box of this many grids along each edge: where the mean of the charge lies,
# and so which events the grid contains, is known only behind the threshold.
BOX_GRIDS = 2

# Events whose charge is spread at once: with the spread of `beast`, one event of 50 keV fills some
# 100,000 cells for a moment.
SPREAD_EVENTS = 8

LEAST_CHARGE = np.finfo(np.float32).tiny  # of a cell that is reported, without a threshold

# Every step has its own generator. Their order is part of every result.
STREAMS = (
    *("parameters", "place", "diffusion", "loss"),
    *("avalanche", "pixels", "threshold", "noise"),
)


@dataclass(frozen=True)
class Drifted:
    """Electrons at the readout, and what the following steps need."""

    moved_um: np.ndarray  # float64 [N, 3], relative to the mean of the event before diffusion
    arrived: np.ndarray  # bool [N]
    length_cm: np.ndarray  # float64 [N], drift length
    centre_um: np.ndarray  # float64 [n, 3], this mean in the rotated frame
    parameters: Mapping[str, np.ndarray]  # float64 [n] each, of every event
    streams: Mapping[str, np.random.Generator]  # of the following steps


@dataclass(frozen=True)
class Detected:
    """What the readout reports of n events, in a box of `BOX_GRIDS` and not centred.

    The mean of an event before diffusion lies at `phase` in the cell at the middle of the box.
    """

    hits: Cells  # none of the events with electrons outside the box
    inside: np.ndarray  # bool [n], all electrons are inside the box
    phase: np.ndarray  # float64 [n, 3], in units of a cell
    drifted: Drifted


@dataclass(frozen=True)
class Readout:
    """The measured charges of n events; event i has offsets[i]:offsets[i + 1].

    Events that the grid does not contain, and events without any charge, have no cells.
    """

    offsets: np.ndarray  # int64 [n + 1], starts at 0
    voxels: np.ndarray  # int32 [N], (ix * bins + iy) * bins + iz, sorted within an event
    charge: np.ndarray  # float32 [N], in primary electrons, positive
    contained: np.ndarray  # bool [n]; true for events without any charge
    origin: np.ndarray  # float64 [n, 3], the source's origin, in voxels from the grid's corner
    sigma_um: np.ndarray  # float64 [n], transverse diffusion and spread at the track's centre

    def __len__(self) -> int:
        return len(self.offsets) - 1


def drift_electrons(
    electrons: Electrons,
    response: Response,
    rng: np.random.Generator,
    rotation: np.ndarray | None = None,
    vary: bool = False,
) -> Drifted:
    """The steps of `respond` as far as the readout: rotate, drift, diffuse and lose."""
    positions_um, offsets = electrons
    n = len(offsets) - 1
    streams = dict(zip(STREAMS, rng.spawn(len(STREAMS)), strict=True))
    values = event_parameters(response, n, streams["parameters"], vary)
    turn = np.tile(np.eye(3), (n, 1, 1)) if rotation is None else rotation
    moved, length_cm, centre_um = drift.diffused(
        *(positions_um, offsets, turn, values["drift_cm"], *variances(values)),
        streams["diffusion"],
    )
    attachment = np.repeat(values["attachment_per_cm"], np.diff(offsets))
    arrived = drift.surviving(length_cm, attachment, streams["loss"])
    return Drifted(moved, arrived, length_cm, centre_um, values, streams)


def respond(
    electrons: Electrons,
    response: Response,
    grid: Grid,
    rng: np.random.Generator,
    rotation: np.ndarray | None = None,
    vary: bool = False,
) -> Readout:
    """Measured charges of n events.

    `rotation` float64 [n, 3, 3] turns each event about the origin before the drift. With `vary`
    each event draws the parameters in `response.vary`. Reads the file `response.gain.map`.

    Raises:
        ValueError: that file is no map of gains.
    """
    found = detect(electrons, response, grid, rng, rotation, vary)
    values, middle = found.drifted.parameters, BOX_GRIDS * grid.bins // 2
    # As for measured events, the centre is that of the reported charge.
    if response.has("noise_hits"):
        hits, shift, fits = _centred_on_track(found.hits, grid)
    else:
        hits, shift, fits = cells.centred(found.hits, grid.bins)
    contained = found.inside & fits
    hits = hits.where(hits.each(contained))
    squared, constant = variances(values)
    return Readout(
        offsets=hits.offsets,
        voxels=hits.index.astype(np.int32),
        charge=hits.charge.astype(np.float32),
        contained=contained,
        origin=middle + found.phase - shift - found.drifted.centre_um / np.array(grid.cell_um),
        sigma_um=np.sqrt(
            squared[:, 0] * values["drift_cm"]
            + constant[:, 0]
            + response.gain.spread_um.transverse**2
        ),
    )


def detect(
    electrons: Electrons,
    response: Response,
    grid: Grid,
    rng: np.random.Generator,
    rotation: np.ndarray | None = None,
    vary: bool = False,
    pixels: Pixels | None = None,
) -> Detected:
    """All steps of `respond` but the last: noise hits are in, events are not centred.

    With `pixels`, each has its own gain; they are those of `response.gain.map` if there is one.
    """
    drifted = drift_electrons(electrons, response, rng, rotation, vary)
    streams, n = drifted.streams, len(electrons.offsets) - 1
    phase = streams["place"].random((n, 3))
    known = read_pixel_map(response.gain.map) if response.gain.map else None
    pixels = known.under_events(n, streams["pixels"]) if known else pixels
    hits, inside = reported(drifted, electrons.offsets, phase, response, grid, pixels)
    if known and pixels:
        known.log_share(hits, pixels)
    if response.has("noise_hits"):
        hits = _with_noise(hits, inside, response, drifted.parameters, streams["noise"])
        hits = _digitised(hits, response)
    return Detected(hits, inside, phase, drifted)


def reported(
    drifted: Drifted,
    offsets: np.ndarray,
    phase: np.ndarray,
    response: Response,
    grid: Grid,
    pixels: Pixels | None = None,
) -> tuple[Cells, np.ndarray]:
    """The steps of `respond` from the readout to the digitised charge, in a box of `BOX_GRIDS`.

    The mean of an event before diffusion lies at `phase` float64 [n, 3] in the cell at the middle
    of the box, in units of a cell. With `pixels`, each has its own gain.

    Returns the cells, and a mask bool [n] of the events with all electrons inside the box.
    """
    values, streams = drifted.parameters, drifted.streams
    cell_um, box = np.array(grid.cell_um), BOX_GRIDS * grid.bins
    spread_um = response.spread_um
    parts, n = parts_of_a_cell(spread_um, grid.cell_um), len(offsets) - 1
    hits, inside = cells.counted(
        *(drifted.moved_um, drifted.arrived, offsets),
        *(phase * parts, cell_um / parts, box * parts),
    )
    rms = hits.each(values["gain.relative_rms"])
    hits = hits.with_charge(gain.amplified(hits.charge, rms, streams["avalanche"]))
    if not any(spread_um):
        return _read_out(hits, values, streams, response, grid, pixels), inside
    found = []
    for first in range(0, n, SPREAD_EVENTS):
        last = min(first + SPREAD_EVENTS, n)
        shared = spread(hits.events(first, last), parts, spread_um, grid.cell_um)
        own = {name: each[first:last] for name, each in values.items()}
        below = pixels and pixels.events(first, last)
        found.append(_read_out(shared, own, streams, response, grid, below))
    return cells.joined(found), inside


def _read_out(
    hits: Cells,
    values: Mapping[str, np.ndarray],
    streams: Mapping[str, np.random.Generator],
    response: Response,
    grid: Grid,
    pixels: Pixels | None,
) -> Cells:
    """What the readout reports of amplified charges."""
    charge = gain.saturated(hits.charge, hits.each(values["gain.saturation"]))
    charge *= gain.pixel_factors(hits, values["gain.pixel_spread"], streams["pixels"])
    if pixels:
        charge *= pixels.gains(hits)
    hits = hits.with_charge(charge)
    if response.integrate_mm == "all":
        hits = readout.flattened(hits)
    elif (window := round(response.integrate_mm * 1e3 / grid.cell_um[2])) > 1:
        if response.integrate_from == "threshold":
            least = _thresholds(hits, values, streams)
            return _digitised(readout.integrated(hits, window, least), response)
        hits = readout.integrated(hits, window)
    hits = hits.where(hits.charge >= _thresholds(hits, values, streams))
    return _digitised(hits, response)


def _thresholds(
    hits: Cells, values: Mapping[str, np.ndarray], streams: Mapping[str, np.random.Generator]
) -> np.ndarray:
    """The least charge float64 [M] of each cell."""
    electrons, rms = hits.each(values["threshold.electrons"]), hits.each(values["threshold.rms"])
    return np.maximum(readout.thresholds(electrons, rms, streams["threshold"]), LEAST_CHARGE)


def variances(values: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Squares, float64 [n, 2], of D and of the constant, each across and along the drift."""
    axes = ("transverse", "longitudinal")
    return (
        np.stack([values[f"diffusion.{axis}"] ** 2 for axis in axes], axis=1),
        np.stack([values[f"diffusion.constant_{axis}"] ** 2 for axis in axes], axis=1),
    )


def _digitised(hits: Cells, response: Response) -> Cells:
    """The hits with the charges that the readout reports; again, they stay the same."""
    if not (response.charge_bits and response.charge_step):
        return hits
    charge = readout.digitised(hits.charge, response.charge_bits, response.charge_step)
    return hits.with_charge(charge)


def _with_noise(
    hits: Cells,
    inside: np.ndarray,
    response: Response,
    values: Mapping[str, np.ndarray],
    rng: np.random.Generator,
) -> Cells:
    """The hits with those of noise in the whole box, in the events of a mask bool [n]."""
    grids = BOX_GRIDS ** (2 if response.integrate_mm == "all" else 3)  # in the box
    owner = np.repeat(np.arange(len(hits)), rng.poisson(grids * values["noise_hits"] * inside))
    if not len(owner):
        return hits
    electrons, rms = values["threshold.electrons"][owner], values["threshold.rms"][owner]
    least = readout.thresholds(electrons, rms, rng)
    charge = gain.avalanches_above(least, values["gain.relative_rms"][owner], rng)
    place = rng.integers(0, hits.box, (len(owner), 3))
    if response.integrate_mm == "all":
        place[:, 2] = cells.central_layer(hits.box)
    return cells.merged(hits, cells.flat_index(place, hits.box), charge, owner)


def _centred_on_track(hits: Cells, grid: Grid) -> tuple[Cells, np.ndarray, np.ndarray]:
    """See `cells.centred`; stray hits do not count, and may lie outside the grid."""
    place = np.stack(np.unravel_index(hits.index, (hits.box,) * 3), axis=1)
    found = centred_on_track(place, hits.charge, hits.each(np.arange(len(hits))), len(hits), grid)
    return found.cells, found.shift, found.contained
