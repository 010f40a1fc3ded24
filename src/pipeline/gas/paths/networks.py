"""Paths of networks and of the predictions of all methods."""

from collections.abc import Collection
from typing import Any

from pipeline.core.named import named
from pipeline.gas.config.card import CARD, WEIGHTS
from pipeline.gas.config.chain import TRAINING
from pipeline.gas.config.networks import DirectionNetwork
from pipeline.gas.methods import BASELINES, methods
from pipeline.gas.paths.voxels import VoxelPaths


class NetworkPaths(VoxelPaths):
    """Files of the networks and of all methods' predictions."""

    def prediction(self, test: str = "{test}", method: str = "{method}") -> str:
        """Prediction table of a method on a test set."""
        return f"{self.root}/predictions/{test}/{method}.parquet"

    def weights(self, network: str) -> str:
        """Weights of a network: of its training, or of its network folder."""
        if network in self.block.trained:
            return self.network("weights.pt", network)
        return f"{self.block.folders[network]}/{WEIGHTS}"

    def start(self, network: str) -> list[str]:
        """Weights with which the training of a network begins; none if they are random."""
        folder = self.block.folders.get(network)
        return [f"{folder}/{WEIGHTS}"] if folder else []

    def teacher(self, network: str) -> list[str]:
        """Weights of the network that gives a training its directions; none: true directions."""
        folder = self.block.networks[network].teacher
        return [f"{folder}/{WEIGHTS}"] if folder else []

    def check_weights(self, used: Collection[str]) -> None:
        """See `ChainPaths.check_weights`; also those with which a training begins."""
        folders = self.block.folders.items()
        given = {name: folder for name, folder in folders if f"{folder}/{WEIGHTS}" in used}
        if given:
            check = named("pipeline.gas.networks.loading.check_folders")
            check(self.block.networks, given, self.block.grid.bins)

    def networks_of(self, predictor: str) -> dict[str, DirectionNetwork]:
        """Settings of a network, or those of the members of an ensemble, by name."""
        ensemble = self.block.ensembles.get(predictor)
        names = ensemble.members if ensemble else [predictor]
        return {name: self.block.networks[name] for name in names}

    def temperature(self, predictor: str) -> list[str]:
        """File of the temperature of a network or an ensemble; none if it uses none.

        An ensemble uses one if all its members are trained in this study and use one.
        """
        networks = self.networks_of(predictor)
        if not all(getattr(network, "temperature", False) for network in networks.values()):
            return []
        if networks.keys() <= set(self.block.trained):
            return [self.network("temperature.csv", predictor)]
        folder = self.block.folders.get(predictor)
        return [f"{folder}/{CARD}"] if folder else []

    def temperature_inputs(self, network: str) -> dict[str, list[str]]:
        """Files that the temperature of a network or an ensemble is fitted with.

        For an ensemble also the temperatures of its members.
        """
        names = self.networks_of(network)
        fitted = names if network in self.block.ensembles else ()
        return {
            "weights": [self.weights(name) for name in names],
            "temperatures": [file for name in fitted for file in self.temperature(name)],
            "shards": self.shards(TRAINING),
        }

    def histories(self) -> list[str]:
        """Training histories of all networks that are trained."""
        return [self.network("history.csv", name) for name in self.block.trained]

    def training_tracks(self, network: str) -> list[str]:
        """Track tables that a network is trained on; empty unless it learns from fresh views."""
        if self.block.networks[network].training_events != "fresh_views":
            return []
        return [file for source in self.set_tracks(TRAINING) for file in self.tracks(source)]

    def adapted_to(self, network: str) -> list[str]:
        """Voxel shards of the events without truth to which a training is adapted, if it is."""
        adapt = self.block.networks[network].adapt
        return self.shards(adapt.to) if adapt else []

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

    def network_modules(self, network: str) -> list[str]:
        """Modules of the architectures of a network or of an ensemble's members."""
        return sorted({settings.module for settings in self.networks_of(network).values()})

    def temperature_block(self, network: str) -> dict[str, Any]:
        """What the temperature of a network or an ensemble depends on besides its files."""
        training_set = self.block.training_set
        assert training_set is not None  # it has been trained
        return {
            "seed": self.seed,
            "validation_fraction": training_set.validation_fraction,
            # Whole: averages over frames have a kappa of their own.
            "networks": [self.prediction_block(name) for name in self.networks_of(network)],
        }

    @property
    def non_ml_variants(self) -> list[str]:
        """Names of the variants of Non-ML."""
        return [name for name in BASELINES if name.startswith("non_ml")]

    def predictions(self, test: str) -> list[str]:
        """Prediction tables of all methods on a test set, in the order of all tables."""
        return [self.prediction(test, method) for method in methods(self.block.predictors)]

    def members(self, test: str, ensemble: str) -> list[str]:
        """Prediction tables of the members of an ensemble."""
        return [self.prediction(test, name) for name in self.networks_of(ensemble)]

    def with_kappa(self) -> list[str]:
        """Networks that predict a kappa, and ensembles."""
        able = [name for name, network in self.block.networks.items() if network.predicts_kappa]
        return [*able, *self.block.ensembles]

    def method_names(self) -> list[str]:
        """Display names of all methods, in the order of all tables."""
        return list(methods(self.block.predictors).values())
