"""Paths of all results of the liquid-xenon chain, and the parts of its samples.

The arguments of a path default to wildcards, as in the gas chain.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any, ClassVar

from pipeline.core.parts import Part, chunks, file_pieces, numbered
from pipeline.core.paths import ChainPaths
from pipeline.xenon.config.chain import Xenon
from pipeline.xenon.config.data import OBSERVED
from pipeline.xenon.config.detector import Detector
from pipeline.xenon.config.samples import Nest, TableSpectrum
from pipeline.xenon.sizes import event_bytes, response_bytes

IMAGE_TABLES = ("classifier", "losses", "s2_only", "significance", "exposures")


class XenonPaths(ChainPaths[Xenon]):
    """Files of the liquid-xenon chain of one study."""

    name: ClassVar[str] = "xenon"

    # Files by their wildcards.

    def event_table(self, sample: str = "{sample}", part: str = "{part}") -> str:
        """Event table of one part of a sample."""
        return f"{self.root}/events/{sample}/{part}.parquet"

    def response_shard(self, sample: str = "{sample}", part: str = "{part}") -> str:
        """Response of the detector to one part of a sample."""
        return f"{self.root}/response/{sample}/{part}.parquet"

    def score_terms(self, sample: str = "{sample}") -> str:
        """Terms of the anomaly score of a sample."""
        return f"{self.root}/score_terms/{sample}.parquet"

    def scores(self, sample: str = "{sample}") -> str:
        """Anomaly scores of a sample."""
        return f"{self.root}/scores/{sample}.parquet"

    def image_scores(self, sample: str = "{sample}") -> str:
        """Scores of the images of a sample."""
        return f"{self.root}/image_scores/{sample}.parquet"

    def toy_batch(self, toys: str = "{toys}", batch: int | str = "{batch}") -> str:
        """One batch of a set of pseudo-experiments."""
        return f"{self.root}/toys/{toys}/{batch}.parquet"

    # Expansions.

    @cache  # noqa: B019 (one object for the life of a run)
    def parts(self, sample: str) -> dict[str, Part]:
        """See `ChainPaths.parts` and `GasPaths.parts`."""
        block = self.block.all_samples[sample]
        if isinstance(block, Nest):
            sizes = chunks(block.events, block.events_per_part)
            return numbered(block, (("nest", {"events": n, "events_per_part": n}) for n in sizes))
        return numbered(block, file_pieces(block.files, f"{self._key(sample)}.files"))

    def _key(self, sample: str) -> str:
        """Dotted key of the config that makes a sample."""
        made = self.block.made_samples.items()
        maker = next((maker for maker, own in made if sample in own), f"samples.{sample}")
        return f"xenon.{maker}"

    def inputs(self) -> Iterable[str]:
        """All samples."""
        return self.block.all_samples

    def expected_bytes(self) -> dict[str, dict[str, float]]:
        """See `ChainPaths.expected_bytes`: event tables and responses of the detector."""
        sizes: dict[str, dict[str, float]] = {}
        for sample in self.block.all_samples:
            files = sizes.setdefault(self._key(sample), {})
            for name, part in self.parts(sample).items():
                files[self.event_table(sample, name)] = event_bytes(part.block)
                files[self.response_shard(sample, name)] = response_bytes(part.block)
        return sizes

    def part_block(self, sample: str, name: str) -> dict[str, Any]:
        """See `ChainPaths.part_block`; also geometry and liquid of its detector."""
        detector = self.detector(sample)
        return {
            **super().part_block(sample, name),
            "geometry": detector.geometry.plain(),
            "liquid": detector.liquid.plain(),
        }

    def part_input(self, sample: str, name: str) -> list[str]:
        """The user's file that the part is read from or that holds its spectrum, if any."""
        block = self.parts(sample)[name].block
        if not isinstance(block, Nest):
            return list(getattr(block, "files", []))
        return [block.spectrum.file] if isinstance(block.spectrum, TableSpectrum) else []

    def detector(self, sample: str) -> Detector:
        """Detector of a sample."""
        return self.block.detectors[self.block.all_samples[sample].detector]

    def event_tables(self, samples: Iterable[str]) -> list[str]:
        """Event tables of the samples."""
        return [self.event_table(sample, part) for sample in samples for part in self.parts(sample)]

    def file_samples(self) -> dict[str, str]:
        """Detectors of the samples that are read from event files, by sample."""
        samples = self.block.all_samples.items()
        return {name: block.detector for name, block in samples if not isinstance(block, Nest)}

    def event_inputs(self) -> list[str]:
        """The user's event files, in the order of the event tables of `file_samples`."""
        return [
            file
            for sample in self.file_samples()
            for part in self.parts(sample)
            for file in self.part_input(sample, part)
        ]

    def event_files(self, sample: str) -> list[str]:
        """The table of all event files if the sample is read from such files."""
        return [self.table("event_files.csv")] if sample in self.file_samples() else []

    def response_shards(self, *samples: str) -> list[str]:
        """Response shards of the samples."""
        return [
            self.response_shard(sample, part) for sample in samples for part in self.parts(sample)
        ]

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

    def tested_samples(self) -> list[str]:
        """Samples that the anomaly search is tested with; none without a search."""
        return self.block.anomaly.test.names if self.block.anomaly else []

    def betas(self) -> dict[str, float]:
        """Weights of the latent term in the loss, by name of the VAE that is trained with it."""
        anomaly = self.block.anomaly
        return {f"vae_{beta:g}": beta for beta in anomaly.betas} if anomaly else {}

    def toys(self, *sets: str) -> list[str]:
        """Batches of the sets of pseudo-experiments."""
        batches = range(self.block.search.batches)
        return [self.toy_batch(toys, batch) for toys in sets for batch in batches]

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
        names += ["observed", "observed_limits"] if self.block.data else []
        return [self.table(f"{name}.csv") for name in names] if self.block.anomaly else []

    def recorded_tables(self) -> list[str]:
        """Tables whose digests the provenance record holds."""
        csv = ["score_scan", "classifier", "trigger", "backgrounds", "s2_only", "roc"]
        csv += ["coverage", "limit_coverage", "background_uncertainty"]
        csv += ["response_uncertainty", "limits", "trials"]
        parquet = ("significance", "exposure_needed")
        search = [*(f"{name}.csv" for name in csv), *(f"{name}.parquet" for name in parquet)]
        images = [f"images_{name}.csv" for name in IMAGE_TABLES]
        anomaly = self.block.anomaly
        return [
            *(self.table(name) for name in ("event_files.csv",) if self.file_samples()),
            *(self.table(name) for name in search if anomaly),
            *(self.table(name) for name in images if self.block.images),
            *(
                self.table(f"{name}.csv")
                for name in ("observed", "observed_limits")
                if self.block.data and anomaly
            ),
        ]
