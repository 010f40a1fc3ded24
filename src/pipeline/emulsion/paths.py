"""Paths of all results of the nuclear-emulsion chain, and the parts of its samples.

The arguments of a path default to wildcards, as in the gas chain.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any, ClassVar, get_args

from pipeline.core.parts import Part, chunks, file_pieces, numbered
from pipeline.core.paths import ChainPaths, counts
from pipeline.emulsion.config.chain import Emulsion, is_signal
from pipeline.emulsion.config.detector import Detector
from pipeline.emulsion.config.samples import GammaSource, Hdf5, Ion, Recoils, Sample
from pipeline.emulsion.sizes import shard_bytes

# Sets of clusters that networks predict.
TEST, RECOILS, VALIDATION = "test", "recoils", "validation"


class EmulsionPaths(ChainPaths[Emulsion]):
    """Files of the nuclear-emulsion chain of one study."""

    name: ClassVar[str] = "emulsion"

    # Files by their wildcards.

    def shard(self, sample: str = "{sample}", part: str = "{part}") -> str:
        """Clusters of one part of a sample."""
        return f"{self.root}/clusters/{sample}/{part}.parquet"

    def observables(self, sample: str = "{sample}") -> str:
        """Observables of the clusters of a sample."""
        return f"{self.root}/observables/{sample}.parquet"

    def prediction(self, network: str = "{network}", clusters: str = "{clusters}") -> str:
        """Predictions of a network for the test samples, the recoils or its validation clusters."""
        return f"{self.root}/predictions/{network}/{clusters}.parquet"

    def needed(self, mass: str = "{mass}") -> str:
        """Events needed for WIMPs of a mass in GeV."""
        return self.table(f"needed/{mass}GeV.csv")

    # Expansions.

    @cache  # noqa: B019 (one object for the life of a run)
    def parts(self, sample: str) -> dict[str, Part]:
        """See `ChainPaths.parts` and `GasPaths.parts`."""
        block = self.block.all_samples[sample]
        if isinstance(block, Hdf5):
            return numbered(block, file_pieces(block.files, f"emulsion.samples.{sample}.files"))
        if isinstance(block, Recoils):
            return numbered(block, [(block.kind, {})])
        sizes = chunks(block.clusters, block.clusters_per_part)
        keys = ("clusters", "clusters_per_part")
        return numbered(block, ((block.kind, dict.fromkeys(keys, n)) for n in sizes))

    def inputs(self) -> Iterable[str]:
        """All samples."""
        return self.block.all_samples

    def expected_bytes(self) -> dict[str, dict[str, float]]:
        """See `ChainPaths.expected_bytes`: the clusters."""
        sizes: dict[str, dict[str, float]] = {}
        for sample in self.used_samples:
            own = sample in self.block.samples
            files = sizes.setdefault(
                f"emulsion.samples.{sample}" if own else "emulsion.recoils", {}
            )
            for name, part in self.parts(sample).items():
                files[self.shard(sample, name)] = shard_bytes(part.block, self.detector(sample))
        return sizes

    @property
    def used_samples(self) -> list[str]:
        """Samples that are tested, learnt from or made for the response, in the config's order."""
        learnt = {name for net in self.block.networks.values() for name in net.samples}
        used = {*self.block.test, *learnt, *self.recoil_samples}
        return [name for name in self.block.all_samples if name in used]

    @property
    def recoil_samples(self) -> list[str]:
        """Samples of recoils for the response."""
        return list(self.block.recoils.samples()) if self.block.recoils else []

    @property
    def baseline_samples(self) -> list[str]:
        """Samples that the dense baseline learns from."""
        return list(next(iter(self.block.networks.values())).samples)

    def detector(self, sample: str) -> Detector | None:
        """Detector of a simulated sample; None if it is read from files."""
        block = self.block.all_samples[sample]
        return None if isinstance(block, Hdf5) else self.block.detectors[block.detector]

    def part_block(self, sample: str, name: str) -> dict[str, Any]:
        """See `ChainPaths.part_block`; also the detector of a simulated sample."""
        detector = self.detector(sample)
        return {**super().part_block(sample, name), "detector": detector and detector.plain()}

    def part_input(self, sample: str, name: str) -> list[str]:
        """The user's file that the part is read from, if any."""
        return list(getattr(self.parts(sample)[name].block, "files", []))

    def shards(self, samples: Iterable[str]) -> list[str]:
        """Cluster shards of the samples, in order."""
        return [self.shard(sample, part) for sample in samples for part in self.parts(sample)]

    def shard_counts(self, samples: Iterable[str]) -> list[str]:
        """Counts beside the shards, in the same order."""
        return [counts(shard) for shard in self.shards(samples)]

    def learnt_shards(self, network: str) -> list[str]:
        """Cluster shards that a network learns from."""
        return self.shards(self.block.networks[network].samples)

    def predicted_samples(self, network: str, clusters: str) -> list[str]:
        """Samples of a set of clusters that a network predicts."""
        return {
            TEST: list(self.block.test),
            RECOILS: self.recoil_samples,
            VALIDATION: list(self.block.networks[network].samples),
        }[clusters]

    def predicted_shards(self, network: str, clusters: str) -> list[str]:
        """Cluster shards of this set."""
        return self.shards(self.predicted_samples(network, clusters))

    def training_block(self, network: str) -> dict[str, Any]:
        """What a training depends on besides the clusters: seed, settings, shards by sample."""
        settings = self.block.networks[network]
        return {
            "seed": self.seed,
            "network": settings.training_block(),
            "shards": {sample: self.shards([sample]) for sample in settings.samples},
        }

    def prediction_block(self, network: str, clusters: str) -> dict[str, Any]:
        """What predictions depend on besides weights and clusters."""
        samples = self.predicted_samples(network, clusters)
        return {
            **self.training_block(network),
            "shards": {sample: self.shards([sample]) for sample in samples},
            "validation_only": clusters == VALIDATION,
        }

    def samples_block(self) -> dict[str, Any]:
        """What is known of the samples before their clusters are looked at."""
        networks = {name: list(net.samples) for name, net in self.block.networks.items()}
        return {
            "samples": self.used_samples,
            "from_files": [s for s in self.used_samples if self.detector(s) is None],
            "trained_on": networks,
            "test": list(self.block.test),
        }

    def published_names(self) -> dict[str, str]:
        """What the published numbers call the test samples: C30, C60, C100, fog or gamma."""
        return {
            name: word
            for name in self.block.test
            if (word := _published_name(self.block.samples[name]))
        }

    @property
    def shown_network(self) -> str:
        """Network whose threshold and clusters are shown: of the recoils, else the first one."""
        recoils = self.block.recoils
        return recoils.network if recoils else next(iter(self.block.image_networks))

    def check_predictions(self) -> dict[str, list[str]]:
        """Predictions that the checks for leaks need, by what they are for."""
        roles = self.block.check_networks
        sets = {"border": TEST, "brightness": TEST, "shuffled": VALIDATION}
        checked = {role: [self.prediction(roles[role], kind)] for role, kind in sets.items()}
        shown, *others = (self.prediction(name, TEST) for name in self.checked_networks)
        return {**checked, "network": [shown], "others": others}

    @property
    def checked_networks(self) -> list[str]:
        """Networks that select, that of `shown_network` first."""
        names = list(self.block.image_networks)
        return sorted(names, key=lambda name: name != self.shown_network)

    def check_tables(self) -> dict[str, str]:
        """Tables of the checks for leaks, by name."""
        leaks = self.block.leaks
        names = [*(["leaks"] if leaks else []), *(["transfer"] if leaks and leaks.transfer else [])]
        return {name: self.table(f"{name}.csv") for name in names}

    def tested(self, signal: bool) -> list[str]:
        """Test samples of signal or of background."""
        return [s for s in self.block.test if is_signal(self.block.samples[s]) == signal]

    @property
    def isotropic_samples(self) -> list[str]:
        """Test samples of ions in all directions."""
        samples = ((name, self.block.samples[name]) for name in self.block.test)
        return [name for name, block in samples if isinstance(block, Ion) and block.beam is None]

    @property
    def axes_samples(self) -> list[str]:
        """Samples whose axes are measured."""
        return [*self.isotropic_samples, *self.recoil_samples]

    def masses(self) -> dict[str, str]:
        """Tables of needed events by mass of the WIMP."""
        masses = self.block.wimps.masses_GeV if self.block.wimps else ()
        return {f"{mass:g}": self.needed(f"{mass:g}") for mass in masses}

    def wimps_block(self, mass: str) -> dict[str, Any]:
        """What the test for WIMPs of one mass depends on besides its files, as plain content."""
        assert self.block.wimps is not None
        chosen = [m for m in self.block.wimps.masses_GeV if f"{m:g}" == mass]
        wimps = {**self.block.wimps.plain(), "masses_GeV": chosen}
        return {"seed": self.seed, "wimps": wimps}

    # What the workflow asks of every chain.

    def targets(self) -> list[str]:
        """Results besides the figures that a run without targets makes."""
        return self.recorded_tables()

    def page_tables(self) -> list[str]:
        """Tables on the page of figures."""
        leaks = self.check_tables().get("leaks")
        return [self.table("summary.csv"), self.table("samples.csv"), *([leaks] if leaks else [])]

    def recorded_tables(self) -> list[str]:
        """Tables whose digests the provenance record holds."""
        block = self.block
        tests = ("samples", "rejection", "goal", "baseline", "baseline_goal", "summary")
        recoils = ("axes.csv", "response.parquet", "efficiency.csv") if block.recoils else ()
        return [
            *(self.table(f"{name}.csv") for name in tests),
            *self.check_tables().values(),
            *map(self.table, recoils),
            *([self.table("needed.csv")] if block.wimps else []),
        ]


def _published_name(sample: Sample) -> str:
    if sample.particle == "fog":
        return "fog"
    if sample.particle in ("gamma", *get_args(GammaSource)):
        return "gamma"
    energy = getattr(sample, "energy_keV", None)
    return f"C{energy:g}" if energy and sample.particle == "C" else ""
