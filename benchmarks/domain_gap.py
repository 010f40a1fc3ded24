"""What `domain_gap` sees: shifts of the readout, equal samples, small samples, Degrad.

Electrons of 50 keV in 70 % He : 30 % CO2 behind the response `believed` of config/detector.yaml.
The network is the shipped UNet_one in one orientation, without the temperature of its card. Parts:

shifts  predicted beside true change of the cosine distance, three strengths each of threshold, gain
        fluctuations, diffusion, integration and noise hits, and their Pearson correlation
null    share of equal pairs of samples that are called different at 5 %
power   how often a shift is found (p < 0.01) in so many events, against --events simulated ones
degrad  Degrad's events of --degrad, a Parquet file, against as many simulated ones

Both tests of `domain_gap` are used, by energy distance of summaries and of activations.
One thread. Usage: python benchmarks/domain_gap.py [--part PART] [--events N] [--pairs N]
[--draws N] [--degrad FILE].
"""

import time
from dataclasses import dataclass

import numpy as np
import pandas as pd
from machine import describe_machine
from options import parsed
from torch import nn
from tracks import simulated

from pipeline.core.ingestion import BadEvents
from pipeline.core.seeds import generator
from pipeline.gas.comparison.domain_gap import SUMMARY_TEST, Events
from pipeline.gas.comparison.energy_distance import energy_test, whitened
from pipeline.gas.config.card import WEIGHTS, read_card
from pipeline.gas.config.given import SHIPPED
from pipeline.gas.config.networks import DirectionNetwork
from pipeline.gas.config.response import Response
from pipeline.gas.config.sources import Parquet
from pipeline.gas.config.symmetry import orientations
from pipeline.gas.config.voxels import Grid
from pipeline.gas.networks.activations import kept_activations
from pipeline.gas.networks.loading import load_network
from pipeline.gas.networks.prediction import predict_batches
from pipeline.gas.response.moments import event_summaries
from pipeline.gas.tracks.ingest import complete
from pipeline.gas.tracks.parquet import read_parquet
from pipeline.gas.tracks.table import TrackBatch
from pipeline.gas.voxels.dataset import cut_batches
from pipeline.gas.voxels.shards import concatenate
from pipeline.gas.voxels.views import make_views
from pipeline.statistics.directional.predictions import cosines
from pipeline.statistics.directional.vmf import mean_cosine

NETWORK, GRID, ENERGY_KEV = SHIPPED / "UNet_one", Grid(), 50.0
BASE = {
    "diffusion": {"constant_transverse": 220, "constant_longitudinal": 220},
    "gain": {"relative_rms": 0.4},
    "threshold": {"electrons": 0.8},
}
SHIFTS = {
    **{f"threshold {x:g}": {"threshold": {"electrons": x}} for x in (1.0, 1.5, 2.0)},
    **{f"gain rms {x:g}": {"gain": {"relative_rms": x}} for x in (0.6, 0.8, 1.0)},
    **{
        f"diffusion +{100 * x - 100:.0f} %": {
            "diffusion": {
                "constant_transverse": 220 * x,
                "constant_longitudinal": 220 * x,
            }
        }
        for x in (1.05, 1.2, 1.5)
    },
    **{f"integration {x:g} mm": {"integrate_mm": x} for x in (2, 4, 8)},
    **{f"noise hits {x:g}": {"noise_hits": x} for x in (1, 3, 10)},
}
SIZES = (25, 50, 100)
ALPHA, FOUND_P, NULL_EVENTS, PERMUTATIONS = 0.05, 0.01, 150, 199


@dataclass(frozen=True)
class Seen:
    """Events as a readout and the network see them, with the ids of their tracks."""

    ids: np.ndarray
    events: Events

    @property
    def distances(self) -> pd.DataFrame:
        """Predicted and true cosine distance of each event, by its id."""
        found = self.events
        return pd.DataFrame(
            {"predicted": 1 - mean_cosine(found.kappa), "true": 1 - found.cosine}, self.ids
        )

    def change(self, other: "Seen") -> tuple[float, float, float, float]:
        """Predicted and true change of the cosine distance from another readout, with errors."""
        change = (self.distances - other.distances).dropna()
        errors = change.std() / len(change) ** 0.5
        return (
            *(change["predicted"].mean(), errors["predicted"]),
            *(change["true"].mean(), errors["true"]),
        )


@dataclass(frozen=True)
class Detector:
    """A network behind a readout."""

    model: nn.Module
    settings: DirectionNetwork

    def sees(self, tracks: list[TrackBatch], seed: int = 1, **shift: object) -> Seen:
        """The tracks behind `BASE` with a shift; the same random numbers for the same seed."""
        response = Response.model_validate({**BASE, **shift})
        views = concatenate(
            [
                make_views(batch, "made", GRID, response, generator(seed, "readout", number))[0]
                for number, batch in enumerate(tracks)
            ]
        )
        batches = cut_batches([views], self.settings.batch_size, pool_events=0)
        allowed = orientations(GRID.cell_um)
        with kept_activations(self.model) as found:
            table = predict_batches(
                self.model, batches, GRID.bins, GRID.cell_um, allowed, self.settings
            )
        events = Events(
            event_summaries(views.voxels, views.counts, views.offsets, GRID.bins),
            np.concatenate([rows.detach().numpy() for rows in found]),
            table["kappa"].to_numpy(),
            cosines(table),
        )
        return Seen(views.event_id, events)


