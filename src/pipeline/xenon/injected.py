"""An experiment with an injected signal, as an example of observed data."""

from collections.abc import Iterator
from dataclasses import fields

import numpy as np
import pandas as pd
import pyarrow as pa

from pipeline.xenon.config.detector import Detector
from pipeline.xenon.config.rates import Rates
from pipeline.xenon.config.samples import Recoil
from pipeline.xenon.events.nest import nest_quanta
from pipeline.xenon.events.positions import uniform_fiducial
from pipeline.xenon.events.raw import recoil_code
from pipeline.xenon.events.spectra import draw_between
from pipeline.xenon.events.table import EventBatch
from pipeline.xenon.rates.backgrounds import backgrounds, wimp
from pipeline.xenon.response.shards import RECORDED
from pipeline.xenon.response.simulation import simulate_response

COUNTS = pa.list_(pa.uint16())
_GRID = 500  # energies at which a spectrum is computed


def injected(
    rates: Rates,
    detector: Detector,
    exposure_t_yr: float,
    mass_GeV: float,
    cross_section_cm2: float,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Events of all background components and of WIMPs, in random order, before the trigger.

    A table with the columns of a sample of kind `parquet`.
    """
    expected = [(component, exposure_t_yr) for component in backgrounds(rates)]
    expected.append((wimp(rates, mass_GeV), exposure_t_yr * cross_section_cm2))
    tables = []
    for component, scale in expected:
        events = int(rng.poisson(scale * component.expected_per_t_yr()))
        grid = np.geomspace(*component.range_keV, _GRID)
        energy = np.empty(0)
        if events:
            energy = draw_between(grid, component.spectrum(grid), events, rng)
        x, y, depth = uniform_fiducial(detector.geometry, events, rng)
        recoil: Recoil = "er" if component.recoil == "ER" else "nr"
        quanta = nest_quanta(recoil, energy, detector.liquid, int(rng.integers(2**63)))
        place = {"x_cm": x, "y_cm": y, "depth_cm": depth}
        names = ("photons", "electrons", "excitons")
        tables.append(
            pd.DataFrame(
                {"recoil": component.recoil, "energy_keV": energy}
                | place
                | dict(zip(names, quanta.astype(int).T, strict=True))
            )
        )
    return pd.concat(tables).sample(frac=1, random_state=rng).reset_index(drop=True)


def recorded(
    events: pd.DataFrame, detector: Detector, rng: np.random.Generator
) -> Iterator[pa.Table]:
    """What the detector records of events of `injected` that trigger: a sample of kind `recorded`.

    No truth is left.
    """
    number = np.arange(len(events))
    columns = {name: events[name].to_numpy() for name in events if name != "recoil"}
    columns |= {"event_id": number, "source_event": number}
    columns["recoil"] = events["recoil"].map(recoil_code).to_numpy(np.uint8)
    for name in ("energy_keV", "x_cm", "y_cm", "depth_cm"):
        columns[name] = columns[name].astype(np.float32)
    for name in ("photons", "electrons", "excitons"):
        columns[name] = columns[name].astype(np.int32)
    batch = EventBatch(**{f.name: columns[f.name] for f in fields(EventBatch)})
    for response in simulate_response(detector, batch, rng):
        seen = response.triggered
        table = {name: pa.array(list(getattr(response, name)[seen]), COUNTS) for name in RECORDED}
        yield pa.table({"drift_time_us": response.drift_time_us[seen]} | table)
