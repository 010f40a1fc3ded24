"""Training on several cores: events/s of the default U-Net by number of slices and threads.

    python benchmarks/slices.py [--events N] [--batch-size N]

Views of simulated 45 keV tracks; forward, backward and the optimiser's step, without the making of
the events. The cases take turns; the best round of each counts. A round has the events, a step a
batch.
"""

import time

import numpy as np
import torch
from machine import describe_machine
from options import parsed

from pipeline.config.training import AdamW
from pipeline.gas.config.networks import UNet
from pipeline.gas.config.sources import Simulation, SourceDefaults
from pipeline.gas.config.voxels import Grid, Smearing
from pipeline.gas.networks.architectures import build_network
from pipeline.gas.networks.training import event_losses
from pipeline.gas.tracks.ingest import complete
from pipeline.gas.tracks.simulator.source import simulated_batches
from pipeline.gas.voxels.batches import slices_of
from pipeline.gas.voxels.binning import bin_tracks
from pipeline.gas.voxels.dataset import cut_batches
from pipeline.gas.voxels.shards import VoxelBatch
from pipeline.learning.optimiser import build_optimiser
from pipeline.learning.slices import Slices

CASES = [(1, 1), (2, 1), (2, 2), (4, 2), (4, 4)]
ROUNDS = 5


def main() -> None:
    """Run the comparison and print it as a table."""
    arguments = parsed(__doc__, events=1536, batch_size=128)
    torch.set_num_threads(1)
    rng = np.random.default_rng(1)
    source = Simulation(
        kind="simulation", energies_keV=[45.0], events_per_energy=arguments.events * 11 // 10
    )
    smearing, grid = Smearing(low_um=160, high_um=466), Grid()
    views = [
        bin_tracks(
            complete(raw, SourceDefaults(45.0), raw.source_event, "made"),
            "made",
            grid,
            smearing,
            rng,
        )
        for raw in simulated_batches(source, rng)
    ]
    batches = list(cut_batches([batch for batch, _ in views], arguments.batch_size, 0))
    events = sum(map(len, batches))
    network = UNet(architecture="unet", widths=[32, 48, 64, 96])
    model = build_network(network, grid.bins)
    optimiser = build_optimiser(model, AdamW())

    def losses(replica: torch.nn.Module, batch: VoxelBatch) -> torch.Tensor:
        return event_losses(replica, batch, grid.bins, network.loss)

    rates = dict.fromkeys(CASES, 0.0)
    cases = {(slices, threads): Slices(model, losses, slices, threads) for slices, threads in CASES}
    for _ in range(ROUNDS):
        for case, slices in cases.items():
            start = time.perf_counter()
            for batch in batches:
                slices.gradient(slices_of(batch, case[0]))
                optimiser.step()
            rates[case] = max(rates[case], events / (time.perf_counter() - start))

    print(describe_machine())
    print(f"{events} events in batches of {arguments.batch_size}, best of {ROUNDS} rounds\n")
    print(f"{'slices':>6}{'threads':>9}{'events/s':>12}{'ratio':>8}")
    for (slices, threads), rate in rates.items():
        print(f"{slices:>6}{threads:>9}{rate:>12,.0f}{rate / rates[CASES[0]]:>8.2f}")


if __name__ == "__main__":
    main()
