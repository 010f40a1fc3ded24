"""Events that NEST (nestpy) generates: quanta of recoils, uniform in the fiducial volume."""

from collections.abc import Iterator

import nestpy
import numpy as np

from pipeline.xenon.config.detector import Geometry, Liquid
from pipeline.xenon.config.samples import Nest, Recoil
from pipeline.xenon.events.positions import uniform_fiducial
from pipeline.xenon.events.raw import BATCH_EVENTS, RawEvents, recoil_code
from pipeline.xenon.events.spectra import draw_energies

INTERACTIONS = {"er": nestpy.interactions.beta, "nr": nestpy.interactions.NR}


def nest_events(
    sample: Nest, geometry: Geometry, liquid: Liquid, rng: np.random.Generator
) -> Iterator[RawEvents]:
    """Yield the events of a sample, all candidates, in batches.

    Raises:
        ValueError: the spectrum is unusable; see `draw_energies`.
    """
    total = sample.events * sample.candidates
    for first in range(0, total, BATCH_EVENTS):
        events = min(BATCH_EVENTS, total - first)
        energy_keV = draw_energies(sample.spectrum, events, rng)
        x, y, depth = uniform_fiducial(geometry, events, rng)
        quanta = nest_quanta(sample.recoil, energy_keV, liquid, int(rng.integers(2**63)))
        yield RawEvents(
            source_event=first + np.arange(events),
            line=np.zeros(events, np.int64),
            recoil=np.full(events, recoil_code(sample.recoil), np.uint8),
            energy_keV=energy_keV,
            x_cm=x,
            y_cm=y,
            depth_cm=depth,
            photons=quanta[:, 0],
            electrons=quanta[:, 1],
            excitons=quanta[:, 2],
        )


def nest_quanta(recoil: Recoil, energies_keV: np.ndarray, liquid: Liquid, seed: int) -> np.ndarray:
    """Draw photons, electrons and excitons of recoils with these energies, float64 [n, 3].

    NEST has one generator of random numbers per process. It is seeded here, so the result depends
    on the arguments only.
    """
    nestpy.RandomGen.rndm().set_seed(seed)
    nest = nestpy.NESTcalc(nestpy.detectors.VDetector())
    interaction = INTERACTIONS[recoil]
    density, field = liquid.density_g_per_cm3, liquid.field_V_per_cm
    quanta = np.empty((len(energies_keV), 3))
    # NEST can only process one event at a time, about 190,000 events/s.
    for i, energy in enumerate(energies_keV.tolist()):
        yields = nest.GetYields(
            interaction=interaction, energy=energy, density=density, drift_field=field
        )
        drawn = nest.GetQuanta(yields, density)
        quanta[i] = drawn.photons, drawn.electrons, drawn.excitons
    return quanta
