"""Paths of the results of test sets: evaluation, calibration, the hypothesis test, comparisons."""

from typing import Any

from pipeline.core.resources import TrainingDemand
from pipeline.gas.config.chain import TRAINING
from pipeline.gas.config.hits import HitSource
from pipeline.gas.config.mixture import GasMixture
from pipeline.gas.config.sets import TrainingSet
from pipeline.gas.config.sources import Arrows
from pipeline.gas.config.voxels import Grid
from pipeline.gas.paths.networks import NetworkPaths
from pipeline.gas.published import (
    HCN,
    PUBLISHED_CONTAINED,
    RCN,
    VALIDATION_DISTANCE,
    VALIDATION_LIKELIHOOD,
    published_arrows,
    published_value,
)
from pipeline.statistics.directional.config import PERFECT, HypothesisTest

# Endings of the calibration tables of a network besides the one without an ending.
CALIBRATIONS = ("_histogram", "_test_sets", "_pit", "_head_tail", "_start")


class EvaluationPaths(NetworkPaths):
    """Files of results on simulated events, and of the comparison of tracks."""

    def test_table(self, name: str, test: str = "{test}") -> str:
        """A table of one test set."""
        return f"{self.root}/tables/{test}/{name}"

    def test_tables(self, name: str) -> list[str]:
        """A table of every test set."""
        return [self.test_table(name, test) for test in self.block.test_sets]

    def evaluations(self, test: str = "{test}") -> dict[str, str]:
        """All tables of the evaluation of a test set."""
        names = {name: f"{name}.csv" for name in ("crossings", "angles", "summary", "resolution")}
        return {
            name: self.test_table(file, test)
            for name, file in {"scans": "cut_scan.csv", **names}.items()
        }

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
        given = self.given_block()
        if not given["cards"]:
            return block
        response = self.block.response_of(test)
        return {
            **block,
            **given,
            **({"response": response.plain()} if response else {}),
            "shipped": [name for name in given["cards"] if networks[name].weights == "shipped"],
            "gases": {name: gas and gas.plain() for name, gas in self.gases(test).items()},
        }

    def given_block(self) -> dict[str, Any]:
        """Networks that are not trained in this study, and its grid, as plain content."""
        cards = {n: card for n, card in self.block.cards.items() if n not in self.block.trained}
        return {
            "cards": {name: card.plain() for name, card in cards.items()},
            "frames": {name: self.block.networks[name].frames for name in cards},
            "grid": self.block.grid.plain(),
        }

    def differs_from_paper(self, voxels: str) -> str:
        """In what gas, readout or grid of a set differ from the paper's; empty if in nothing."""
        other = self.gas_differs_from_paper(voxels)
        return other or ("" if self.block.grid == Grid() else "the voxel grid is not the paper's")

    def gas_differs_from_paper(self, voxels: str) -> str:
        """In what gas or readout of a set differ from the paper's; empty if in nothing."""
        for source in self.set_sources(voxels):
            block = self.block.sources[source]
            if isinstance(block, HitSource):
                return f"source {source} has measured events"
            gas = block.mixture()
            if isinstance(block, Arrows):
                return f"arrows are no recoils; published are {published_arrows()}"
            if gas is None:
                return f"the gas of source {source} is not stated (its key `gas`)"
            if gas != GasMixture():
                return f"source {source} has another gas, pressure or temperature than the paper"
        if self.block.response_of(voxels):
            return "a readout response is not in the paper"
        return ""

    def published_containment(self) -> dict[str, float]:
        """The published contained share, if our training set has the settings of the paper."""
        return {TRAINING: PUBLISHED_CONTAINED} if self._trains_as_published else {}

    def published_losses(self) -> dict[str, tuple[str, float]]:
        """The paper's network of the same loss, and its validation loss, by trained network.

        Empty if our training set has other settings than the paper's.
        """
        values = {
            True: (HCN, published_value(VALIDATION_LIKELIHOOD, HCN).value),
            False: (RCN, published_value(VALIDATION_DISTANCE, RCN).value),
        }
        trained = self.block.trained if self._trains_as_published else ()
        return {name: values[self.block.networks[name].predicts_kappa] for name in trained}

    @property
    def _trains_as_published(self) -> bool:
        return (
            TRAINING in self.voxel_sets
            and self.energies(TRAINING) == {40.0, 45.0, 50.0}
            and not self.differs_from_paper(TRAINING)
            and self.voxel_set(TRAINING).smearing_um
            == TrainingSet.model_fields["smearing_um"].default
        )

    def calibration(self, name: str, network: str = "{network}") -> str:
        """A table of a network's calibration; `name` is "" or one of `CALIBRATIONS`."""
        return f"{self.root}/tables/calibration/{network}{name}.csv"

    def calibrations(self, network: str = "{network}") -> dict[str, str]:
        """All tables of a network's calibration."""
        tables = {name.removeprefix("_"): self.calibration(name, network) for name in CALIBRATIONS}
        return {"calibration": self.calibration("", network), **tables}

    def track_tables(self) -> dict[str, str]:
        """Tables of the comparison of tracks."""
        names = ("distances", "histograms", "classifier")
        return {name: self.table(f"track_{name}.csv") for name in names}

    def calibration_block(self) -> dict[str, Any]:
        """What the calibration of a network depends on besides predictions, as plain content."""
        sets = {test: len(self.shards(test)) for test in self.block.test_sets}
        return {"test_sets": sets, "evaluation": self.block.evaluation.plain()}

    def calibration_inputs(self, network: str = "{network}") -> dict[str, list[str]]:
        """Predictions of a network and the true events, of all test sets."""
        sets = self.block.test_sets
        return {
            "predictions": [self.prediction(test, network) for test in sets],
            "shards": [shard for test in sets for shard in self.shards(test)],
        }

    def toy_batch(
        self, test: str = "{test}", method: str = "{method}", batch: int | str = "{batch}"
    ) -> str:
        """A batch of toys of a method on a test set."""
        return f"{self.root}/toys/{test}/{method}/{batch}.parquet"

    def toys(self, test: str) -> list[str]:
        """Batches of toys of every method on a test set."""
        return [
            self.toy_batch(test, method, batch)
            for method in [*self.block.predictors, "non_ml", PERFECT]
            for batch in range(self.block.hypothesis_test.batches)
        ]

    def response_tables(self, test: str, method: str) -> dict[str, list[str]]:
        """Tables for a method's toys: its predictions, and all recoils of the test set.

        Of a perfect detector's predictions, only the events count.
        """
        predicted = self.prediction(test, "best_expected" if method == PERFECT else method)
        recoils = [self.event_summary(*part) for part in self.set_parts(test)]
        return {"predictions": [predicted], "recoils": recoils}

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

    def compared_tracks(self) -> dict[str, list[str]]:
        """Track tables of both samples of the track comparison; empty without a comparison."""
        compared = self.block.track_comparison
        samples = ("simulated", "reference") if compared else ()
        return {
            name: [file for source in getattr(compared, name) for file in self.tracks(source)]
            for name in samples
        }

    @property
    def comparison_checkpoint(self) -> str:
        """Checkpoint of the network that compares simulated with reference tracks."""
        return f"{self.root}/comparison/checkpoint.pt"

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
