"""Energy and share of excitons of events, estimated where the event table does not hold them.

The emission times of the light depend on both. The formulas are from NEST (`NESTcalc::GetYields`,
`WorkFunction`).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

from pipeline.xenon.events.table import RECOILS, EventBatch

NR = RECOILS.index("NR")

EV_PER_QUANTUM = 13.5  # ER; NEST's work function at 2.86 g/cm3
NR_QUANTA_AT_1_KEV, NR_QUANTA_POWER = 11.0, 1.1
NR_EXCITONS_PER_ION = 0.8  # NEST: 0.5-0.95 at 1-100 keV and 200 V/cm


def scintillation_energy_keV(batch: EventBatch) -> NDArray[np.float64]:
    """Energies of the events [n]; where unknown, the energy with that mean number of quanta."""
    quanta = _quanta(batch)
    guess = np.where(
        batch.recoil == NR,
        (quanta / NR_QUANTA_AT_1_KEV) ** (1 / NR_QUANTA_POWER),
        quanta * EV_PER_QUANTUM / 1e3,
    )
    return np.where(np.isnan(batch.energy_keV), guess, batch.energy_keV)


def exciton_share(batch: EventBatch, density_g_per_cm3: float) -> NDArray[np.float64]:
    """Share of the photons [n] that come from excitons and not from recombination.

    Where the number of excitons is unknown, electronic recoils have NEST's mean number. Nuclear
    recoils have a ratio of excitons to ions in the middle of NEST's range; it only matters for a
    delay of half a nanosecond.
    """
    er_ratio = 0.067366 + 0.039693 * density_g_per_cm3
    ratio = np.where(
        batch.recoil == NR,
        NR_EXCITONS_PER_ION,
        er_ratio * erf(0.05 * scintillation_energy_keV(batch)),
    )
    mean = ratio / (1 + ratio) * _quanta(batch)
    excitons = np.where(batch.excitons < 0, mean, batch.excitons)
    return np.minimum(excitons / np.maximum(batch.photons, 1), 1.0)


def _quanta(batch: EventBatch) -> NDArray[np.float64]:
    return batch.photons.astype(np.float64) + batch.electrons
