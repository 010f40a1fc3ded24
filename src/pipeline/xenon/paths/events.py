"""Paths of samples, their events and the detector's response, and the parts of samples."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from pipeline.core.parts import Part, chunks, file_pieces, numbered
from pipeline.core.paths import ChainPaths
from pipeline.xenon.config.chain import Xenon
from pipeline.xenon.config.detector import Detector
from pipeline.xenon.config.samples import Nest, RecordedEvents, TableSpectrum
from pipeline.xenon.sizes import event_bytes, response_bytes


class EventPaths(ChainPaths[Xenon]):
    """Files of the samples of events."""

    def event_table(self, sample: str = "{sample}", part: str = "{part}") -> str:
        """Event table of one part of a sample."""
        return f"{self.root}/events/{sample}/{part}.parquet"

    def response_shard(self, sample: str = "{sample}", part: str = "{part}") -> str:
        """Response of the detector to one part of a sample."""
        return f"{self.root}/response/{sample}/{part}.parquet"

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
        """See `ChainPaths.part_block`; also geometry and liquid of its detector.

        Of recorded events also the whole detector, which their lengths must match.
        """
        detector = self.detector(sample)
        return {
            **super().part_block(sample, name),
            **({"detector": detector.plain()} if self.is_recorded(sample) else {}),
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
        """Detectors of the samples that are read from files of quanta, by sample."""
        samples = self.block.all_samples.items()
        without = (Nest, RecordedEvents)
        return {name: block.detector for name, block in samples if not isinstance(block, without)}

    def is_recorded(self, sample: str) -> bool:
        """Whether a sample holds what a detector records, and needs no response."""
        return isinstance(self.block.all_samples[sample], RecordedEvents)

    def recorded_file(self, sample: str, part: str) -> list[str]:
        """The user's file of recorded events; none for other samples."""
        return self.part_input(sample, part) if self.is_recorded(sample) else []

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

    def response_block(self, sample: str, part: str) -> dict[str, Any]:
        """What the detector's response to a part depends on besides its events."""
        if self.is_recorded(sample):
            return {"recorded": self.part_block(sample, part)}
        candidates = getattr(self.block.all_samples[sample], "candidates", 1)
        detector = self.detector(sample).plain()
        return {"seed": self.seed, "detector": detector, "candidates": candidates}

    def spectra(self, er: str, nr: str) -> dict[str, Any]:
        """Plain blocks of the spectra that the samples of ER and of NR were generated with."""
        blocks: dict[str, Any] = {}
        for recoil, sample in (("ER", er), ("NR", nr)):
            block = self.block.all_samples[sample]
            assert isinstance(block, Nest)
            blocks[recoil] = block.spectrum.plain()
        return blocks
