"""Speed of a xenon detector's response, for electronic and nuclear recoils.

One thread; NEST's events of 1-100 keV. On a machine that does other work too the rate by processor
time is the one to compare. Usage: python benchmarks/xenon_response.py [--events N] [--base NAME],
the events of each recoil and the shipped detector.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from machine import describe_machine
from options import parsed

from pipeline.xenon.config.detector import Detector
from pipeline.xenon.config.samples import Nest, Recoil, UniformSpectrum
from pipeline.xenon.events.ingest import complete
from pipeline.xenon.events.nest import nest_events
from pipeline.xenon.events.table import EventBatch, write_events
from pipeline.xenon.networks.features import features
from pipeline.xenon.response.shards import read_shard
from pipeline.xenon.response.simulation import simulate_response
from pipeline.xenon.response.stage import write_response


def main() -> None:
    """Print events per second of the simulation, of the stage around it and of reading."""
    arguments = parsed(__doc__, events=2000, base="darwin")
    detector = Detector(base=arguments.base)
    print(describe_machine())
    for recoil in ("er", "nr"):
        _measure(detector, recoil, arguments.events)


def _measure(detector: Detector, recoil: Recoil, n: int) -> None:
    rng = np.random.default_rng(1)
    batches = list(_events(detector, recoil, n, rng))
    _simulate(detector, list(_events(detector, recoil, 1, rng)), rng)  # compiles
    _report(recoil, "simulated", n, lambda: _simulate(detector, batches, rng))
    with tempfile.TemporaryDirectory() as folder:
        events, shard = Path(folder, "events.parquet"), Path(folder, "response.parquet")
        write_events(events, batches, {})
        _report(
            recoil,
            "simulated and written",
            n,
            lambda: write_response(shard, events, detector, 1, recoil, 0),
        )
        _report(recoil, "read as features", n, lambda: [features(b) for b in read_shard(shard)])
        print(f"{recoil}: {shard.stat().st_size / n / 1e3:.1f} kB an event")


def _events(
    detector: Detector, recoil: Recoil, n: int, rng: np.random.Generator
) -> Iterator[EventBatch]:
    spectrum = UniformSpectrum(kind="uniform", low_keV=1, high_keV=100)
    sample = Nest(kind="nest", recoil=recoil, spectrum=spectrum, events=n)
    for batch in nest_events(sample, detector.geometry, detector.liquid, rng):
        yield complete(batch, detector.geometry, batch.source_event)


def _simulate(detector: Detector, batches: list[EventBatch], rng: np.random.Generator) -> None:
    for batch in batches:
        for _ in simulate_response(detector, batch, rng):
            pass


def _report(recoil: Recoil, what: str, n: int, work: Callable[[], object]) -> None:
    wall, processor = time.perf_counter(), time.process_time()
    work()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(f"{recoil}: {n / wall:7,.0f} events/s {what}, {n / processor:7,.0f} by processor time")


if __name__ == "__main__":
    main()
