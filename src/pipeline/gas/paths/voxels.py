"""Paths of voxel shards, and the sources of the training set and of the test sets."""

from typing import Any

from pipeline.core.paths import counts
from pipeline.gas.config.chain import TRAINING
from pipeline.gas.config.mixture import GasMixture
from pipeline.gas.config.sets import TestSet, TrainingSet, readout_block
from pipeline.gas.config.simulated_hits import SimulatedHits
from pipeline.gas.paths.tracks import TrackPaths
from pipeline.gas.sizes import SHARD_OF_TRACKS, degrad_output_bytes, track_bytes


class VoxelPaths(TrackPaths):
    """Files of the voxel sets, and of the sources that are in use for them."""

    def shard(
        self, voxels: str = "{voxels}", source: str = "{source}", part: str = "{part}"
    ) -> str:
        """Voxel shard of a part of a source, for the training set or a test set."""
        return f"{self.root}/voxels/{voxels}/{source}/{part}.parquet"

    def stages(self, source: str = "{source}") -> str:
        """One track of a source at each stage of the processing."""
        return f"{self.root}/tables/stages/{source}.parquet"

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

    def set_sources(self, voxels: str) -> list[str]:
        """Track sources of the training set or of a test set; none if nothing is trained."""
        if voxels in self.block.observed:
            return sorted(self.block.observed[voxels].sources)
        if voxels not in self.voxel_sets:
            return []
        # Sorted: Snakemake does not notice a new order, and the order of events must not change.
        return sorted(self.voxel_set(voxels).sources)

    def set_tracks(self, voxels: str) -> list[str]:
        """The track sources of a set; of measured events, those of which hits are made."""
        names = self.set_sources(voxels)
        blocks = [self.block.sources[name] for name in names]
        made = [block.tracks for block in blocks if isinstance(block, SimulatedHits)]
        return [*(name for name in names if name in self.block.track_sources), *made]

    def set_parts(self, voxels: str) -> list[tuple[str, str]]:
        """(source, part) of every shard of the training set or of a test set."""
        return [
            (source, part) for source in self.set_sources(voxels) for part in self.parts(source)
        ]

    def shards(self, voxels: str) -> list[str]:
        """Voxel shards of the training set or of a test set."""
        return [self.shard(voxels, *part) for part in self.set_parts(voxels)]

    @property
    def labelled(self) -> list[str]:
        """Sources of measured events of known direction that networks are trained on."""
        return [name for name in self.set_sources(TRAINING) if name in self.block.labelled]

    @property
    def hits_sources(self) -> list[str]:
        """Sources of measured events in use: those of observed sets, and `labelled`."""
        sets = self.block.observed.values()
        return sorted({*(name for block in sets for name in block.sources), *self.labelled})

    def labelled_shards(self) -> list[str]:
        """Voxel shards of `labelled`."""
        return [self.shard(TRAINING, s, part) for s in self.labelled for part in self.parts(s)]

    def shard_counts(self) -> list[str]:
        """Counts of contained events, of all shards, those of measured events too."""
        sets = [*self.voxel_sets, *self.block.observed]
        return [counts(shard) for voxels in sets for shard in self.shards(voxels)]

    def fitted(self, voxels: str) -> list[str]:
        """Table of the fitted parameters of a set's response; none if its values are given."""
        response = self.block.response_of(voxels) if voxels in self.voxel_sets else None
        return [self.table("detector_fit.csv")] if response and response.fitted else []

    def response_files(self, voxels: str) -> dict[str, list[str]]:
        """Files of a set's response by kind: that of `fitted`, and the map of its pixels' gains."""
        response = self.block.response_of(voxels) if voxels in self.voxel_sets else None
        return {"fitted": self.fitted(voxels), "pixel_map": response.files if response else []}

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

    @property
    def staged_set(self) -> str:
        """The first of `voxel_sets` with tracks; empty: none has."""
        tracks = set(self.block.track_sources)
        having = (name for name in self.voxel_sets if tracks & set(self.voxel_set(name).sources))
        return next(having, "")

    @property
    def staged_source(self) -> str | None:
        """Its first source with tracks: one is shown at each stage of the processing."""
        sources = self.voxel_set(self.staged_set).sources if self.staged_set else []
        return next((s for s in sources if s in self.block.track_sources), None)

    def stages_block(self, source: str) -> dict[str, Any]:
        """What the stages of a track of a source depend on; its voxels are of the `staged_set`."""
        return {**self.voxel_block(self.staged_set), "source": source}

    def inputs(self) -> list[str]:
        """Track sources in use, and sources of measured events."""
        return [*self.used_sources, *self.hits_sources]

    @property
    def used_sources(self) -> list[str]:
        """Track sources of all sets of events, of the track comparison and of the fits."""
        compared, fit = self.block.track_comparison, self.block.detector_fit
        gains, sets = self.block.gain_map, [*self.voxel_sets, *self.block.observed]
        return sorted(
            {
                *(source for name in sets for source in self.set_tracks(name)),
                *((*compared.simulated, *compared.reference) if compared else ()),
                *(fit.simulated if fit else ()),
                *(gains.simulated if gains else ()),
            }
        )

    def expected_bytes(self) -> dict[str, dict[str, float]]:
        """See `ChainPaths.expected_bytes`: outputs of Degrad, track tables and voxel shards."""
        sizes: dict[str, dict[str, float]] = {}
        for source in self.used_sources:
            files = sizes[f"gas.sources.{source}"] = {}
            sets = [voxels for voxels in self.voxel_sets if source in self.set_tracks(voxels)]
            for name, part in self.parts(source).items():
                tracks = track_bytes(part.block)
                files[self.track_table(source, name)] = tracks
                files[self.degrad_output(source, name)] = degrad_output_bytes(part.block)
                files |= {
                    self.shard(voxels, source, name): tracks * SHARD_OF_TRACKS for voxels in sets
                }
        return sizes

    def event_summaries(self) -> list[str]:
        """Event summaries of all sources in use."""
        return [
            self.event_summary(source, part)
            for source in self.used_sources
            for part in self.parts(source)
        ]

    def sources_block(self) -> dict[str, Any]:
        """The sources in use, and those among which no event may occur twice, by test set."""
        training, fit = self.set_tracks(TRAINING), self.block.detector_fit
        fitted = self.set_tracks(fit.data) if fit else []
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
        names = sorted({name for voxels in self.voxel_sets for name in self.set_tracks(voxels)})
        return [counts(file) for name in names for file in self.tracks(name)]

    def energies(self, voxels: str) -> set[float]:
        """Recoil energies [keV] of the training set or of a test set; see `Gas.energies`."""
        return self.block.energies(self.set_sources(voxels))

    def gases(self, voxels: str) -> dict[str, GasMixture | None]:
        """Gas of each source of the training set or of a test set; None if it is not stated."""
        tracks = self.block.track_sources
        return {s: tracks[s].mixture() if s in tracks else None for s in self.set_sources(voxels)}

    def electrons_per_m3(self, test: str) -> float | None:
        """Electrons of the gas of a test set; None if it is not known, or sources differ in it."""
        found = {gas.electrons_per_m3 if gas else None for gas in self.gases(test).values()}
        return found.pop() if len(found) == 1 else None
