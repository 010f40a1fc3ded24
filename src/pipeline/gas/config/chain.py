"""Schema of the gas chain: its root block, checked as a whole."""

import difflib
from typing import Self

from pydantic import model_validator

from pipeline.config.model import Block, described
from pipeline.gas.config.comparison import TrackComparison
from pipeline.gas.config.evaluation import BestExpected, Evaluation, NonML
from pipeline.gas.config.networks import Network
from pipeline.gas.config.sets import TestSet, TrainingSet
from pipeline.gas.config.sources import Arrows, Simulation, Source
from pipeline.gas.config.voxels import Grid
from pipeline.statistics.directional.config import HypothesisTest

TRAINING = "train"  # name of the training set among the voxel sets


class Gas(Block):
    """Directions of recoils in a gas time projection chamber (Ghrear et al. 2024)."""

    sources: dict[str, Source] = described("Track sources by name.", min_length=1)
    grid: Grid = described("Voxel grid.", Grid())
    training_set: TrainingSet = described("Tracks that the networks are trained on.")
    test_sets: dict[str, TestSet] = described("Test sets by name.", min_length=1)
    networks: dict[str, Network] = described(
        "Networks by name; each one appears in every table and figure.", min_length=1
    )
    non_ml: NonML = described("Non-ML baseline.", NonML())
    best_expected: BestExpected = described("Best-Expected baseline.", BestExpected())
    evaluation: Evaluation = described("Cut scans and calibration.", Evaluation())
    hypothesis_test: HypothesisTest = described("Directional hypothesis test.", HypothesisTest())
    track_comparison: TrackComparison | None = described(
        "Compare simulated with reference tracks; null: no comparison.", None
    )

    @property
    def hypothesis_tests(self) -> list[str]:
        """Test sets whose response enters the hypothesis test."""
        chosen = self.hypothesis_test.test_sets
        return list(self.test_sets if chosen is None else chosen)

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        if TRAINING in self.test_sets:
            raise ValueError(f"test_sets: '{TRAINING}' is the name of the training set")
        used = {"training_set": self.training_set.sources}
        used |= {f"test_sets.{name}": test.sources for name, test in self.test_sets.items()}
        if self.track_comparison:
            used["track_comparison.simulated"] = self.track_comparison.simulated
            used["track_comparison.reference"] = self.track_comparison.reference
        for key, names in used.items():
            for name in names:
                if name not in self.sources:
                    near = difflib.get_close_matches(name, self.sources, n=1, cutoff=0.0)
                    raise ValueError(
                        f"{key}: no source '{name}'; did you mean '{near[0]}'? "
                        f"Sources: {', '.join(self.sources)}"
                    )
        for name in self.hypothesis_test.test_sets or ():
            if name not in self.test_sets:
                raise ValueError(
                    f"hypothesis_test.test_sets: no test set '{name}'; "
                    f"test sets: {', '.join(self.test_sets)}"
                )
        for name in self.hypothesis_tests:
            blocks = [self.sources[source] for source in self.test_sets[name].sources]
            energies = {energy for block in blocks for energy in block.energies()}
            if len(energies) > 1 or any(isinstance(block, Arrows) for block in blocks):
                raise ValueError(
                    f"hypothesis_test.test_sets: '{name}' holds "
                    f"{'recoils of several energies' if energies else 'arrows'}; the hypothesis "
                    "test needs recoils of one energy. List only test sets with one energy, or "
                    "[] for no test"
                )
        for name in [*self.sources, *self.test_sets, *self.networks]:
            if not name.replace("_", "").replace("-", "").isalnum():
                raise ValueError(
                    f"'{name}' is used in file names: only letters, digits, '_' and '-' are allowed"
                )
        for name, test in self.test_sets.items():
            both = set(test.sources) & set(self.training_set.sources)
            if both:
                raise ValueError(f"test_sets.{name}: source '{both.pop()}' is also in training_set")
        return self

    @model_validator(mode="after")
    def _streams_can_be_simulated(self) -> Self:
        stored = [
            name
            for name in self.training_set.sources
            if not isinstance(self.sources[name], Simulation)
        ]
        for name, network in self.networks.items():
            if network.training_events == "stream" and stored:
                raise ValueError(
                    f"networks.{name}.training_events: 'stream' needs training sources of kind "
                    f"'simulation', but '{stored[0]}' is of kind "
                    f"'{self.sources[stored[0]].kind}'; use 'fresh_views' instead"
                )
        return self
