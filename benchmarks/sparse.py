"""Speed and memory of the sparse layers on one core of a CPU, beside spconv's CPU kernels.

    python benchmarks/sparse.py [--events N] [--rounds N] [--table CSV]

Forward and backward on simulated tracks: the RCN of Ghrear et al. 2024 and single submanifold
convolutions. Every engine has the same weights and events; they take turns in one process on one
thread, and medians of processor time are compared. The third engine, "products", is a bound: bare
torch.mm calls with the shapes of the network's matrix products, nothing gathered or added up. Peak
memory is that of a fresh process (Linux). spconv is left out where it cannot be imported; its CPU
wheel is `spconv`. Its look-up of the CUDA stream is stubbed here, without which its backward pass
raises on the CPU.
"""

import argparse
import multiprocessing
import os
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from machine import describe_machine
from torch import Tensor, nn

from pipeline.core.files import atomic_write
from pipeline.core.seeds import generator
from pipeline.gas.config.networks import read_network
from pipeline.gas.config.sources import Simulation, SourceDefaults
from pipeline.gas.config.voxels import Grid, Smearing
from pipeline.gas.networks.architectures import build_network
from pipeline.gas.tracks.ingest import complete
from pipeline.gas.tracks.simulator.source import simulated_batches
from pipeline.gas.voxels.batches import sparse_batch
from pipeline.gas.voxels.binning import bin_tracks
from pipeline.sparse.layers import SparseConv3d, SubMConv3d
from pipeline.sparse.rulebook import Pairs, neighbour_pairs, window_rules
from pipeline.sparse.tensor import Sites, SparseTensor

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
PAPER = Grid(bins=120, voxel_um=500.0)
COARSE = Grid(bins=64, voxel_um=1000.0)
CHANNELS = (24, 32, 48, 64, 96)
RCN = "RCN"
Step = Callable[[], Any]
Shape = tuple[int, int, int]


def simulated(events: int, grid: Grid) -> SparseTensor:
    """Electron counts of the first contained 40 keV tracks."""
    rng = generator(1, "benchmark of the sparse layers")
    source = Simulation(kind="simulation", energies_keV=[40], events_per_energy=2 * events)
    (raw,) = simulated_batches(source, rng)
    tracks = complete(raw, SourceDefaults(energy_keV=40), np.arange(len(raw)), "benchmark")
    voxels, _ = bin_tracks(tracks, "benchmark", grid, Smearing(low_um=160, high_um=466), rng)
    return sparse_batch(voxels.take(np.arange(events)), grid.bins)


def without_rulebooks(x: SparseTensor) -> SparseTensor:
    """The same voxels as they come from the reader."""
    return SparseTensor(Sites(x.indices, x.spatial_shape, x.batch_size), x.features)


def network_step(x: SparseTensor, backend: str) -> Step:
    """A training step of the RCN, rulebooks included; the same weights for every backend."""
    torch.manual_seed(1)
    network = build_network(read_network({"architecture": "rcn", "backend": backend}))

    def step() -> Tensor:
        network.zero_grad()
        direction = network(without_rulebooks(x)).direction
        direction.sum().backward()
        return direction.detach()

    return step


def layer_step(x: SparseTensor, channels: int, backend: str) -> Step:
    """One submanifold convolution of 3^3; the rulebook, which a network's layers share, is kept."""
    torch.manual_seed(1)
    layer = SubMConv3d(channels, channels, 3, backend)
    sites = without_rulebooks(x).sites
    features = torch.randn(len(sites), channels, requires_grad=True)

    def step() -> Tensor:
        layer.zero_grad()
        out = layer(SparseTensor(sites, features)).features
        out.backward(out.detach())
        return out.detach()

    return step


def products_step(shapes: list[Shape]) -> Step:
    """Bare products [m, k] @ [k, n]."""
    rows = torch.randn(max(m * k for m, k, _ in shapes))
    weights = torch.randn(max(k * n for _, k, n in shapes))
    out = torch.empty(max(m * n for m, _, n in shapes))

    def step() -> None:
        for m, k, n in shapes:
            a, b = rows[: m * k].view(m, k), weights[: k * n].view(k, n)
            torch.mm(a, b, out=out[: m * n].view(m, n))

    return step


def network_products(x: SparseTensor) -> list[Shape]:
    """Products of a step of the RCN; its first layer as one of all offsets side by side."""
    network = build_network(read_network({"architecture": "rcn", "backend": "torch"}))
    shapes = []
    for layer in network.features:
        if isinstance(layer, SubMConv3d | SparseConv3d):
            shapes += conv_products(x, layer)
        x = layer(x)
    for dense in network.modules():
        if isinstance(dense, nn.Linear):
            shapes += with_gradients(x.batch_size, dense.in_features, dense.out_features)
    return shapes


