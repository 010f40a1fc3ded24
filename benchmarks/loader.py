"""Training events: what the loader of each kind makes a second, and how much memory it takes.

    python benchmarks/loader.py [--events N] [--batch-size N] [--threads 1 2]

Tracks of 40, 45 and 50 keV are simulated, stored and binned first. The loaders take turns, each for
a few epochs; nothing is learnt, so the batches come as fast as they can be made. Memory: what an
epoch adds to the resident size of a process of its own, at its largest. The CPU time of an event
says what a core can do when the machine is busy with other work.
"""

import argparse
import multiprocessing
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
from machine import describe_machine

from pipeline.core.ingestion import BadEvents
from pipeline.gas.config.sets import TrainingSet
from pipeline.gas.config.sources import Simulation, SourceDefaults
from pipeline.gas.config.voxels import Grid
from pipeline.gas.tracks.ingest import ingest
from pipeline.gas.tracks.simulator.source import simulated_batches
from pipeline.gas.voxels.epochs import TrainingEvents, epoch_batches, fresh_events, shard_events
from pipeline.gas.voxels.stage import voxelise
from pipeline.gas.voxels.stream import stream_events

GRID = Grid()
TRAINING_SET = TrainingSet(
    sources=["made"], smearing_um={"low_um": 160, "high_um": 466}, validation_fraction=0.1
)
ENERGIES_KEV = [40.0, 45.0, 50.0]
ROUNDS = 3
MIB = 2**20


def make_files(source: Simulation, folder: Path) -> tuple[list[Path], list[Path]]:
    """Track tables and shards of a source, one an energy."""
    tables, shards = [], []
    for part, energy_keV in enumerate(source.energies_keV):
        rng = np.random.default_rng(part)
        tables.append(folder / "tracks" / "made" / f"{part}.parquet")
        shards.append(folder / "voxels" / "made" / f"{part}.parquet")
        raw = simulated_batches(source.model_copy(update={"energies_keV": [energy_keV]}), rng)
        counts = tables[-1].with_suffix(".json")
        summary = tables[-1].with_suffix(".summary.parquet")
        bad = BadEvents("made", "stop")
        ingest(raw, SourceDefaults(energy_keV), bad, part, tables[-1], counts, summary)
        counts = shards[-1].with_suffix(".json")
        smearing = TRAINING_SET.smearing_um
        voxelise(tables[-1], "made", GRID, smearing, rng, shards[-1], counts)
    return tables, shards


def run_epoch(events: TrainingEvents, epoch: int, batch_size: int, threads: int) -> int:
    """Make all batches of an epoch and return the number of events."""
    rng = np.random.default_rng(epoch)
    return sum(map(len, epoch_batches(events, epoch, batch_size, threads, rng)))


def peak_mib(events: TrainingEvents, batch_size: int, threads: int) -> float:
    """Memory that an epoch adds to a process of its own."""
    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()

    def measure() -> None:
        before = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
        run_epoch(events, 1, batch_size, threads)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        answers.put((peak - before) / MIB)

    process = context.Process(target=measure)
    process.start()
    process.join()
    return answers.get()


def main() -> None:
    """Run the comparison and print it as a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=24_000, help="events of all energies")
    parser.add_argument("--batch-size", type=int, default=256)
    parser.add_argument("--threads", type=int, nargs="*", default=[1, 2])
    arguments = parser.parse_args()
    source = Simulation(
        kind="simulation",
        energies_keV=ENERGIES_KEV,
        events_per_energy=arguments.events // len(ENERGIES_KEV),
    )
    with tempfile.TemporaryDirectory() as name:
        tables, shards = make_files(source, Path(name))
        kinds = {
            "shards": shard_events(shards, TRAINING_SET, "net", 1),
            "fresh": fresh_events(tables, GRID, TRAINING_SET, "net", 1),
            "stream": stream_events({"made": source}, GRID, TRAINING_SET, "net", 1),
        }
        cases = [(kind, threads) for kind in kinds for threads in arguments.threads]
        memory = {c: peak_mib(kinds[c[0]], arguments.batch_size, c[1]) for c in cases}
        rates, cpu_us = dict.fromkeys(cases, 0.0), dict.fromkeys(cases, np.inf)
        for epoch in range(1, ROUNDS + 1):
            for kind, threads in cases:
                start, cpu = time.perf_counter(), time.process_time()
                made = run_epoch(kinds[kind], epoch, arguments.batch_size, threads)
                rate = made / (time.perf_counter() - start)
                rates[kind, threads] = max(rate, rates[kind, threads])
                spent = 1e6 * (time.process_time() - cpu) / made
                cpu_us[kind, threads] = min(spent, cpu_us[kind, threads])

    print(describe_machine())
    print(f"{arguments.events} events, best of {ROUNDS} interleaved epochs\n")
    print(f"{'events':<10}{'threads':>8}{'events/s':>12}{'CPU us/event':>14}{'memory, MiB':>13}")
    for case in cases:
        speed = f"{rates[case]:>12,.0f}{cpu_us[case]:>14.0f}"
        print(f"{case[0]:<10}{case[1]:>8}{speed}{memory[case]:>13,.0f}")


if __name__ == "__main__":
    main()
