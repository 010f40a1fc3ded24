"""Paths of all results of the liquid-xenon chain, and what its stages depend on.

The arguments of a path default to wildcards, as in the gas chain.
"""

from typing import Any, ClassVar

from pipeline.xenon.config import images
from pipeline.xenon.paths.darwin import DarwinPaths

IMAGE_TABLES = (
    *("classifier", "energies", "mass_tests", "mass_estimates"),
    *("losses", "s2_only", "rates", "significance", "exposures"),
)


class XenonPaths(DarwinPaths):
    """Files of the liquid-xenon chain of one study."""

    name: ClassVar[str] = "xenon"

    # The search in images.

    def image_scores(self, sample: str = "{sample}") -> str:
        """Scores of the images of a sample."""
        return f"{self.root}/image_scores/{sample}.parquet"

    def image_scores_block(self) -> dict[str, Any]:
        """What the scores of images depend on besides responses and weights, as plain content."""
        block = self.block.images
        assert block is not None
        return {
            "classifier": block.classifier.without_parallelism().plain(),
            "four_numbers": block.four_numbers.without_parallelism().plain(),
            "cvae": block.cvae.without_parallelism().plain(),
            "detector": self.detector(images.TEST_ER).plain(),
            "size": block.size,
        }

    def image_search_block(self) -> dict[str, Any]:
        """What the search in images depends on besides its files, as plain content."""
        block = self.block.images
        assert block is not None
        return {
            "seed": self.seed,
            "search": block.search.plain(),
            "weights": {
                flag: {
                    "samples": list(samples),
                    "rates": (block.s2_only_rates if flag == "s2_only" else block.rates).plain(),
                    "spectra": self.spectra(*samples),
                }
                for flag, samples in images.WEIGHTED.items()
            },
            "min_s2_photons": self.detector(images.TEST_ER).trigger.min_s2_photons,
        }

    def image_performance_block(self) -> dict[str, Any]:
        """What the tables of the networks' performance depend on besides scores."""
        block = self.block.images
        assert block is not None
        return {
            "seed": self.seed,
            "shares": list(block.test_shares),
            "er_keV": list(block.rates.electron_recoils_keV),
            "nr_keV": list(block.rates.nuclear_recoils_keV),
            "spectrum": self.spectra(images.TEST_ER, images.SEARCH_NR)["NR"],
            "masses_GeV": sorted({wimp.mass_GeV for wimp in block.search.wimps}),
        }

    # What the workflow asks of every chain.

    def targets(self) -> list[str]:
        """Results besides the figures that a run without targets makes."""
        samples = list(self.block.all_samples)
        return [
            *self.event_tables(samples),
            *self.response_shards(*samples),
            *(self.scores(sample) for sample in self.scored_samples()),
            *self.recorded_tables(),
        ]

    def page_tables(self) -> list[str]:
        """Tables on the page of figures."""
        names = ["backgrounds", "background_uncertainty", "response_uncertainty"]
        names += ["coverage", "limit_coverage"]
        tables = [self.table(f"{name}.csv") for name in names] if self.block.anomaly else []
        of_data = self.observed_tables() if self.block.data and self.block.anomaly else {}
        return [*tables, *(table for key, table in of_data.items() if key != "histograms")]

    def recorded_tables(self) -> list[str]:
        """Tables whose digests the provenance record holds."""
        csv = ["score_scan", "classifier", "trigger", "backgrounds", "s2_only", "roc"]
        csv += ["coverage", "limit_coverage", "background_uncertainty"]
        csv += ["response_uncertainty", "limits", "trials"]
        csv += ["network_seeds", "significance_by_ratio"]
        parquet = ("significance", "exposure_needed")
        search = [*(f"{name}.csv" for name in csv), *(f"{name}.parquet" for name in parquet)]
        of_images = [f"images_{name}.csv" for name in IMAGE_TABLES]
        anomaly = self.block.anomaly
        return [
            *(self.table(name) for name in ("event_files.csv",) if self.file_samples()),
            *(self.table(name) for name in search if anomaly),
            *(self.table(name) for name in of_images if self.block.images),
            *(self.observed_tables().values() if self.block.data and anomaly else []),
        ]
