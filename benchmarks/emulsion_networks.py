"""Networks of the emulsion chain: clusters per second of CPU time on one core.

    python benchmarks/emulsion_networks.py [--networks NAME ...] [--rounds N]

Training: conversion of the images, forward, backward and the optimiser's step. Prediction: the
conversion and forward. Images are noise, as the times do not depend on them. CPU time is counted,
but a busy machine shares caches and the clock: the rate of a matrix product says how busy it is.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np
import torch
from machine import best_s, describe_machine

from pipeline.emulsion.config.networks import ClusterNetwork, read_network
from pipeline.emulsion.networks.architectures import build_network
from pipeline.emulsion.networks.batches import Batch
from pipeline.emulsion.networks.layers import weights_of
from pipeline.emulsion.networks.losses import event_losses
from pipeline.emulsion.networks.prediction import predict
from pipeline.learning.optimiser import build_optimiser

NETWORKS = {
    "harmonic": {"architecture": "harmonic"},
    "harmonic, rotations": {"architecture": "harmonic", "rotations": True, "directions": False},
    "small3d": {"architecture": "small3d"},
    "paper 2020": {"architecture": "paper", "version": "2020", "batch_size": 16},
    "paper 2021": {"architecture": "paper", "version": "2021", "batch_size": 16},
    "border": {"architecture": "dense", "sees": "border"},
    "brightness": {"architecture": "dense", "sees": "brightness"},
}
PIXELS, BATCHES, MATRIX = 40, 4, 1024


def main() -> None:
    """Run the comparison and print it as a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=list(NETWORKS))
    parser.add_argument("--rounds", type=int, default=3, help="the fastest counts")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    print(describe_machine())
    print(f"\n{'network':<22}{'weights':>10}{'trains/s':>10}{'predicts/s':>12}{'GFLOP/s':>9}")
    for name in arguments.networks:
        settings = read_network({**NETWORKS[name], "samples": ["made"]})
        model, training, prediction = rates(settings, arguments.rounds)
        weights = weights_of(model)
        print(f"{name:<22}{weights:>10,}{training:>10,.0f}{prediction:>12,.0f}{product():>9.0f}")


def rates(settings: ClusterNetwork, rounds: int) -> tuple[torch.nn.Module, float, float]:
    """The network, and clusters per second of CPU time in training and in prediction."""
    torch.manual_seed(1)
    rng = np.random.default_rng(1)
    n = settings.batch_size
    images = rng.poisson(14, (n, 8, PIXELS, PIXELS)).astype(np.uint8)
    label = torch.from_numpy((np.arange(n) % 2).astype(np.uint8))
    turn = torch.full((n,), 15.0) if getattr(settings, "rotations", False) else None
    batch = Batch(torch.from_numpy(images), label, torch.zeros(n), turn)
    model = build_network(settings, PIXELS)
    optimiser = build_optimiser(model, settings.optimiser)

    def train() -> None:
        model.train()
        for _ in range(BATCHES):
            optimiser.zero_grad()
            event_losses(model, batch).mean().backward()
            optimiser.step()

    def look() -> None:
        model.eval()
        for _ in range(BATCHES):
            predict(model, images)

    clusters = BATCHES * n
    return model, clusters / cpu_s(train, rounds), clusters / cpu_s(look, rounds)


def product() -> float:
    """Rate of a product of two large matrices [1e9 operations per second of CPU time]."""
    matrix = torch.randn(MATRIX, MATRIX)
    return 2 * MATRIX**3 / cpu_s(lambda: matrix @ matrix, 3) / 1e9


def cpu_s(work: Callable[[], object], rounds: int) -> float:
    """CPU time of the fastest of some rounds of `work`, after one that does not count."""
    work()
    return best_s(work, time.process_time, rounds)


if __name__ == "__main__":
    main()
