"""The response of the detector to events: a fast model instead of photon tracking.

The events use one stream of random numbers, one event after the other, so the result does not
depend on how a table is divided into batches.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.xenon.config.detector import Detector
from pipeline.xenon.events.table import EventBatch
from pipeline.xenon.response.electroluminescence import (
    Charge,
    charge_constants,
    extract,
    luminesce,
)
from pipeline.xenon.response.patterns import Optics, optics_constants, spread_light
from pipeline.xenon.response.quanta import exciton_share, scintillation_energy_keV
from pipeline.xenon.response.sampling import area_pe
from pipeline.xenon.response.scintillation import (
    Light,
    detect_light,
    light_collection,
    light_constants,
)

CHUNK_EVENTS = 256  # 256 events x 3835 numbers x 6 bytes: 6 MB at a time
MOST_COUNTS = np.iinfo(np.uint16).max


@dataclass(frozen=True)
class ResponseBatch:
    """Record of n events by a detector: counts of detected photons, areas, waveforms."""

    events: EventBatch
    drift_time_us: NDArray[np.float32]  # [n]
    s1_photons_detected: NDArray[np.int32]  # [n]
    electrons_extracted: NDArray[np.int32]  # [n]
    s2_photons_detected: NDArray[np.int32]  # [n]
    s1_area_PE: NDArray[np.float32]  # [n]
    s2_area_PE: NDArray[np.float32]  # [n]
    cs1_photons: NDArray[np.float32]  # [n], S1 photons over the light collection at the height
    triggered: NDArray[np.bool_]  # [n]
    s1_waveform: NDArray[np.uint16]  # [n, bins]
    s2_waveform: NDArray[np.uint16]  # [n, bins]
    top: NDArray[np.uint16]  # [n, PMTs]
    bottom: NDArray[np.uint16]  # [n, PMTs]

    def __len__(self) -> int:
        return len(self.events)


def simulate_response(
    detector: Detector, events: EventBatch, rng: np.random.Generator
) -> Iterator[ResponseBatch]:
    """Yield the response to the events in batches of at most CHUNK_EVENTS.

    Raises:
        ValueError: the photons of an event in one sample or PMT exceed the range of the counts.
    """
    constants = _constants(detector)
    for start in range(0, len(events), CHUNK_EVENTS):
        yield _respond(detector, constants, _slice(events, start, start + CHUNK_EVENTS), rng)


class _Constants(NamedTuple):
    light: Light
    charge: Charge
    optics: Optics
    min_s2_photons: int
    double_pe: float
    single_pe_spread: float


def _constants(detector: Detector) -> _Constants:
    return _Constants(
        light_constants(detector),
        charge_constants(detector),
        optics_constants(detector),
        detector.trigger.min_s2_photons,
        detector.pmts.double_pe_probability,
        detector.pmts.single_pe_spread,
    )


def _respond(
    detector: Detector, constants: _Constants, events: EventBatch, rng: np.random.Generator
) -> ResponseBatch:
    n, waveforms, optics = len(events), detector.waveforms, constants.optics
    drift_us = events.depth_cm.astype(np.float64) * 10 / detector.drift.velocity_mm_per_us
    counts = np.zeros((n, 3), np.int64)
    areas = np.zeros((n, 2))
    triggered = np.zeros(n, np.bool_)
    lengths = (waveforms.s1_bins, waveforms.s2_bins, len(optics.top.pmts), len(optics.bottom.pmts))
    recorded = tuple(np.zeros((n, length), np.int32) for length in lengths)
    _respond_to_all(
        rng,
        constants,
        # Copies, because the columns of a table are read-only, and numba would compile the
        # function once more for read-only arrays.
        events.recoil.copy(),
        scintillation_energy_keV(events),
        events.photons.copy(),
        events.electrons.copy(),
        exciton_share(events, detector.liquid.density_g_per_cm3),
        events.x_cm.astype(np.float64),
        events.y_cm.astype(np.float64),
        events.depth_cm.astype(np.float64),
        drift_us,
        counts,
        areas,
        triggered,
        *recorded,
    )
    over = np.logical_or.reduce([(array > MOST_COUNTS).any(axis=1) for array in recorded])
    if over.any():
        event = int(np.argmax(over))
        raise ValueError(
            f"event {events.event_id[event]} with {events.photons[event]} photons and "
            f"{events.electrons[event]} electrons: more than {MOST_COUNTS} photons in one sample "
            "or PMT, beyond the range of the response; leave such energies out of the sample"
        )
    s1_waveform, s2_waveform, top, bottom = (array.astype(np.uint16) for array in recorded)
    s1_photons, extracted, s2_photons = counts.astype(np.int32).T
    s1_area, s2_area = areas.astype(np.float32).T
    return ResponseBatch(
        events=events,
        drift_time_us=drift_us.astype(np.float32),
        s1_photons_detected=s1_photons,
        electrons_extracted=extracted,
        s2_photons_detected=s2_photons,
        s1_area_PE=s1_area,
        s2_area_PE=s2_area,
        cs1_photons=(s1_photons / light_collection(detector, events.depth_cm)).astype(np.float32),
        triggered=triggered,
        s1_waveform=s1_waveform,
        s2_waveform=s2_waveform,
        top=top,
        bottom=bottom,
    )


@njit(cache=True, error_model="numpy", nogil=True)
def _respond_to_all(  # type: ignore[no-untyped-def]
    rng,
    constants,
    recoil,
    energy_keV,
    photons,
    electrons,
    excitons,
    x_cm,
    y_cm,
    depth_cm,
    drift_us,
    counts,
    areas,
    triggered,
    s1_waveform,
    s2_waveform,
    top,
    bottom,
):
    """Simulate n events and fill `counts`, `areas`, `triggered`, waveforms and hit patterns.

    `counts` [n, 3] are S1 photons, extracted electrons and S2 photons, `areas` [n, 2] those of S1
    and S2.
    """
    light, charge, optics = constants.light, constants.charge, constants.optics
    spread = np.empty(s2_waveform.shape[1])
    shares = np.empty(max(top.shape[1], bottom.shape[1]))
    for i in range(len(photons)):
        s1, coincident = detect_light(
            rng,
            light,
            recoil[i],
            energy_keV[i],
            photons[i],
            excitons[i],
            depth_cm[i],
            s1_waveform[i],
        )
        extracted = extract(rng, charge, electrons[i], drift_us[i])
        s2 = luminesce(rng, charge, extracted, drift_us[i], spread, s2_waveform[i])
        spread_light(
            rng,
            optics,
            s2,
            extracted,
            x_cm[i],
            y_cm[i],
            2 * charge.transverse * drift_us[i],
            shares,
            top[i],
            bottom[i],
        )
        counts[i] = (s1, extracted, s2)
        for signal, detected in ((0, s1), (1, s2)):
            areas[i, signal] = area_pe(
                rng, detected, constants.double_pe, constants.single_pe_spread
            )
        triggered[i] = coincident and s2 >= constants.min_s2_photons


def _slice(events: EventBatch, start: int, stop: int) -> EventBatch:
    return EventBatch(*(getattr(events, f.name)[start:stop] for f in fields(events)))
