"""Paths of track tables, and the parts of their sources."""

from functools import cache
from typing import Any

from pipeline.config.files import EventFiles
from pipeline.core.parts import Part, file_pieces, numbered
from pipeline.core.paths import ChainPaths
from pipeline.gas.config.chain import Gas
from pipeline.gas.config.simulated_hits import SimulatedHits
from pipeline.gas.config.sources import Arrows, DegradRun


class TrackPaths(ChainPaths[Gas]):
    """Files of the track sources."""

    def track_table(self, source: str = "{source}", part: str = "{part}") -> str:
        """Track table of a part of a source."""
        return f"{self.root}/tracks/{source}/{part}.parquet"

    def event_summary(self, source: str = "{source}", part: str = "{part}") -> str:
        """Event summary of a part of a source, beside its track table."""
        return self.track_table(source, part).removesuffix(".parquet") + ".summary.parquet"

    def degrad_output(self, source: str = "{source}", part: str = "{part}") -> str:
        """Output of a run of the user's Degrad."""
        return f"{self.root}/degrad/{source}/{part}.DEGRAD.OUT.gz"

    def degrad_log(self, source: str = "{source}", part: str = "{part}") -> str:
        """Printed output of a Degrad run, beside its output file."""
        return self.degrad_output(source, part).removesuffix(".DEGRAD.OUT.gz") + ".degrad.log"

    @cache  # noqa: B019 (one object for the life of a run)
    def parts(self, source: str) -> dict[str, Part]:
        """The parts of a source by name, in their fixed order; those of its tracks for made hits.

        The block of a part does not depend on the other parts. It stays the same if there are more
        events, or more files that sort behind the others (run10 after run9).

        Raises:
            FileNotFoundError: a pattern of a file source matches nothing.
        """
        block = self.block.sources[source]
        if isinstance(block, SimulatedHits):
            tracks = self.parts(block.tracks)
            return {name: Part(part.index, name, block) for name, part in tracks.items()}
        if isinstance(block, EventFiles):
            return numbered(block, file_pieces(block.files, f"gas.sources.{source}.files"))
        return numbered(block, block.pieces())

    def run_block(self, source: str, name: str) -> dict[str, Any]:
        """What a Degrad run depends on, which excludes the treatment of its bad events."""
        run = self.parts(source)[name].block.model_copy(update={"on_bad_event": "stop"})
        return {"seed": self.seed, "block": run.plain()}

    def part_input(self, source: str, name: str) -> list[str]:
        """The file that a part is read from: the user's, or a Degrad output or tracks of the study.

        There is none for simulated tracks.
        """
        part = self.parts(source)[name]
        if isinstance(part.block, SimulatedHits):
            return [self.track_table(part.block.tracks, name)]
        if isinstance(part.block, DegradRun):
            return [self.degrad_output(source, name)]
        return list(part.block.files) if isinstance(part.block, EventFiles) else []

    def reader(self, source: str) -> str:
        """Dotted name of the function that reads or makes the events of a source."""
        return self.block.sources[source].reader

    def tracks(self, source: str) -> list[str]:
        """Track tables of a source."""
        return [self.track_table(source, part) for part in self.parts(source)]

    def arrows(self) -> list[str]:
        """The first source of arrows, if there is one."""
        return [name for name, block in self.block.sources.items() if isinstance(block, Arrows)][:1]
