"""Where every result lies: paths, and which parts, shards and methods a config asks for.

The rules take all their paths and expansions from here.
"""

from typing import Any

from pipeline.core.parts import Part, chunks, file_word, matching_files, word
from pipeline.gas.config.learning import TrainingSet
from pipeline.gas.config.sources import Arrows, DegradRun, FileSource, Simulation
from pipeline.gas.config.voxels import Grid
from pipeline.gas.methods import BASELINES, methods
from pipeline.gas.published import PUBLISHED_CONTAINED
from pipeline.statistics.directional.config import PERFECT, HypothesisTest
from pipeline.study import TRAINING, Config

NON_ML_VARIANTS = [name for name in BASELINES if name.startswith("non_ml")]


def parts(config: Config, source: str) -> list[Part]:
    """The parts of a track source, in their fixed order.

    A part's block says nothing of the other parts: more events, or files that sort behind the
    others (run10 after run9), leave it as it was.

    Raises:
        FileNotFoundError: a pattern of a file source matches nothing.
    """
    block = config.sources[source]
    pieces: list[tuple[str, dict[str, Any]]]
    if isinstance(block, Simulation):
        pieces = [
            (
                word(f"{energy:g}keV"),
                {"energies_keV": [energy], "events_per_energy": n, "events_per_part": n},
            )
            # The energies take turns, so that more events add parts behind the others.
            for n in chunks(block.events_per_energy, block.events_per_part)
            for energy in block.energies_keV
        ]
    elif isinstance(block, Arrows):
        pieces = [
            ("arrows", {"events": n, "events_per_part": n})
            for n in chunks(block.events, block.events_per_part)
        ]
    elif isinstance(block, DegradRun):
        pieces = [("run", {"jobs": 1}) for _ in range(block.jobs)]
    else:
        pieces = [
            (file_word(file), {"files": [file]})
            for file in matching_files(block.files, f"sources.{source}.files")
        ]
    return [
        Part(i, f"{i:04d}_{name}", block.model_copy(update=update))
        for i, (name, update) in enumerate(pieces)
    ]


def check_files(config: Config) -> None:
    """See that there are files for every track source in use.

    Raises:
        FileNotFoundError: a pattern of a file source matches nothing; says of which key.
    """
    compared = config.track_comparison
    for source in {
        *(source for voxel_set in voxel_sets(config) for source in set_sources(config, voxel_set)),
        *((*compared.simulated, *compared.reference) if compared else ()),
    }:
        parts(config, source)


def part_input(config: Config, source: str, part: Part) -> list[str]:
    """The file a part is read from: the user's, or what a Degrad run left; none if generated."""
    if isinstance(part.block, DegradRun):
        return [f"{config.results}/degrad/{source}/{part.name}.DEGRAD.OUT.gz"]
    return list(part.block.files) if isinstance(part.block, FileSource) else []


def tracks(config: Config, source: str) -> list[str]:
    """Track tables of a source."""
    return [f"{config.results}/tracks/{source}/{p.name}.parquet" for p in parts(config, source)]


def shards(config: Config, voxel_set: str) -> list[str]:
    """Voxel shards of the training set or of a test set."""
    return [
        f"{config.results}/voxels/{voxel_set}/{source}/{part.name}.parquet"
        for source in set_sources(config, voxel_set)
        for part in parts(config, source)
    ]


def training_tracks(config: Config, network: str) -> list[str]:
    """Track tables that a network learns from without a detour through shards."""
    block = config.networks[network]
    if block.views == "shards" or block.tracks == "stream":
        return []
    return [file for source in set_sources(config, TRAINING) for file in tracks(config, source)]


