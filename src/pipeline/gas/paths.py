"""Paths of all results of the gas chain, and the parts, shards and methods of a config.

The rules take all paths and lists of files from here. Arguments of a path default to wildcards:
`shard()` is the pattern of all shards, `shard("train", "made", "0000_40keV")` is one file.
"""

from functools import cache
from typing import Any, ClassVar

from pipeline.config.files import EventFiles
from pipeline.core.parts import Part, file_pieces, numbered
from pipeline.core.paths import ChainPaths, counts
from pipeline.core.resources import TrainingDemand
from pipeline.gas.config.card import CARD, WEIGHTS
from pipeline.gas.config.chain import TRAINING, Gas
from pipeline.gas.config.mixture import GasMixture
from pipeline.gas.config.observed import DirectionTest
from pipeline.gas.config.sets import TestSet, TrainingSet, readout_block
from pipeline.gas.config.sources import Arrows, DegradRun
from pipeline.gas.config.voxels import Grid
from pipeline.gas.methods import BASELINES, methods
from pipeline.gas.published import PUBLISHED_CONTAINED
from pipeline.gas.sizes import SHARD_OF_TRACKS, degrad_output_bytes, track_bytes
from pipeline.statistics.directional.config import PERFECT, HypothesisTest

# Endings of the calibration tables of a network besides the one without an ending.
CALIBRATIONS = ("_histogram", "_test_sets", "_pit", "_head_tail")


