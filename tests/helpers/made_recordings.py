"""Recorded events of a tiny detector; the only physics is that nuclear recoils have less S2."""

import numpy as np

from pipeline.xenon.events.table import RECOILS, UNKNOWN, EventBatch
from pipeline.xenon.response.simulation import ResponseBatch

LENGTHS = {"s1_waveform": 3, "s2_waveform": 6, "top": 4, "bottom": 4}
COUNTS = sum(LENGTHS.values())


def recorded(n: int, recoil: str, seed: int, first_id: int = 0) -> ResponseBatch:
    """`n` events with energies of 1 to 100 keV; every tenth one does not trigger."""
    rng = np.random.default_rng(seed)
    energy = rng.uniform(1, 100, n).astype(np.float32)
    zeros = np.zeros(n, np.float32)
    photons = {"s1_waveform": 0.5, "s2_waveform": 2.0 if recoil == "ER" else 0.2}
    counts = {
        name: rng.poisson(np.outer(energy, np.full(length, photons.get(name, 1.0))))
        for name, length in LENGTHS.items()
    }
    return ResponseBatch(
        events=EventBatch(
            event_id=np.arange(first_id, first_id + n),
            source_event=np.arange(n),
            recoil=np.full(n, RECOILS.index(recoil), np.uint8),
            energy_keV=energy,
            x_cm=zeros,
            y_cm=zeros,
            depth_cm=zeros,
            photons=zeros.astype(np.int32),
            electrons=zeros.astype(np.int32),
            excitons=np.full(n, UNKNOWN, np.int32),
        ),
        drift_time_us=rng.uniform(60, 1660, n).astype(np.float32),
        s1_photons_detected=counts["s1_waveform"].sum(1).astype(np.int32),
        electrons_extracted=zeros.astype(np.int32),
        s2_photons_detected=counts["s2_waveform"].sum(1).astype(np.int32),
        s1_area_PE=zeros,
        s2_area_PE=zeros,
        cs1_photons=counts["s1_waveform"].sum(1).astype(np.float32),
        stands_for=np.ones(n, np.float32),
        triggered=np.arange(n) % 10 != 3,
        **{name: values.astype(np.uint16) for name, values in counts.items()},
    )