def training_block(config: Config, network: str) -> dict[str, Any]:
    """What the training of a network depends on besides its input files, as plain content."""
    sources = set_sources(config, TRAINING)
    streamed = sources if config.networks[network].tracks == "stream" else []
    return {
        "seed": config.seed,
        # How it predicts is up to the predictions.
        "network": {**network_block(config, network), "frames": 1, "temperature": False},
        "training_set": config.training_set.model_copy(update={"sources": sources}).plain(),
        "grid": config.grid.plain(),
        "sources": {source: config.sources[source].plain() for source in streamed},
    }


def network_block(config: Config, network: str) -> dict[str, Any]:
    """The settings of a network as plain content; the number of threads does not touch them."""
    return config.networks[network].on_one_core().plain()


def temperature(config: Config, network: str) -> list[str]:
    """The factor on the kappa of a network that asks for one."""
    asked = config.networks[network].temperature
    return [f"{config.results}/networks/{network}/temperature.csv"] if asked else []


def set_sources(config: Config, voxel_set: str) -> list[str]:
    """Track sources of the training set or of a test set."""
    block = config.training_set if voxel_set == TRAINING else config.test_sets[voxel_set]
    # Sorted: Snakemake does not notice a new order, and the order of events must not change.
    return sorted(block.sources)


def toys(config: Config, test: str) -> list[str]:
    """Batches of toys of every method on a test set."""
    return [
        f"{config.results}/toys/{test}/{method}/{batch}.parquet"
        for method in [*config.networks, "non_ml", PERFECT]
        for batch in range(config.hypothesis_test.batches)
    ]


def response_table(config: Config, test: str, method: str) -> str:
    """Prediction table behind a method's toys; a perfect detector needs the recoil energy only."""
    known = "best_expected" if method == PERFECT else method
    return f"{config.results}/predictions/{test}/{known}.parquet"


def one_batch(config: Config) -> HypothesisTest:
    """The settings of one batch of toys: how many batches and which levels do not touch it."""
    return config.hypothesis_test.model_copy(
        update={"batches": 1, "test_sets": None, "levels": HypothesisTest().levels}
    )


def comparison_tables(config: Config) -> list[str]:
    """Tables of the track comparison that no figure draws."""
    if config.track_comparison and config.track_comparison.voxel_classifier:
        return [f"{config.results}/tables/voxel_classifier.csv"]
    return []


def with_kappa(config: Config) -> list[str]:
    """Networks that predict a kappa."""
    return [name for name, network in config.networks.items() if network.predicts_kappa]


def arrows(config: Config) -> list[str]:
    """The first source of arrows, if there is one."""
    return [name for name, block in config.sources.items() if isinstance(block, Arrows)][:1]


def figures(config: Config) -> list[str]:
    """Names of all figures, in the order in which they are shown; NAME or NAME/TEST_SET."""
    return [
        "track_stages",
        *(["arrow"] if arrows(config) else []),
        "containment",
        *(["track_observables"] if config.track_comparison else []),
        "loss_curves",
        "cut_scan",
        "angular_resolution",
        *(["calibration"] if with_kappa(config) else []),
        *[
            f"{name}/{test}"
            for test in config.hypothesis_tests
            for name in ("median_p", "needed_by_signal", "needed_by_cut")
        ],
    ]


def published_containment(config: Config) -> dict[str, float]:
    """The paper's contained share of its training set, where ours is made alike."""
    energies = {
        energy for s in config.training_set.sources for energy in config.sources[s].energies()
    }
    alike = (
        energies == {40.0, 45.0, 50.0}
        and config.grid == Grid()
        and config.training_set.smearing_um == TrainingSet.model_fields["smearing_um"].default
    )
    return {TRAINING: PUBLISHED_CONTAINED} if alike else {}


def voxel_sets(config: Config) -> list[str]:
    """The training set and the test sets."""
    return [TRAINING, *config.test_sets]


def predictions(config: Config, test: str) -> list[str]:
    """Prediction tables of all methods on a test set, in the order of all tables."""
    return [
        f"{config.results}/predictions/{test}/{method}.parquet"
        for method in methods(config.networks)
    ]
