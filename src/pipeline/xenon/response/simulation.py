"""The response of the detector to events: a fast model instead of photon tracking.

The events use one stream of random numbers, one event after the other, so the result does not
depend on how a table is divided into batches. Where a sample has several candidates for an event,
all of a batch get S1 and extracted electrons, and those that are taken get the rest.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.xenon.config.detector import Detector
from pipeline.xenon.events.table import EventBatch
from pipeline.xenon.response.candidates import take
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
    stands_for: NDArray[np.float32]  # [n], events of the sample; 1 without candidates
    s1_waveform: NDArray[np.uint16]  # [n, bins]
    s2_waveform: NDArray[np.uint16]  # [n, bins]
    top: NDArray[np.uint16]  # [n, PMTs]
    bottom: NDArray[np.uint16]  # [n, PMTs]

    def __len__(self) -> int:
        return len(self.events)


def simulate_response(
    detector: Detector, events: EventBatch, rng: np.random.Generator, number: int | None = None
) -> Iterator[ResponseBatch]:
    """Yield the response to the events in batches of at most CHUNK_EVENTS.

    Of the events `number` are taken, see `candidates.take`; None: all.

    Raises:
        ValueError: the photons of an event in one sample or PMT exceed the range of the counts.
    """
    constants = _constants(detector)
    if number is not None:
        yield from _of_candidates(detector, constants, events, rng, number)
        return
    for start in range(0, len(events), CHUNK_EVENTS):
        own = _at(events, slice(start, start + CHUNK_EVENTS))
        given, made = _inputs(detector, own), _empty_outputs(detector, constants, len(own))
        _respond_to_all(rng, constants, given, made, True, True)
        yield _batch(detector, own, given, made, np.ones(len(own)))


def _of_candidates(
    detector: Detector,
    constants: "_Constants",
    events: EventBatch,
    rng: np.random.Generator,
    number: int,
) -> Iterator[ResponseBatch]:
    """The response to `number` of the events, chosen by their S1 and extracted electrons."""
    given = _inputs(detector, events)
    looked = _empty_outputs(detector, constants, len(events), s1_only=True)
    _respond_to_all(rng, constants, given, looked, True, False)
    s1, extracted = looked.counts[:, :2].T
    taken, stands_for = take(
        s1 / light_collection(detector, events.depth_cm),
        extracted * np.exp(given.drift_us / constants.charge.lifetime),
        looked.triggered,
        number,
        rng,
    )
    for start in range(0, len(taken), CHUNK_EVENTS):
        chunk = taken[start : start + CHUNK_EVENTS]
        own = _at(events, chunk)
        given, made = _inputs(detector, own), _empty_outputs(detector, constants, len(own))
        made = made._replace(
            counts=looked.counts[chunk],
            triggered=looked.triggered[chunk],
            s1_waveform=looked.s1_waveform[chunk],
        )
        _respond_to_all(rng, constants, given, made, False, True)
        yield _batch(detector, own, given, made, stands_for[start : start + CHUNK_EVENTS])


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


class _Inputs(NamedTuple):
    """What the response depends on, of n events [n]."""

    recoil: NDArray[np.uint8]
    energy_keV: NDArray[np.float64]
    photons: NDArray[np.int32]
    electrons: NDArray[np.int32]
    excitons: NDArray[np.float64]  # share of the photons
    x_cm: NDArray[np.float64]
    y_cm: NDArray[np.float64]
    depth_cm: NDArray[np.float64]
    drift_us: NDArray[np.float64]


class _Outputs(NamedTuple):
    """The response to n events, which the compiled loop fills."""

    counts: NDArray[np.int64]  # [n, 3], S1 photons, extracted electrons, S2 photons
    areas: NDArray[np.float64]  # [n, 2], of S1 and S2
    triggered: NDArray[np.bool_]  # [n]
    s1_waveform: NDArray[np.int32]  # [n, bins]
    s2_waveform: NDArray[np.int32]  # [n, bins]
    top: NDArray[np.int32]  # [n, PMTs]
    bottom: NDArray[np.int32]  # [n, PMTs]


def _inputs(detector: Detector, events: EventBatch) -> _Inputs:
    return _Inputs(
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
        events.depth_cm.astype(np.float64) * 10 / detector.drift.velocity_mm_per_us,
    )


def _empty_outputs(
    detector: Detector, constants: _Constants, n: int, s1_only: bool = False
) -> _Outputs:
    waveforms, optics = detector.waveforms, constants.optics
    lengths = (waveforms.s2_bins, len(optics.top.pmts), len(optics.bottom.pmts))
    return _Outputs(
        np.zeros((n, 3), np.int64),
        np.zeros((n, 2)),
        np.zeros(n, np.bool_),
        np.zeros((n, waveforms.s1_bins), np.int32),
        *(np.zeros((0 if s1_only else n, length), np.int32) for length in lengths),
    )


def _batch(
    detector: Detector,
    events: EventBatch,
    given: _Inputs,
    made: _Outputs,
    stands_for: NDArray[np.float64],
) -> ResponseBatch:
    recorded = (made.s1_waveform, made.s2_waveform, made.top, made.bottom)
    over = np.logical_or.reduce([(array > MOST_COUNTS).any(axis=1) for array in recorded])
    if over.any():
        event = int(np.argmax(over))
        raise ValueError(
            f"event {events.event_id[event]} with {events.photons[event]} photons and "
            f"{events.electrons[event]} electrons: more than {MOST_COUNTS} photons in one sample "
            "or PMT, beyond the range of the response; leave such energies out of the sample"
        )
    s1_waveform, s2_waveform, top, bottom = (array.astype(np.uint16) for array in recorded)
    s1_photons, extracted, s2_photons = made.counts.astype(np.int32).T
    s1_area, s2_area = made.areas.astype(np.float32).T
    return ResponseBatch(
        events=events,
        drift_time_us=given.drift_us.astype(np.float32),
        s1_photons_detected=s1_photons,
        electrons_extracted=extracted,
        s2_photons_detected=s2_photons,
        s1_area_PE=s1_area,
        s2_area_PE=s2_area,
        cs1_photons=(s1_photons / light_collection(detector, events.depth_cm)).astype(np.float32),
        triggered=made.triggered,
        stands_for=stands_for.astype(np.float32),
        s1_waveform=s1_waveform,
        s2_waveform=s2_waveform,
        top=top,
        bottom=bottom,
    )


@njit(cache=True, error_model="numpy", nogil=True)
def _respond_to_all(rng, constants, given, made, look, finish):  # type: ignore[no-untyped-def]
    """Simulate n events one after the other: S1 and extraction (`look`), the rest (`finish`)."""
    spread = np.empty(made.s2_waveform.shape[1])
    shares = np.empty(max(made.top.shape[1], made.bottom.shape[1]))
    for i in range(len(given.photons)):
        if look:
            _look(rng, constants, given, made, i)
        if finish:
            _finish(rng, constants, given, made, i, spread, shares)


@njit(cache=True, error_model="numpy")
def _look(rng, constants, given, made, i):  # type: ignore[no-untyped-def]
    made.counts[i, 0], made.triggered[i] = detect_light(
        rng,
        constants.light,
        given.recoil[i],
        given.energy_keV[i],
        given.photons[i],
        given.excitons[i],
        given.depth_cm[i],
        made.s1_waveform[i],
    )
    made.counts[i, 1] = extract(rng, constants.charge, given.electrons[i], given.drift_us[i])


@njit(cache=True, error_model="numpy")
def _finish(rng, constants, given, made, i, spread, shares):  # type: ignore[no-untyped-def]
    """S2, patterns and areas of event i, whose S1 and electrons are made; arrays as workspace."""
    charge = constants.charge
    extracted, drift_us = made.counts[i, 1], given.drift_us[i]
    s2 = luminesce(rng, charge, extracted, drift_us, spread, made.s2_waveform[i])
    made.counts[i, 2] = s2
    spread_light(
        rng,
        constants.optics,
        s2,
        extracted,
        given.x_cm[i],
        given.y_cm[i],
        2 * charge.transverse * drift_us,
        shares,
        made.top[i],
        made.bottom[i],
    )
    for signal in range(2):
        made.areas[i, signal] = area_pe(
            rng, made.counts[i, 2 * signal], constants.double_pe, constants.single_pe_spread
        )
    made.triggered[i] &= s2 >= constants.min_s2_photons


def _at(events: EventBatch, index: slice | NDArray[np.int64]) -> EventBatch:
    return EventBatch(*(getattr(events, f.name)[index] for f in fields(events)))