def conv_products(x: SparseTensor, layer: SubMConv3d | SparseConv3d) -> list[Shape]:
    """Products of a convolution, one for all pairs of an offset, and of its gradients."""
    c_out, kernel, _, _, c_in = layer.weight.shape
    if c_in == 1:
        n = len(x.sites)
        return [(n, kernel**3, c_out), (kernel**3, n, c_out)]
    if isinstance(layer, SubMConv3d):
        pairs = neighbour_pairs(x.sites, kernel)
    else:
        pairs = window_rules(x.sites, kernel, layer.stride).pairs
    return [shape for n in group_sizes(pairs) for shape in with_gradients(n, c_in, c_out)]


def group_sizes(pairs: Pairs) -> list[int]:
    return [n for n in np.diff(pairs.bounds, axis=1).sum(0).tolist() if n]


def with_gradients(n: int, c_in: int, c_out: int) -> list[Shape]:
    """n rows times weights, and the two products of the gradients."""
    return [(n, c_in, c_out), (n, c_out, c_in), (c_in, n, c_out)]


def steps_of(case: str, events: int, engine: str) -> Step:
    """What `engine` does in a case: the RCN, or the channels of a single layer."""
    x = simulated(events, PAPER if case == RCN else COARSE)
    if case == RCN:
        bound, step = network_products, partial(network_step, x)
    else:
        bound = partial(conv_products, layer=SubMConv3d(int(case), int(case), 3))
        step = partial(layer_step, x, int(case))
    return products_step(bound(x)) if engine == "products" else step(backend=engine)


def compare(case: str, events: int, engines: list[str], rounds: int) -> dict[str, float]:
    """Events per second of processor time: the median of rounds in which each engine does a step.

    Raises AssertionError if the engines' results differ.
    """
    prepare()
    steps = {engine: steps_of(case, events, engine) for engine in engines}
    results = [step() for engine, step in steps.items() if engine != "products"]
    for result in results[1:]:
        torch.testing.assert_close(result, results[0], rtol=1e-3, atol=1e-5)
    seconds: dict[str, list[float]] = {engine: [] for engine in engines}
    for _ in range(rounds):
        for engine, step in steps.items():
            start = time.process_time()
            step()
            seconds[engine].append(time.process_time() - start)
    return {engine: events / statistics.median(times) for engine, times in seconds.items()}


def peak_memory_MiB(case: str, events: int, engine: str) -> float:
    """Peak resident memory of this process after three steps."""
    prepare()
    step = steps_of(case, events, engine)
    for _ in range(3):
        step()
    status = Path("/proc/self/status").read_text().splitlines()
    (peak,) = [line for line in status if line.startswith("VmHWM")]
    return int(peak.split()[1]) / 1024


def prepare() -> None:
    torch.set_num_threads(1)
    if find_spec("spconv"):
        from spconv.pytorch import ops

        ops.get_current_stream = lambda: 0


def fresh(work: Callable[..., Any], *arguments: Any) -> Any:
    """`work(*arguments)` in a new process, whose libraries read the environment anew."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(work, *arguments).result()


def main() -> None:
    """Run the comparison, print it and write it as a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=32, help="events in a batch")
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--table", type=Path, default=Path("results/benchmarks/sparse.csv"))
    arguments = parser.parse_args()
    os.environ.update(ONE_THREAD)
    backends = ["torch", "spconv"] if find_spec("spconv") else ["torch"]
    machine = describe_machine()
    print(machine)
    if "spconv" not in backends:
        print("spconv is not installed (pip install spconv): no comparison with it")
    rows = []
    for case in (RCN, *map(str, CHANNELS)):
        engines = [*backends, "products"]
        rates = fresh(compare, case, arguments.events, engines, arguments.rounds)
        for engine in backends:
            rows.append(
                {
                    "work": RCN if case == RCN else f"SubMConv3d({case}, {case}, 3)",
                    "engine": engine,
                    "events_per_s": rates[engine],
                    "over_spconv": rates[engine] / rates.get("spconv", np.nan),
                    "of_products_bound": rates[engine] / rates["products"],
                    "peak_MiB": fresh(peak_memory_MiB, case, arguments.events, engine),
                    "machine": machine,
                }
            )
    table = pd.DataFrame(rows)
    print(table.drop(columns="machine").to_string(index=False, float_format="{:.3g}".format))
    with atomic_write(arguments.table) as temporary:
        table.to_csv(temporary, index=False, float_format="%.4g")


if __name__ == "__main__":
    main()
