"""Events with given quanta or quanta from NEST, and the response of a detector to them."""

from dataclasses import fields
from typing import Any

import numpy as np

from pipeline.xenon.config.detector import Detector
from pipeline.xenon.events.nest import nest_quanta
from pipeline.xenon.events.table import RECOILS, SCHEMA, UNKNOWN, EventBatch
from pipeline.xenon.response.simulation import ResponseBatch, simulate_response


def darwin(**blocks: dict[str, Any]) -> Detector:
    """The shipped DARWIN with overrides."""
    return Detector.model_validate({"base": "darwin", **blocks})


def made_events(n: int, **columns: Any) -> EventBatch:
    """`n` events on the axis at mid-height and without quanta; `columns` override values."""
    values = {
        "event_id": np.arange(n),
        "source_event": np.arange(n),
        "recoil": 0,
        "energy_keV": 10.0,
        "x_cm": 0.0,
        "y_cm": 0.0,
        "depth_cm": 130.0,
        "photons": 0,
        "electrons": 0,
        "excitons": UNKNOWN,
        **columns,
    }
    kinds = {f.name: f.type.to_pandas_dtype() for f in SCHEMA}
    return EventBatch(**{k: np.broadcast_to(v, n).astype(kinds[k]) for k, v in values.items()})


def made_nest_events(
    detector: Detector, recoil: str, energies_keV: np.ndarray, seed: int
) -> EventBatch:
    """Events of these energies from NEST, uniform in the fiducial volume."""
    rng, n = np.random.default_rng(seed), len(energies_keV)
    volume = detector.geometry
    radius = volume.fiducial_radius_cm * np.sqrt(rng.random(n))
    phi = 2 * np.pi * rng.random(n)
    photons, electrons, excitons = nest_quanta(recoil, energies_keV, detector.liquid, seed).T
    return made_events(
        n,
        recoil=RECOILS.index(recoil.upper()),
        energy_keV=energies_keV,
        x_cm=radius * np.cos(phi),
        y_cm=radius * np.sin(phi),
        depth_cm=rng.uniform(volume.fiducial_top_cm, volume.fiducial_bottom_cm, n),
        photons=photons,
        electrons=electrons,
        excitons=excitons,
    )


def respond(detector: Detector, events: EventBatch, seed: int = 1) -> ResponseBatch:
    """The response to all events as one batch."""
    return together(list(simulate_response(detector, events, np.random.default_rng(seed))))


def together(batches: list[ResponseBatch]) -> ResponseBatch:
    """Concatenate batches."""
    events = [batch.events for batch in batches]
    return ResponseBatch(
        EventBatch(
            *(np.concatenate([getattr(e, f.name) for e in events]) for f in fields(events[0]))
        ),
        *(
            np.concatenate([getattr(batch, f.name) for batch in batches])
            for f in fields(ResponseBatch)[1:]
        ),
    )
