"""Schema of the gas chain: its root block, checked as a whole."""

from collections.abc import Iterable
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import Field, ValidationInfo, model_validator

from pipeline.config.model import Block, described, is_recorded
from pipeline.config.names import check_known
from pipeline.gas.config.attention import Attention, check_attention
from pipeline.gas.config.card import Card, read_card
from pipeline.gas.config.challenge import Challenge
from pipeline.gas.config.comparison import TrackComparison
from pipeline.gas.config.detector import (
    DetectorFit,
    DomainGap,
    check_detector,
    check_energies,
    check_responses,
)
from pipeline.gas.config.ensemble import Ensemble
from pipeline.gas.config.evaluation import BestExpected, Evaluation, NonML
from pipeline.gas.config.gain_map import GainMap, check_gain_map
from pipeline.gas.config.given import check_fits, check_teacher, network_folder, with_card
from pipeline.gas.config.hits import Hits, HitSource
from pipeline.gas.config.networks import Network
from pipeline.gas.config.observed import ObservedSet, check_times
from pipeline.gas.config.release import Release
from pipeline.gas.config.response import Response
from pipeline.gas.config.sensitivity import ResponseSensitivity, check_sensitivity
from pipeline.gas.config.sets import TestSet, TrainingSet, VoxelSet
from pipeline.gas.config.shipped import with_responses
from pipeline.gas.config.simulated_hits import SimulatedHits, check_simulated_hits
from pipeline.gas.config.sources import Arrows, Simulation, Source
from pipeline.gas.config.symmetry import Drift, drift_of, orientations
from pipeline.gas.config.voxels import Grid
from pipeline.statistics.directional.config import HypothesisTest

TRAINING = "train"  # name of the training set among the voxel sets