class GasPaths(ChainPaths[Gas]):
    """Files of the gas chain of one study."""

    name: ClassVar[str] = "gas"

    # Paths; arguments default to wildcards.

    def track_table(self, source: str = "{source}", part: str = "{part}") -> str:
        """Track table of a part of a source."""
        return f"{self.root}/tracks/{source}/{part}.parquet"

    def event_summary(self, source: str = "{source}", part: str = "{part}") -> str:
        """Event summary of a part of a source, beside its track table."""
        return f"{self.root}/tracks/{source}/{part}.summary.parquet"

    def degrad_output(self, source: str = "{source}", part: str = "{part}") -> str:
        """Output of a run of the user's Degrad."""
        return f"{self.root}/degrad/{source}/{part}.DEGRAD.OUT.gz"

    def degrad_log(self, source: str = "{source}", part: str = "{part}") -> str:
        """Printed output of a Degrad run."""
        return f"{self.root}/degrad/{source}/{part}.degrad.log"

    def shard(
        self, voxels: str = "{voxels}", source: str = "{source}", part: str = "{part}"
    ) -> str:
        """Voxel shard of a part of a source, for the training set or a test set."""
        return f"{self.root}/voxels/{voxels}/{source}/{part}.parquet"

    def observed_events(
        self, observed: str = "{observed}", source: str = "{source}", part: str = "{part}"
    ) -> str:
        """Table of the measured events of a part of a source, beside its shard."""
        return f"{self.root}/voxels/{observed}/{source}/{part}.events.parquet"

    def prediction(self, test: str = "{test}", method: str = "{method}") -> str:
        """Prediction table of a method on a test set."""
        return f"{self.root}/predictions/{test}/{method}.parquet"

    def toy_batch(
        self, test: str = "{test}", method: str = "{method}", batch: int | str = "{batch}"
    ) -> str:
        """A batch of toys of a method on a test set."""
        return f"{self.root}/toys/{test}/{method}/{batch}.parquet"

    def test_table(self, name: str, test: str = "{test}") -> str:
        """A table of one test set."""
        return f"{self.root}/tables/{test}/{name}"

    def calibration(self, name: str, network: str = "{network}") -> str:
        """A table of a network's calibration; `name` is "" or one of `CALIBRATIONS`."""
        return f"{self.root}/tables/calibration/{network}{name}.csv"

    def stages(self, source: str = "{source}") -> str:
        """One track of a source at each stage of the processing."""
        return f"{self.root}/tables/stages/{source}.parquet"

    @property
    def comparison_checkpoint(self) -> str:
        """Checkpoint of the network that compares simulated with reference tracks."""
        return f"{self.root}/comparison/checkpoint.pt"

    def release(self, name: str) -> str:
        """A file of the public data set."""
        return f"{self.results}/release/{name}"

    # Lists of files and names.

    @cache  # noqa: B019 (one object for the life of a run)
    def parts(self, source: str) -> dict[str, Part]:
        """The parts of a track source by name, in their fixed order.

        The block of a part does not depend on the other parts. It stays the same if there are more
        events, or more files that sort behind the others (run10 after run9).

        Raises:
            FileNotFoundError: a pattern of a file source matches nothing.
        """
        block = self.block.sources[source]
        if isinstance(block, EventFiles):
            return numbered(block, file_pieces(block.files, f"gas.sources.{source}.files"))
        return numbered(block, block.pieces())

    def inputs(self) -> list[str]:
        """Track sources in use, and sources of measured events."""
        measured = (source for block in self.block.observed.values() for source in block.sources)
        return [*self.used_sources, *measured]

    @property
    def used_sources(self) -> list[str]:
        """Track sources of the voxel sets, of the track comparison and of the response's fit."""
        compared, fit = self.block.track_comparison, self.block.detector_fit
        return sorted(
            {
                *(source for voxels in self.voxel_sets for source in self.set_sources(voxels)),
                *((*compared.simulated, *compared.reference) if compared else ()),
                *(fit.simulated if fit else ()),
            }
        )

    def expected_bytes(self) -> dict[str, dict[str, float]]:
        """See `ChainPaths.expected_bytes`: outputs of Degrad, track tables and voxel shards."""
        sizes: dict[str, dict[str, float]] = {}
        for source in self.used_sources:
            files = sizes[f"gas.sources.{source}"] = {}
            sets = [voxels for voxels in self.voxel_sets if source in self.set_sources(voxels)]
            for name, part in self.parts(source).items():
                tracks = track_bytes(part.block)
                files[self.track_table(source, name)] = tracks
                files[self.degrad_output(source, name)] = degrad_output_bytes(part.block)
                files |= {
                    self.shard(voxels, source, name): tracks * SHARD_OF_TRACKS for voxels in sets
                }
        return sizes

    def run_block(self, source: str, name: str) -> dict[str, Any]:
        """What a Degrad run depends on, which excludes the treatment of its bad events."""
        run = self.parts(source)[name].block.model_copy(update={"on_bad_event": "stop"})
        return {"seed": self.seed, "block": run.plain()}

    def part_input(self, source: str, name: str) -> list[str]:
        """The user's file or the Degrad output that a part is read from; none if simulated."""
        part = self.parts(source)[name]
        if isinstance(part.block, DegradRun):
            return [self.degrad_output(source, name)]
        return list(part.block.files) if isinstance(part.block, EventFiles) else []

    def tracks(self, source: str) -> list[str]:
        """Track tables of a source."""
        return [self.track_table(source, part) for part in self.parts(source)]

    def event_summaries(self) -> list[str]:
        """Event summaries of all sources in use."""
        return [
            self.event_summary(source, part)
            for source in self.used_sources
            for part in self.parts(source)
        ]

    def sources_block(self) -> dict[str, Any]:
        """The sources in use, and those among which no event may occur twice, by test set."""
        training, fit = self.set_sources(TRAINING), self.block.detector_fit
        fitted = self.set_sources(fit.data) if fit and fit.data in self.block.test_sets else []
        return {
            "sources": {name: self.block.sources[name].plain() for name in self.used_sources},
            "pools": {
                f"{'training set and ' if training else ''}test set {test}": [
                    *training,
                    *self.set_sources(test),
                ]
                for test in self.block.test_sets
            }
            | ({"detector_fit": [*fit.simulated, *fitted]} if fit else {}),
        }

    def track_counts(self) -> list[str]:
        """Counts of events read, of all parts of the voxel sets."""
        names = sorted({name for voxels in self.voxel_sets for name in self.set_sources(voxels)})
        return [counts(file) for name in names for file in self.tracks(name)]

    @property
    def voxel_sets(self) -> list[str]:
        """Names of the training set, if a network is trained, and the test sets."""
        return [*([TRAINING] if self.block.trained else []), *self.block.test_sets]

    def voxel_set(self, voxels: str) -> TrainingSet | TestSet:
        """Block of one of `voxel_sets`, with its response if it has one."""
        training = self.block.training_set
        chosen = training if voxels == TRAINING and training else self.block.test_sets[voxels]
        response = self.block.response_of(voxels)
        return chosen.model_copy(update={"response": response}) if response else chosen

    def voxel_block(self, voxels: str) -> dict[str, Any]:
        """What the voxels of a set depend on besides their tracks, as plain content."""
        chosen = self.voxel_set(voxels)
        block = {
            "seed": self.seed,
            "grid": self.block.grid.plain(),
            **readout_block(chosen.readout),
        }
        # Only where it is not as usual: a new key would make all voxels anew.
        return block if getattr(chosen, "rotate", True) else {**block, "rotate": False}

    def stages_block(self, source: str) -> dict[str, Any]:
        """What the stages of a track of a source depend on; its voxels are of the first set."""
        return {**self.voxel_block(self.voxel_sets[0]), "source": source}

    def hits_block(self, source: str, name: str) -> dict[str, Any]:
        """What the voxels of a part of measured events depend on, as plain content."""
        return {**self.part_block(source, name), "grid": self.block.grid.plain()}

    def set_sources(self, voxels: str) -> list[str]:
        """Track sources of the training set or of a test set; none if nothing is trained."""
        if voxels in self.block.observed:
            return sorted(self.block.observed[voxels].sources)
        if voxels not in self.voxel_sets:
            return []
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

    def shard_counts(self) -> list[str]:
        """Counts of contained events, of all shards."""
        return [counts(shard) for voxels in self.voxel_sets for shard in self.shards(voxels)]

    def training_tracks(self, network: str) -> list[str]:
        """Track tables that a network is trained on; empty unless it learns from fresh views."""
        if self.block.networks[network].training_events != "fresh_views":
            return []
        return [file for source in self.set_sources(TRAINING) for file in self.tracks(source)]

    def training_block(self, network: str) -> dict[str, Any]:
        """Settings on which the training of a network depends, as plain content."""
        settings, sources = self.block.networks[network], self.set_sources(TRAINING)
        streamed = sources if settings.training_events == "stream" else []
        return {
            "seed": self.seed,
            "network": settings.training_block(),
            "training_set": self.voxel_set(TRAINING)
            .model_copy(update={"sources": sources})
            .plain(),
            "grid": self.block.grid.plain(),
            "sources": {source: self.block.sources[source].plain() for source in streamed},
        }

    def prediction_block(self, network: str) -> dict[str, Any]:
        """The settings of a network as plain content, without its parallelism."""
        return self.block.networks[network].without_parallelism().plain()

    def network_module(self, network: str) -> str:
        """Module of the architecture of a network."""
        return self.block.networks[network].module

    def temperature_block(self, network: str) -> dict[str, Any]:
        """What the temperature of a network depends on besides its files, as plain content."""
        # The network whole: averages over frames have a kappa of their own.
        return {**self.training_block(network), "network": self.prediction_block(network)}

    def weights(self, network: str) -> str:
        """Weights of a network: of its training, or of its network folder."""
        if network in self.block.trained:
            return self.network("weights.pt", network)
        return f"{self.block.folders[network]}/{WEIGHTS}"

    def start(self, network: str) -> list[str]:
        """Weights with which the training of a network begins; none if they are random."""
        folder = self.block.folders.get(network)
        return [f"{folder}/{WEIGHTS}"] if folder else []

    def temperature(self, network: str) -> list[str]:
        """File of the factor on the kappa of a network; none if the network uses no factor."""
        if not getattr(self.block.networks[network], "temperature", False):
            return []
        if network in self.block.trained:
            return [self.network("temperature.csv", network)]
        return [f"{self.block.folders[network]}/{CARD}"]

    @property
    def non_ml_variants(self) -> list[str]:
        """Names of the variants of Non-ML."""
        return [name for name in BASELINES if name.startswith("non_ml")]

    def predictions(self, test: str) -> list[str]:
        """Prediction tables of all methods on a test set, in the order of all tables."""
        return [self.prediction(test, method) for method in methods(self.block.predictors)]

    def members(self, test: str, ensemble: str) -> list[str]:
        """Prediction tables of the members of an ensemble."""
        return [self.prediction(test, name) for name in self.block.ensembles[ensemble].members]

    def observed_predictions(self) -> list[str]:
        """Prediction tables of all networks and ensembles on all sets of measured events."""
        sets, predictors = self.block.observed, self.block.predictors
        return [self.prediction(name, method) for name in sets for method in predictors]

    @property
    def direction_tests(self) -> dict[str, DirectionTest]:
        """Directional tests by their set of measured events."""
        sets = self.block.observed.items()
        return {name: block.direction_test for name, block in sets if block.direction_test}

    def direction_test_inputs(self) -> dict[str, list[str]]:
        """Predictions of the events that are tested, and tables of those with times."""
        tests = self.direction_tests
        timed = [name for name, test in tests.items() if test.site]
        return {
            "predictions": [self.prediction(k, m) for k in tests for m in self.block.predictors],
            "events": [self.observed_events(k, *part) for k in timed for part in self.set_parts(k)],
        }

    def direction_test_block(self) -> dict[str, Any]:
        """What the directional tests depend on besides their files, as plain content."""
        tests = {name: test.plain() for name, test in self.direction_tests.items()}
        return {"seed": self.seed, "tests": tests}

    def test_tables(self, name: str) -> list[str]:
        """A table of every test set."""
        return [self.test_table(name, test) for test in self.block.test_sets]

    def histories(self) -> list[str]:
        """Training histories of all networks that are trained."""
        return [self.network("history.csv", name) for name in self.block.trained]

    def with_kappa(self) -> list[str]:
        """Networks that predict a kappa, and ensembles."""
        able = [name for name, network in self.block.networks.items() if network.predicts_kappa]
        return [*able, *self.block.ensembles]

    def method_names(self) -> list[str]:
        """Display names of all methods, in the order of all tables."""
        return list(methods(self.block.predictors).values())

    def compared_tracks(self) -> dict[str, list[str]]:
        """Track tables of both samples of the track comparison; empty without a comparison."""
        compared = self.block.track_comparison
        samples = ("simulated", "reference") if compared else ()
        return {
            name: [file for source in getattr(compared, name) for file in self.tracks(source)]
            for name in samples
        }

    def classifier_training(self) -> TrainingDemand:
        """What the training of the voxel classifier needs."""
        compared = self.block.track_comparison
        assert compared is not None
        assert compared.voxel_classifier is not None
        return TrainingDemand(settings=compared.voxel_classifier, mem_mb=3000, runtime_min=240)

    def classifier_block(self) -> dict[str, Any]:
        """What the voxel classifier depends on besides its tracks, as plain content."""
        settings = self.classifier_training().settings.without_parallelism()
        return {"seed": self.seed, "grid": self.block.grid.plain(), "classifier": settings.plain()}

    def detector_fit_inputs(self) -> dict[str, list[str]]:
        """Voxel shards of the data and track tables of the simulation; empty without a fit."""
        fit = self.block.detector_fit
        if not fit:
            return {}
        tracks = [file for source in sorted(fit.simulated) for file in self.tracks(source)]
        return {"shards": self.shards(fit.data), "tracks": tracks}

    def fitted(self, voxels: str) -> list[str]:
        """Table of the fitted parameters of a set's response; none if its values are given."""
        response = self.block.response_of(voxels) if voxels in self.voxel_sets else None
        return [self.table("detector_fit.csv")] if response and response.fitted else []

    def detector_fit_block(self) -> dict[str, Any]:
        """What the fit of the response depends on besides its files, as plain content."""
        fit = self.block.detector_fit
        return {"seed": self.seed, "grid": self.block.grid.plain(), "fit": fit and fit.plain()}

    def domain_gap_inputs(self) -> dict[str, list[str]]:
        """Shards and predictions of both test sets, and weights; empty without a comparison."""
        gap = self.block.domain_gap
        if not gap:
            return {}
        return {
            "weights": [self.weights(gap.network)],
            "data": self.shards(gap.data),
            "simulated": self.shards(gap.simulated),
            "data_predictions": [self.prediction(gap.data, gap.network)],
            "simulated_predictions": [self.prediction(gap.simulated, gap.network)],
        }

    def domain_gap_block(self) -> dict[str, Any]:
        """What the comparison of domains depends on besides its files, as plain content."""
        gap = self.block.domain_gap
        network = self.prediction_block(gap.network) if gap else None
        return {"seed": self.seed, "gap": gap and gap.plain(), "network": network}

    def attention_inputs(self) -> dict[str, list[str]]:
        """Weights, and shards and predictions of the sets whose attention is looked at."""
        block = self.block.attention
        if not block:
            return {}
        sets = [block.nominal, *block.sets]
        return {
            "weights": [self.weights(block.network)],
            "shards": [file for name in sets for file in self.shards(name)],
            "predictions": [self.prediction(name, block.network) for name in sets],
        }

    def attention_block(self) -> dict[str, Any]:
        """What the tables of the attention depend on besides their files, as plain content."""
        block = self.block.attention
        if not block:
            return {}
        return {
            "attention": block.plain(),
            "network": self.prediction_block(block.network),
            "sets": {name: len(self.shards(name)) for name in (block.nominal, *block.sets)},
        }

    def sensitivity_inputs(self) -> dict[str, list[str]]:
        """Files of the systematic errors from the fitted response; empty if none are asked for."""
        block = self.block.response_sensitivity
        if not block:
            return {}
        test, networks = block.test_set, self.block.networks
        inputs = {
            "tracks": [file for name in self.set_sources(test) for file in self.tracks(name)],
            "fit": [self.table("detector_fit.csv")],
            "correlation": [self.table("fit_correlation.csv")],
            "weights": [self.weights(name) for name in networks],
            "non_ml": [self.test_table("non_ml_tuning.csv", test)],
            "best_expected": [self.test_table("best_expected_eps.csv", test)],
        }
        if test in self.block.hypothesis_tests:
            inputs["needed"] = [self.test_table("needed_events.parquet", test)]
        return inputs

    def sensitivity_tables(self) -> dict[str, str]:
        """Tables of these errors; that of recoils needed only if they are known."""
        tables = {"table": self.table("response_sensitivity.csv")}
        if "needed" in self.sensitivity_inputs():
            tables["needed"] = self.table("needed_systematic.csv")
        return tables if self.block.response_sensitivity else {}

    def sensitivity_block(self) -> dict[str, Any]:
        """What these errors depend on besides their files, as plain content."""
        block = self.block.response_sensitivity
        if not block:
            return {}
        response = self.block.response_of(block.test_set)
        return {
            "seed": self.seed,
            "grid": self.block.grid.plain(),
            "sensitivity": block.plain(),
            "response": response and response.plain(),
            "rotate": self.block.test_sets[block.test_set].rotate,
            "networks": {name: self.prediction_block(name) for name in self.block.networks},
            "names": methods(self.block.networks),
            "non_ml": self.block.non_ml.plain(),
        }

    def detector_tables(self) -> list[str]:
        """Tables of the fit of the response, of its errors, of domains and of the attention."""
        fit = ("detector_fit", "fit_moments", "fit_correlation") if self.block.detector_fit else ()
        gap = ("domain_gap", "domain_gap_events") if self.block.domain_gap else ()
        looked_at = ("attention", "direction_stages", "direction_failures")
        looks = looked_at if self.block.attention else ()
        tables = [self.table(f"{name}.csv") for name in (*fit, *gap, *looks)]
        return [*tables, *self.sensitivity_tables().values()]

    def toys(self, test: str) -> list[str]:
        """Batches of toys of every method on a test set."""
        return [
            self.toy_batch(test, method, batch)
            for method in [*self.block.predictors, "non_ml", PERFECT]
            for batch in range(self.block.hypothesis_test.batches)
        ]

    def response_tables(self, test: str, method: str) -> list[str]:
        """Prediction table for a method's toys; a perfect detector needs only its energies."""
        return [self.prediction(test, "best_expected" if method == PERFECT else method)]

    def one_batch(self) -> HypothesisTest:
        """Settings of one batch of toys; it does not depend on the number of batches or levels."""
        return self.block.hypothesis_test.model_copy(
            update={"batches": 1, "test_sets": None, "levels": HypothesisTest().levels}
        )

    def toys_block(self, test: str, method: str, batch: str) -> dict[str, Any]:
        """What a batch of toys of a method on a test set depends on besides predictions."""
        settings = self.one_batch().plain()
        identity = {"test_set": test, "method": method, "batch": int(batch)}
        return {"seed": self.seed, "hypothesis_test": settings, **identity}

    def hypothesis_test_block(self, test: str) -> dict[str, Any]:
        """What the result of the test depends on besides toys, as plain content."""
        levels = self.block.hypothesis_test.levels
        return {"levels": levels, "electrons_per_m3": self.electrons_per_m3(test)}

    def arrows(self) -> list[str]:
        """The first source of arrows, if there is one."""
        return [name for name, block in self.block.sources.items() if isinstance(block, Arrows)][:1]

    def energies(self, voxels: str) -> set[float]:
        """Recoil energies [keV] of the training set or of a test set; see `Gas.energies`."""
        return self.block.energies(self.set_sources(voxels))

    def gases(self, voxels: str) -> dict[str, GasMixture | None]:
        """Gas of each source of the training set or of a test set; None if it is not stated."""
        sources = self.set_sources(voxels)
        return {source: self.block.track_sources[source].mixture() for source in sources}

    def electrons_per_m3(self, test: str) -> float | None:
        """Electrons of the gas of a test set; None if it is not known, or sources differ in it."""
        found = {gas.electrons_per_m3 if gas else None for gas in self.gases(test).values()}
        return found.pop() if len(found) == 1 else None

    def differs_from_paper(self, voxels: str) -> str:
        """In what gas or grid of a set differ from the paper's; empty if in nothing."""
        for source in self.set_sources(voxels):
            block = self.block.track_sources[source]
            gas = block.mixture()
            if isinstance(block, Arrows):
                return "arrows are no recoils"
            if gas is None:
                return f"the gas of source {source} is not stated (its key `gas`)"
            if gas != GasMixture():
                return f"source {source} has another gas, pressure or temperature than the paper"
        if self.block.response_of(voxels):
            return "a readout response is not in the paper"
        return "" if self.block.grid == Grid() else "the voxel grid is not the paper's"

    def evaluation_block(self, test: str) -> dict[str, Any]:
        """What the evaluation of a test set depends on besides predictions, as plain content."""
        networks = self.block.networks
        block = {
            "seed": self.seed,
            "test_set": test,
            "differs": self.differs_from_paper(test),
            "methods": self.method_names(),
            # The paper's name of each network, which the published numbers go by.
            "networks": {name: n.architecture.upper() for name, n in networks.items()},
            "evaluation": self.block.evaluation.plain(),
        }
        if self.block.ensembles:
            members = {name: list(e.members) for name, e in self.block.ensembles.items()}
            block["ensembles"] = members
        cards = {n: card for n, card in self.block.cards.items() if n not in self.block.trained}
        if not cards:
            return block
        response = self.block.response_of(test)
        return {
            **block,
            **({"response": response.plain()} if response else {}),
            "shipped": [name for name in cards if networks[name].weights == "shipped"],
            "cards": {name: card.plain() for name, card in cards.items()},
            "frames": {name: networks[name].frames for name in cards},
            "grid": self.block.grid.plain(),
            "gases": {name: gas and gas.plain() for name, gas in self.gases(test).items()},
        }

    def calibration_block(self) -> dict[str, Any]:
        """What the calibration of a network depends on besides predictions, as plain content."""
        sets = list(self.block.test_sets)
        return {"test_sets": sets, "evaluation": self.block.evaluation.plain()}

    def published_containment(self) -> dict[str, float]:
        """The published contained share, if our training set has the settings of the paper."""
        if TRAINING not in self.voxel_sets:
            return {}
        training = self.voxel_set(TRAINING)
        as_published = (
            self.energies(TRAINING) == {40.0, 45.0, 50.0}
            and not self.differs_from_paper(TRAINING)
            and training.smearing_um == TrainingSet.model_fields["smearing_um"].default
        )
        return {TRAINING: PUBLISHED_CONTAINED} if as_published else {}

    # Interface that the workflow expects of every chain.

    def targets(self) -> list[str]:
        """Results besides the figures that a run without targets makes."""
        return [
            *self._of_truth(),
            *self._observed(),
            *self._classifier(),
            *self.detector_tables(),
        ]

    def page_tables(self) -> list[str]:
        """Tables on the page of figures."""
        observed = [self.table("observed.csv")] if self.block.observed else []
        observed += [self.table("observed_p.csv")] if self.direction_tests else []
        return [*([self.table("summary.csv")] if self.block.test_sets else []), *observed]

    def recorded_tables(self) -> list[str]:
        """Tables whose digests the provenance record holds."""
        comparison = ("distances", "histograms", "classifier")
        return [
            *self._of_truth(),
            *self._observed(),
            *(
                self.test_table(f"{name}.csv", test)
                for test in self.block.test_sets
                for name in ("cut_scan", "crossings", "angles", "summary")
            ),
            *(
                self.calibration(name, network)
                for network in (self.with_kappa() if self.block.test_sets else [])
                for name in ("", *CALIBRATIONS)
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
            *self.detector_tables(),
        ]

    def _of_truth(self) -> list[str]:
        """Tables of all tracks with a truth; the summary only if methods are tested on some."""
        made = {
            "summary.csv": self.block.test_sets,
            "sources.csv": self.used_sources,
            "containment.csv": self.voxel_sets,
        }
        return [self.table(name) for name, wanted in made.items() if wanted]

    def _observed(self) -> list[str]:
        """Tables of measured events; none without any."""
        names = ("observed.csv", "observed_directions.csv") if self.block.observed else ()
        tested = ("observed_p.csv",) if self.direction_tests else ()
        return list(map(self.table, (*names, *tested)))

    def _classifier(self) -> list[str]:
        """Table of the voxel classifier; none without one."""
        asked = self.block.track_comparison and self.block.track_comparison.voxel_classifier
        return [self.table("voxel_classifier.csv")] if asked else []
