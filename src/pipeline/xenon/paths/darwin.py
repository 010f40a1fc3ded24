"""Paths of DARWIN's anomaly search, and what its stages depend on besides their files."""

from typing import Any

from pipeline.xenon.config.data import OBSERVED
from pipeline.xenon.paths.events import EventPaths


class DarwinPaths(EventPaths):
    """Files of the anomaly search; blocks are plain content, and need a search in the config.

    `networks` is the end of the names of what belongs to networks of one seed, see `network_seeds`.
    """

    def score_terms(self, sample: str = "{sample}", networks: str = "") -> str:
        """Terms of the anomaly score of a sample."""
        return f"{self.root}/score_terms{networks}/{sample}.parquet"

    def score_scan(self, networks: str = "") -> str:
        """Choice of beta and R."""
        return self.table(f"score_scan{networks}.csv")

    def scores(self, sample: str = "{sample}", networks: str = "") -> str:
        """Anomaly scores of a sample."""
        return f"{self.root}/scores{networks}/{sample}.parquet"

    def toy_batch(self, toys: str = "{toys}", batch: int | str = "{batch}") -> str:
        """One batch of a set of pseudo-experiments."""
        return f"{self.root}/toys/{toys}/{batch}.parquet"

    def scored_samples(self) -> list[str]:
        """Samples of the detector on which the anomaly search is trained; none without a search.

        Without the data of a blind search: even the number of those that trigger is a result.
        """
        anomaly, samples, data = self.block.anomaly, self.block.all_samples, self.block.data
        if anomaly is None:
            return []
        detector = samples[anomaly.train.er].detector
        blind = {OBSERVED} if data and data.blind else set()
        names = [name for name, sample in samples.items() if sample.detector == detector]
        return [name for name in names if name not in blind]

    def observed_scores(self) -> list[str]:
        """Scores of the observed data; none where there are no data or the search is blind."""
        return [self.scores(name) for name in self.scored_samples() if name == OBSERVED]

    def observed_inputs(self) -> dict[str, list[str]]:
        """Files of the data and, to compare them, of all simulated samples of their detector."""
        simulated = [name for name in self.scored_samples() if name != OBSERVED]
        recorded = self.is_recorded(OBSERVED)
        return {
            "data": self.response_shards(OBSERVED) if recorded else self.event_tables([OBSERVED]),
            "simulation": self.response_shards(*simulated),
            "observed": self.observed_scores(),
            "observed_shards": self.response_shards(OBSERVED) if self.observed_scores() else [],
        }

    def observed_tables(self) -> dict[str, str]:
        """Tables of the data; without goodness of fit where the search is blind."""
        names = {"table": "observed", "limits": "observed_limits"}
        if self.observed_scores():
            names |= {"goodness": "goodness_of_fit", "histograms": "observed_histograms"}
        return {key: self.table(f"{name}.csv") for key, name in names.items()}

    def tested_samples(self) -> list[str]:
        """Samples that the anomaly search is tested with; none without a search."""
        return self.block.anomaly.test.names if self.block.anomaly else []

    def network_seeds(self) -> dict[str, int]:
        """Seeds of the networks by the end of their names.

        "" are the networks of the search, `_seed{n}` those trained again; none without a search.
        """
        if self.block.anomaly is None:
            return {}
        first = self.first_network_seed
        further = range(first + 1, first + 1 + self.block.anomaly.retraining.seeds)
        return {"": first} | {f"_seed{seed}": seed for seed in further}

    @property
    def first_network_seed(self) -> int:
        """Seed of all networks that are not trained again."""
        chosen = self.block.network_seed
        return self.seed if chosen is None else chosen

    def betas(self, networks: str = "") -> dict[str, float]:
        """Weights of the latent term in the loss, by name of the VAE that is trained with it.

        Names without the end `networks`; none without a search.
        """
        anomaly = self.block.anomaly
        if anomaly is None:
            return {}
        further = anomaly.retraining.betas if networks else None
        return {f"vae_{beta:g}": beta for beta in further or anomaly.betas}

    def toys(self, *sets: str) -> list[str]:
        """Batches of the sets of pseudo-experiments."""
        batches = range(self.block.search.batches)
        return [self.toy_batch(toys, batch) for toys in sets for batch in batches]

    def event_files_block(self) -> dict[str, Any]:
        """Detectors of the event files, and the samples that may not be empty."""
        return {"detector": self.file_samples(), "needed": self.tested_samples()}

    def terms_inputs(self, sample: str, networks: str) -> dict[str, list[str]]:
        """Files that the terms of the score of a sample are made from."""
        classifier, *vaes = (
            self.network("weights.pt", f"{name}{networks}")
            for name in ("classifier", *self.betas(networks))
        )
        return {
            "shards": self.response_shards(sample),
            "classifier": [classifier],
            "vaes": vaes,
        }

    def terms_block(self, sample: str, networks: str) -> dict[str, Any]:
        """What the terms of the score of a sample depend on."""
        anomaly = self.block.anomaly
        assert anomaly is not None
        return {
            "seed": self.seed,
            "sample": sample,
            "learnt": sample in anomaly.train.names,
            "validation_fraction": anomaly.validation_fraction,
            "classifier": anomaly.classifier.without_parallelism().plain(),
            "vae": anomaly.vae.without_parallelism().plain(),
            "betas": list(self.betas(networks).values()),
        }

    @property
    def min_s2_photons(self) -> int:
        """Photons of an S2 that triggers the detector of the background's samples."""
        return self.detector(self.block.background.er).trigger.min_s2_photons

    def trigger_block(self) -> dict[str, Any]:
        """What the efficiencies of trigger and region depend on."""
        rates = self.block.rates
        return {
            "min_s2_photons": self.min_s2_photons,
            "region": self.block.region.plain(),
            "er_keV": list(rates.electron_recoils_keV),
            "nr_keV": list(rates.nuclear_recoils_keV),
        }

    def weights_block(self) -> dict[str, Any]:
        """What the weights of simulated events depend on: rates, region, generated spectra."""
        spectra = self.spectra(self.block.background.er, self.block.background.nr)
        region = self.block.region.plain()
        return {"rates": self.block.rates.plain(), "region": region, "spectra": spectra}

    def search_inputs(self) -> dict[str, list[str]]:
        """Files that the samples of the search are made from."""
        background = self.block.background.names
        return {
            "background": [self.scores(sample) for sample in background],
            "shards": self.response_shards(*background),
        }

    def further_scores(self) -> list[str]:
        """Scores of the samples of the search (ER, NR, ER, ...) by networks of further seeds."""
        _, *further = self.network_seeds()
        names = self.block.background.names
        return [self.scores(sample, networks) for networks in further for sample in names]

    def model_block(self) -> dict[str, Any]:
        """What the samples of the search depend on: weights, and the uncertain response."""
        return {
            **self.weights_block(),
            "nuisances": self.block.search.nuisances(),
            "detector": self.detector(self.block.background.er).plain(),
            "seed": self.seed,
        }

    def toys_block(self, toys: str, batch: str) -> dict[str, Any]:
        """What a batch of a set of pseudo-experiments depends on."""
        settings = self.block.search.toy_sets()[toys].plain()
        return {**self.model_block(), "toys": settings, "batch": int(batch)}

    def checks_block(self) -> dict[str, Any]:
        """What coverage and systematic errors depend on."""
        return {**self.model_block(), **self.block.search.checks()}

    def choices_block(self) -> dict[str, Any]:
        """What the significance for other seeds of the networks and other R depends on."""
        search, anomaly = self.block.search, self.block.anomaly
        assert anomaly is not None
        return {
            **self.model_block(),
            "benchmark": search.benchmark.plain(),
            "exposure_t_yr": search.shown_exposure_t_yr,
            "network_seeds": list(self.network_seeds().values()),
            "ratios": anomaly.ratios,
        }

    def limits_block(self) -> dict[str, Any]:
        """What the upper limits depend on."""
        search = self.block.search
        limits = search.limit_settings(search.map.exposure_t_yr)
        return {**self.model_block(), **limits}

    def observed_block(self) -> dict[str, Any]:
        """What p-values and limits of the data depend on."""
        search, data = self.block.search, self.block.data
        assert data is not None
        return {
            **self.model_block(),
            **search.at(data.exposure_t_yr),
            "recorded": self.is_recorded(OBSERVED),
            "primary_test": search.primary_test,
            "limits": search.limit_settings(data.exposure_t_yr),
        }
