"""Paths of all results of the gas chain, and the parts, shards and methods of a config.

The rules take all paths, lists of files and settings from here. Arguments of a path default to
wildcards: `shard()` is the pattern of all shards, `shard("train", "made", "0000_40keV")` is one
file. There is a class for each stage, which knows the files of the stages before: tracks, voxels,
networks, evaluation, detector.
"""

from typing import ClassVar

from pipeline.gas.paths.detector import DetectorPaths


class GasPaths(DetectorPaths):
    """Files of the gas chain of one study."""

    name: ClassVar[str] = "gas"

    def release(self, name: str) -> str:
        """A file of the public data set."""
        return f"{self.results}/release/{name}"

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
        observed = [self.table("observed.csv")] if self.block.predicted else []
        observed += [self.table("observed_p.csv")] if self.direction_tests else []
        return [*([self.table("summary.csv")] if self.block.test_sets else []), *observed]

    def recorded_tables(self) -> list[str]:
        """Tables whose digests the provenance record holds."""
        return [
            *self._of_truth(),
            *self._observed(),
            *(table for test in self.block.test_sets for table in self.evaluations(test).values()),
            *(
                table
                for network in (self.with_kappa() if self.block.test_sets else [])
                for table in self.calibrations(network).values()
            ),
            *(
                self.test_table(f"{name}.parquet", test)
                for test in self.block.hypothesis_tests
                for name in ("power", "needed_events")
            ),
            *(self.track_tables().values() if self.block.track_comparison else ()),
            *self._classifier(),
            *self.detector_tables(),
        ]

    def _of_truth(self) -> list[str]:
        """Tables of tracks and events; the summary only if methods are tested on some."""
        made = {
            "summary.csv": self.block.test_sets,
            "sources.csv": self.used_sources,
            "containment.csv": [*self.voxel_sets, *self.block.observed],
        }
        return [self.table(name) for name, wanted in made.items() if wanted]

    def _observed(self) -> list[str]:
        """Tables of measured events; none without any."""
        names = ("observed.csv", "observed_directions.csv") if self.block.predicted else ()
        tested = ("observed_p.csv",) if self.direction_tests else ()
        return list(map(self.table, (*names, *tested)))

    def _classifier(self) -> list[str]:
        """Table of the voxel classifier; none without one."""
        asked = self.block.track_comparison and self.block.track_comparison.voxel_classifier
        return [self.table("voxel_classifier.csv")] if asked else []
