"""Where every result of the gas chain lies, and which parts, shards and methods a config asks for.

The rules take all their paths and expansions from here. A path's arguments default to wildcards:
`shard()` is the pattern of all shards, `shard("train", "made", "0000_40keV")` is one file.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline.core.parts import Part, chunks, file_word, matching_files, word
from pipeline.gas.config.chain import TRAINING, Gas
from pipeline.gas.config.sets import TestSet, TrainingSet
from pipeline.gas.config.sources import Arrows, DegradRun, FileSource, Simulation
from pipeline.gas.config.voxels import Grid
from pipeline.gas.methods import BASELINES, methods
from pipeline.gas.published import PUBLISHED_CONTAINED
from pipeline.statistics.directional.config import PERFECT, HypothesisTest


@dataclass(frozen=True, eq=False)
class GasPaths:
    """Files of the gas chain of one study."""

    block: Gas
    results: str  # folder of all chains' results
    seed: int

    @property
    def root(self) -> str:
        """Folder of this chain's results."""
        return f"{self.results}/gas"

    # Files by their wildcards.

    def track_table(self, source: str = "{source}", part: str = "{part}") -> str:
        """Track table of a part of a source."""
        return f"{self.root}/tracks/{source}/{part}.parquet"

    def track_counts(self, source: str = "{source}", part: str = "{part}") -> str:
        """How many events of a part were read, kept and rejected."""
        return f"{self.root}/tracks/{source}/{part}.json"

    def degrad_output(self, source: str = "{source}", part: str = "{part}") -> str:
        """Output of a run of the user's Degrad."""
        return f"{self.root}/degrad/{source}/{part}.DEGRAD.OUT.gz"

    def degrad_log(self, source: str = "{source}", part: str = "{part}") -> str:
        """What Degrad printed in a run."""
        return f"{self.root}/degrad/{source}/{part}.degrad.log"

    def shard(
        self, voxels: str = "{voxels}", source: str = "{source}", part: str = "{part}"
    ) -> str:
        """Voxel shard of a part of a source, for the training set or a test set."""
        return f"{self.root}/voxels/{voxels}/{source}/{part}.parquet"

    def shard_counts(
        self, voxels: str = "{voxels}", source: str = "{source}", part: str = "{part}"
    ) -> str:
        """How many events of a shard the grid contains."""
        return f"{self.root}/voxels/{voxels}/{source}/{part}.json"

    def network(self, file: str, network: str = "{network}") -> str:
        """A file of a network: weights.pt, history.csv, checkpoint.pt, temperature.csv."""
        return f"{self.root}/networks/{network}/{file}"

    def prediction(self, test: str = "{test}", method: str = "{method}") -> str:
        """Prediction table of a method on a test set."""
        return f"{self.root}/predictions/{test}/{method}.parquet"

    def toy_batch(
        self, test: str = "{test}", method: str = "{method}", batch: int | str = "{batch}"
    ) -> str:
        """A batch of toys of a method on a test set."""
        return f"{self.root}/toys/{test}/{method}/{batch}.parquet"

    def table(self, name: str) -> str:
        """A table of the chain."""
        return f"{self.root}/tables/{name}"

    def test_table(self, name: str, test: str = "{test}") -> str:
        """A table of one test set."""
        return f"{self.root}/tables/{test}/{name}"

    def calibration(self, name: str, network: str = "{network}") -> str:
        """A table of a network's calibration; `name` is "", "_histogram" or "_share"."""
        return f"{self.root}/tables/calibration/{network}{name}.csv"

    def stages(self, source: str = "{source}") -> str:
        """One track of a source at each stage of the processing."""
        return f"{self.root}/tables/stages/{source}.parquet"

    @property
    def comparison_checkpoint(self) -> str:
        """Checkpoint of the network that compares simulated with reference tracks."""
        return f"{self.root}/comparison/checkpoint.pt"

    # Expansions.

    @cache  # noqa: B019 (one object for the life of a run)
    def parts(self, source: str) -> dict[str, Part]:
        """The parts of a track source by name, in their fixed order.

        A part's block says nothing of the other parts: more events, or files that sort behind the
        others (run10 after run9), leave it as it was.

        Raises:
            FileNotFoundError: a pattern of a file source matches nothing.
        """
        block = self.block.sources[source]
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
                for file in matching_files(block.files, f"gas.sources.{source}.files")
            ]
        parts = [
            Part(i, f"{i:04d}_{name}", block.model_copy(update=update))
            for i, (name, update) in enumerate(pieces)
        ]
        return {part.name: part for part in parts}

    def check_files(self) -> None:
        """Check that there are files for every track source in use.

        Raises:
            FileNotFoundError: a pattern of a file source matches nothing; names the key.
        """
        compared = self.block.track_comparison
        for source in {
            *(source for voxels in self.voxel_sets for source in self.set_sources(voxels)),
            *((*compared.simulated, *compared.reference) if compared else ()),
        }:
            self.parts(source)

    def part_input(self, source: str, name: str) -> list[str]:
        """The file a part is read from: the user's, or Degrad's output; none if generated."""
        part = self.parts(source)[name]
        if isinstance(part.block, DegradRun):
            return [self.degrad_output(source, name)]
        return list(part.block.files) if isinstance(part.block, FileSource) else []

    def tracks(self, source: str) -> list[str]:
        """Track tables of a source."""
        return [self.track_table(source, part) for part in self.parts(source)]

    @property
    def voxel_sets(self) -> list[str]:
        """Names of the training set and the test sets."""
        return [TRAINING, *self.block.test_sets]

    def voxel_set(self, voxels: str) -> TrainingSet | TestSet:
        """Block of the training set or of a test set."""
        return self.block.training_set if voxels == TRAINING else self.block.test_sets[voxels]

    def set_sources(self, voxels: str) -> list[str]:
        """Track sources of the training set or of a test set."""
        # Sorted: Snakemake does not notice a new order, and the order of events must not change.
        return sorted(self.voxel_set(voxels).sources)

    def set_parts(self, voxels: str) -> list[tuple[str, str]]:
        """(source, part) of every shard of the training set or of a test set."""
        return [
            (source, part) for source in self.set_sources(voxels) for part in self.parts(source)
        ]

    def shards(self, voxels: str) -> list[str]:
        """Voxel shards of the training set or of a test set."""
        return [self.shard(voxels, *part) for part in self.set_parts(voxels)]

    def training_tracks(self, network: str) -> list[str]:
        """Track tables that a network learns from without a detour through shards."""
        if self.block.networks[network].training_events != "fresh_views":
            return []
        return [file for source in self.set_sources(TRAINING) for file in self.tracks(source)]

    def training_block(self, network: str) -> dict[str, Any]:
        """What the training of a network depends on besides its input files, as plain content."""
        settings, sources = self.block.networks[network], self.set_sources(TRAINING)
        streamed = sources if settings.training_events == "stream" else []
        return {
            "seed": self.seed,
            "network": settings.training_block(),
            "training_set": self.block.training_set.model_copy(update={"sources": sources}).plain(),
            "grid": self.block.grid.plain(),
            "sources": {source: self.block.sources[source].plain() for source in streamed},
        }

    def prediction_block(self, network: str) -> dict[str, Any]:
        """The settings of a network as plain content; its parallelism has no part in them."""
        return self.block.networks[network].without_parallelism().plain()

    def temperature(self, network: str) -> list[str]:
        """The factor on the kappa of a network that asks for one."""
        asked = getattr(self.block.networks[network], "temperature", False)
        return [self.network("temperature.csv", network)] if asked else []

    @property
    def non_ml_variants(self) -> list[str]:
        """Names of the variants of Non-ML."""
        return [name for name in BASELINES if name.startswith("non_ml")]

    def predictions(self, test: str) -> list[str]:
        """Prediction tables of all methods on a test set, in the order of all tables."""
        return [self.prediction(test, method) for method in methods(self.block.networks)]

    def test_tables(self, name: str) -> list[str]:
        """A table of every test set."""
        return [self.test_table(name, test) for test in self.block.test_sets]

    def histories(self) -> list[str]:
        """Training histories of all networks."""
        return [self.network("history.csv", name) for name in self.block.networks]

    def with_kappa(self) -> list[str]:
        """Networks that predict a kappa."""
        return [name for name, network in self.block.networks.items() if network.predicts_kappa]

    def method_names(self) -> list[str]:
        """Shown names of all methods, in the order of all tables."""
        return list(methods(self.block.networks).values())

    def compared_tracks(self) -> dict[str, list[str]]:
        """Track tables of the comparison; none without one."""
        compared = self.block.track_comparison
        samples = ("simulated", "reference") if compared else ()
        return {
            name: [file for source in getattr(compared, name) for file in self.tracks(source)]
            for name in samples
        }

    def toys(self, test: str) -> list[str]:
        """Batches of toys of every method on a test set."""
        return [
            self.toy_batch(test, method, batch)
            for method in [*self.block.networks, "non_ml", PERFECT]
            for batch in range(self.block.hypothesis_test.batches)
        ]

    def response_table(self, test: str, method: str) -> str:
        """Prediction table behind a method's toys; a perfect detector needs the energy only."""
        return self.prediction(test, "best_expected" if method == PERFECT else method)

    def one_batch(self) -> HypothesisTest:
        """The settings of one batch of toys, which do not name the number of batches or levels."""
        return self.block.hypothesis_test.model_copy(
            update={"batches": 1, "test_sets": None, "levels": HypothesisTest().levels}
        )

    def arrows(self) -> list[str]:
        """The first source of arrows, if there is one."""
        return [name for name, block in self.block.sources.items() if isinstance(block, Arrows)][:1]

    def published_containment(self) -> dict[str, float]:
        """The paper's contained share of its training set, where ours is made alike."""
        training = self.block.training_set
        energies = {e for s in training.sources for e in self.block.sources[s].energies()}
        alike = (
            energies == {40.0, 45.0, 50.0}
            and self.block.grid == Grid()
            and training.smearing_um == TrainingSet.model_fields["smearing_um"].default
        )
        return {TRAINING: PUBLISHED_CONTAINED} if alike else {}

    # What the workflow asks of every chain.

    def targets(self) -> list[str]:
        """Results besides the figures that a run without targets makes."""
        return [self.table("summary.csv"), self.table("containment.csv"), *self._classifier()]

    def page_tables(self) -> list[str]:
        """Tables on the page of figures."""
        return [self.table("summary.csv")]

    def recorded_tables(self) -> list[str]:
        """Tables whose digests the provenance record holds."""
        comparison = ("distances", "histograms", "classifier")
        return [
            self.table("summary.csv"),
            self.table("containment.csv"),
            *(
                self.test_table(f"{name}.csv", test)
                for test in self.block.test_sets
                for name in ("cut_scan", "crossings", "angles", "summary")
            ),
            *(
                self.calibration(name, network)
                for network in self.with_kappa()
                for name in ("_histogram", "", "_share")
            ),
            *(
                self.test_table(f"{name}.parquet", test)
                for test in self.block.hypothesis_tests
                for name in ("power", "needed_events")
            ),
            *(
                self.table(f"track_{name}.csv")
                for name in comparison
                if self.block.track_comparison
            ),
            *self._classifier(),
        ]

    def _classifier(self) -> list[str]:
        """Table of the network that tells simulated from reference tracks."""
        asked = self.block.track_comparison and self.block.track_comparison.voxel_classifier
        return [self.table("voxel_classifier.csv")] if asked else []