def main() -> None:
    """Print a table for each part."""
    arguments = parsed(__doc__, part="all", events=1000, pairs=1000, draws=25, degrad="")
    print(describe_machine())
    card = read_card(NETWORK)
    settings = card.network.model_copy(update={"frames": 1, "backend": "torch"})
    model = load_network(NETWORK / WEIGHTS, settings, GRID.bins).eval()
    detector = Detector(model, settings)
    parts = ["shifts", "null", "power", *(["degrad"] if arguments.degrad else [])]
    tracks = simulated(arguments.events, ENERGY_KEV, "simulated")
    for part in parts if arguments.part == "all" else [arguments.part]:
        start = time.process_time()
        if part == "shifts":
            shifts(detector, tracks)
        elif part == "null":
            null(detector.sees(tracks).events, arguments.pairs)
        elif part == "power":
            power(detector, tracks, arguments.draws)
        else:
            degrad(detector, arguments.degrad)
        print(f"{part}: {time.process_time() - start:.0f} s of CPU time", flush=True)


def shifts(detector: Detector, tracks: list[TrackBatch]) -> None:
    """Print predicted and true changes of accuracy, of the same tracks, and correlations."""
    base = detector.sees(tracks)
    print(f"base: cosine distance {1 - base.events.cosine.mean():.4f}, {len(base.ids)} events")
    columns = ["predicted", "predicted_err", "true", "true_err"]
    table = pd.DataFrame(
        {name: detector.sees(tracks, **shift).change(base) for name, shift in SHIFTS.items()},
        columns,
    ).T
    print(table.to_string(float_format="{:+.4f}".format))
    for name, rows in (
        ("all", table),
        ("without those of the threshold", table[~table.index.str.startswith("threshold")]),
    ):
        pearson = rows["predicted"].corr(rows["true"])
        print(f"Pearson correlation of {len(rows)} shifts, {name}: {pearson:.3f}")


def null(events: Events, pairs: int) -> None:
    """Print the share of pairs of samples of the same events that are called different."""
    rng = generator(1, "null")
    for name, rows in events.features().items():
        found = 0
        for _ in range(pairs):
            first, second = rng.choice(len(rows), (2, NULL_EVENTS), replace=False)
            found += p_value(name, rows[first], rows[second], rng) <= ALPHA
        error = 100 * (ALPHA * (1 - ALPHA) / pairs) ** 0.5
        print(f"{name}: {100 * found / pairs:.1f} of 5 +- {error:.1f} % called different")


def power(detector: Detector, tracks: list[TrackBatch], draws: int) -> None:
    """Print how often small samples with a shift are told from all events without."""
    n = sum(map(len, tracks))
    others = simulated(n, ENERGY_KEV, "data")
    kinematic = simulated(n, ENERGY_KEV, "data", deflection="kinematic")
    base = detector.sees(tracks).events
    data = {"nothing": detector.sees(others, seed=2).events}
    for shift in ("diffusion +5 %", "noise hits 3"):
        data[shift] = detector.sees(others, seed=2, **SHIFTS[shift]).events
    data["kinematic tracks"] = detector.sees(kinematic, seed=2).events
    rows = [
        {"shift": shift, "test": test, "events": n, **found_share(test, events, base, n, draws)}
        for shift, events in data.items()
        for test in base.features()
        for n in SIZES
    ]
    print(pd.DataFrame(rows).to_string(index=False, float_format="{:.3f}".format))


def found_share(test: str, data: Events, base: Events, n: int, draws: int) -> dict[str, float]:
    """Median p-value of samples of n events, and the share of them that are called different."""
    rng, rows = generator(1, "power", test, n), data.features()[test]
    p = [
        p_value(test, rows[rng.choice(len(rows), n, replace=False)], base.features()[test], rng)
        for _ in range(draws)
    ]
    return {"median_p": float(np.median(p)), "found": float(np.mean(np.array(p) < FOUND_P))}


def degrad(detector: Detector, file: str) -> None:
    """Print the p-values of Degrad's events against as many simulated ones."""
    source = Parquet(kind="parquet", files=[file], energy_keV=ENERGY_KEV)
    raw = read_parquet(file, source, BadEvents(file, "stop"))
    data = [complete(batch, source.defaults(), batch.source_event, "degrad") for batch in raw]
    made = simulated(sum(map(len, data)), ENERGY_KEV, "simulated for Degrad")
    first, second = detector.sees(data, seed=2).events, detector.sees(made).events
    print(f"{len(first.kappa)} events of Degrad, {len(second.kappa)} simulated")
    rng = generator(1, "degrad")
    for test, rows in first.features().items():
        print(f"{test}: p = {p_value(test, rows, second.features()[test], rng):.3f}")


def p_value(test: str, first: np.ndarray, second: np.ndarray, rng: np.random.Generator) -> float:
    """The p-value of the energy distance, as in `domain_gap`."""
    pair = whitened(first, second) if test == SUMMARY_TEST else (first, second)
    return energy_test(*pair, rng, PERMUTATIONS).p_value


if __name__ == "__main__":
    main()