class Gas(Block):
    """Directions of recoils in a gas time projection chamber (Ghrear et al. 2024)."""

    responses: dict[str, Response] = described(
        "Readout responses by name; 'shipped' instead of a block: that of this name in "
        "`resources/responses`.",
        {},
    )
    sources: dict[str, Annotated[Source | Hits | SimulatedHits, Field(discriminator="kind")]] = (
        described("Track sources and measured events by name.", min_length=1)
    )
    grid: Grid = described("Voxel grid.", Grid())
    training_set: TrainingSet | None = described(
        "Tracks that the networks are trained on; not used if no network is trained.", None
    )
    test_sets: dict[str, TestSet] = described(
        "Test sets by name; may be left out if there are `observed` sets.", {}
    )
    observed: dict[str, ObservedSet] = described("Sets of measured events by name.", {})
    networks: dict[str, Network] = described(
        "Networks by name; each one appears in every table and figure.", min_length=1
    )
    ensembles: dict[str, Ensemble] = described(
        "Ensembles of networks by name; each one appears beside its members.", {}
    )
    non_ml: NonML = described("Non-ML baseline.", NonML())
    best_expected: BestExpected = described("Best-Expected baseline.", BestExpected())
    evaluation: Evaluation = described("Cut scans and calibration.", Evaluation())
    hypothesis_test: HypothesisTest = described("Directional hypothesis test.", HypothesisTest())
    track_comparison: TrackComparison | None = described(
        "Compare simulated with reference tracks; null: no comparison.", None
    )
    detector_fit: DetectorFit | None = described(
        "Fit parameters of the response to measured events; null: no fit.", None
    )
    gain_map: GainMap | None = described(
        "Find the gains of all pixels from a calibration run; null: not asked.", None
    )
    domain_gap: DomainGap | None = described(
        "Compare measured with simulated events; null: no comparison.", None
    )
    response_sensitivity: ResponseSensitivity | None = described(
        "Systematic errors from the errors of the fitted response; null: none.", None
    )
    attention: Attention | None = described(
        "Where a network looks in events, and the stages of its decisions; null: not asked.", None
    )
    # Not part of `plain`: no job and no record depends on these.
    challenge: Challenge | None = described(
        "Blind data challenge of `make challenge`; null: none.", None, exclude=True
    )
    release: Release = described("Public data set of `make release`.", Release(), exclude=True)

    @property
    def track_sources(self) -> dict[str, Source]:
        """The sources whose events have a truth."""
        return {k: b for k, b in self.sources.items() if not isinstance(b, HitSource)}

    @property
    def labelled(self) -> list[str]:
        """Sources of measured events of known direction in the training set."""
        sources = self.training_set.sources if self.training_set else []
        return [name for name in sources if isinstance(self.sources[name], HitSource)]

    def energies(self, sources: Iterable[str]) -> set[float]:
        """Recoil energies [keV] of the track sources among these, as far as they state them."""
        tracks = [block for name, block in self.track_sources.items() if name in {*sources}]
        return {energy for block in tracks for energy in block.energies()}

    @property
    def trained(self) -> list[str]:
        """Networks that are trained; the others have weights from a network folder."""
        return [name for name, network in self.networks.items() if not network.weights]

    @property
    def predicted(self) -> list[str]:
        """Sets of measured events whose directions are predicted."""
        return [name for name, block in self.observed.items() if block.predict]

    @property
    def predictors(self) -> list[str]:
        """Networks and ensembles."""
        return [*self.networks, *self.ensembles]

    @cached_property
    def folders(self) -> dict[str, str]:
        """Network folder of each network that takes its weights from one, or starts from it."""
        places = {name: block.weights or block.start for name, block in self.networks.items()}
        return {name: network_folder(name, where) for name, where in places.items() if where}

    @cached_property
    def cards(self) -> dict[str, Card]:
        """Card of each folder of `folders`."""
        return {name: read_card(folder) for name, folder in self.folders.items()}

    def response_of(self, voxels: str) -> Response | None:
        """Response of the training set, or of a test set, whose parameters do not vary."""
        if voxels == TRAINING and self.training_set:
            return self.training_set.response
        response = self.test_sets[voxels].response
        return response and response.model_copy(update={"vary": {}})

    @property
    def hypothesis_tests(self) -> list[str]:
        """Test sets whose response enters the hypothesis test."""
        chosen = self.hypothesis_test.test_sets
        if chosen is None:
            return list(self.test_sets) if self.trained else []
        return list(chosen)

    @model_validator(mode="before")
    @classmethod
    def _with_shipped_blocks(cls, value: Any, info: ValidationInfo) -> Any:
        if not isinstance(value, dict) or is_recorded(info):
            return value
        if isinstance(value.get("networks"), dict):
            blocks = value["networks"].items()
            value = {**value, "networks": {name: with_card(name, block) for name, block in blocks}}
        return with_responses(value)

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: Any) -> dict[str, Any]:
        """The JSON schema: a card gives what a network with `weights` or `start` leaves out."""
        schema: dict[str, Any] = handler.resolve_ref_schema(handler(core))
        networks = schema["properties"]["networks"]
        with_folder = [{"type": "object", "required": [key]} for key in ("weights", "start")]
        networks["additionalProperties"] = {
            "anyOf": [networks["additionalProperties"], *with_folder]
        }
        responses = schema["properties"]["responses"]
        responses["additionalProperties"] = {
            "anyOf": [responses["additionalProperties"], {"const": "shipped"}]
        }
        return schema

    @model_validator(mode="after")
    def _weights_can_be_used(self, info: ValidationInfo) -> Self:
        if not is_recorded(info):
            for name, card in self.cards.items():
                check_fits(name, self.networks[name], card, self.grid)
            for name, network in self.networks.items():
                check_teacher(name, network, self.grid)
        if self.trained and not self.training_set:
            raise ValueError(
                f"training_set: needed to train the network '{self.trained[0]}'; add it, or use "
                "trained weights by its key `weights`"
            )
        return self

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        if not self.test_sets and not self.predicted:
            raise ValueError("test_sets: give at least one test set, or a set under `observed`")
        if TRAINING in {**self.test_sets, **self.observed}:
            raise ValueError(f"test_sets: '{TRAINING}' is the name of the training set")
        training = self.training_set.sources if self.training_set else []
        # Tracks from which the study learns, or which it compares with measured events.
        learned = {"training_set": training}
        if self.detector_fit:
            learned["detector_fit.simulated"] = self.detector_fit.simulated
        if self.gain_map:
            learned["gain_map.simulated"] = self.gain_map.simulated
        used = {"training_set": training}
        used |= {f"test_sets.{name}": test.sources for name, test in self.test_sets.items()}
        used |= {f"observed.{name}": block.sources for name, block in self.observed.items()}
        if self.track_comparison:
            used["track_comparison.simulated"] = self.track_comparison.simulated
            used["track_comparison.reference"] = self.track_comparison.reference
        used |= learned
        check_gain_map(self.gain_map, self.observed)
        check_detector(
            *(self.detector_fit, self.domain_gap, self.test_sets),
            *(self.observed, self.predicted, self.networks),
        )
        check_sensitivity(self.response_sensitivity, self.test_sets)
        check_attention(self.attention, self.test_sets, self.predicted, self.networks)
        responding: dict[str, VoxelSet | DetectorFit | GainMap | SimulatedHits | None] = {
            "training_set": self.training_set,
            "detector_fit": self.detector_fit,
            "gain_map": self.gain_map,
            **{f"test_sets.{name}": test for name, test in self.test_sets.items()},
            **{f"sources.{k}": b for k, b in self.sources.items() if isinstance(b, SimulatedHits)},
        }
        check_responses(self.detector_fit, responding, self.grid)
        for key, names in used.items():
            check_known(key, names, self.sources, "source")
            for name in names:
                source = self.sources[name]
                hits = isinstance(source, HitSource)
                if key == "training_set" and isinstance(source, HitSource) and source.labelled:
                    continue
                if hits != key.startswith("observed."):
                    raise ValueError(
                        f"{key}: source '{name}' is of kind '{source.kind}'; measured events have "
                        "no truth: sources of hits belong in `observed`, others do not. "
                        "Events of known direction may be in `training_set`: name "
                        "`columns.direction` or `direction` of their source"
                    )
        gap, gains = self.domain_gap, self.gain_map
        compared = {}
        if gap:
            learned["domain_gap.simulated"] = self.test_sets[gap.simulated].sources
            compared["domain_gap"] = gap.data, learned["domain_gap.simulated"]
        if gains:
            compared["gain_map"] = gains.data, gains.simulated
        energies = {key: (data, self.energies(names)) for key, (data, names) in compared.items()}
        check_energies(self.detector_fit, energies)
        check_times(self.observed, self.sources)
        fit = self.detector_fit
        fitted = self.observed[fit.data].sources if fit and fit.data in self.observed else []
        check_simulated_hits(
            self.sources,
            learned,
            {name: fit.energy_keV for name in fitted if fit and fit.energy_keV},
        )
        both = set(self.test_sets) & set(self.observed)
        if both:
            raise ValueError(f"observed: '{both.pop()}' is also the name of a test set")
        chosen = self.hypothesis_test.test_sets or ()
        check_known("hypothesis_test.test_sets", chosen, self.test_sets, "test set")
        for name in self.hypothesis_tests:
            sources = self.test_sets[name].sources
            if any(isinstance(self.track_sources[source], Arrows) for source in sources):
                raise ValueError(
                    f"hypothesis_test.test_sets: '{name}' holds arrows; the hypothesis test needs "
                    "recoils. List only test sets of recoils, or [] for no test"
                )
        for name in [*self.sources, *self.test_sets, *self.observed, *self.predictors]:
            if not name.replace("_", "").replace("-", "").isalnum():
                raise ValueError(
                    f"'{name}' is used in file names: only letters, digits, '_' and '-' are allowed"
                )
        for key in ("test_sets", "observed"):
            for name, block in getattr(self, key).items():
                both = set(block.sources) & set(training)
                if both:
                    raise ValueError(f"{key}.{name}: source '{both.pop()}' is also in training_set")
        return self

    @model_validator(mode="after")
    def _ensembles_have_members(self) -> Self:
        for name, ensemble in self.ensembles.items():
            if name in self.networks:
                raise ValueError(f"ensembles: '{name}' is also the name of a network")
            if len(set(ensemble.members)) < len(ensemble.members):
                raise ValueError(f"ensembles.{name}.members: a network is given twice")
            for member in ensemble.members:
                known = self.networks.get(member)
                if known is None or not known.predicts_kappa:
                    able = [key for key, network in self.networks.items() if network.predicts_kappa]
                    problem = "predicts no density" if known else "is no network of this study"
                    raise ValueError(
                        f"ensembles.{name}.members: '{member}' {problem}; networks that can be "
                        f"members: {', '.join(able) or 'none'}"
                    )
        return self

    @model_validator(mode="after")
    def _frames_fit_the_responses(self) -> Self:
        for name, network in self.networks.items():
            tuned = name in self.trained and getattr(network, "temperature", False)
            for voxels in [*([TRAINING] if tuned else []), *self.test_sets, *self.predicted]:
                measured = voxels in self.observed or (voxels == TRAINING and self.labelled)
                response = None if measured else self.response_of(voxels)
                # Nobody knows what a measured event shows of its drift.
                unknown: Drift = "direction" if measured else "none"
                drift = drift_of(response) if response else unknown
                most = len(orientations(self.grid.cell_um, drift))
                if network.frames > most:
                    raise ValueError(
                        f"networks.{name}.frames: {network.frames}, but the voxels and the "
                        f"response of {voxels} look alike in {most} orientations only; set at "
                        f"most {most}"
                    )
        return self

    @model_validator(mode="after")
    def _streams_can_be_simulated(self) -> Self:
        sources = self.training_set.sources if self.training_set else []
        stored = [name for name in sources if not isinstance(self.sources[name], Simulation)]
        for name in self.trained:
            if self.networks[name].training_events == "stream" and stored:
                raise ValueError(
                    f"networks.{name}.training_events: 'stream' needs training sources of kind "
                    f"'simulation', but '{stored[0]}' is of kind "
                    f"'{self.sources[stored[0]].kind}'; use 'fresh_views' instead"
                )
        return self
