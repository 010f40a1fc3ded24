"""Paths of measured events, of the response that they show, and of checks against them."""

from pathlib import Path
from typing import Any

from pipeline.gas.config.observed import DirectionTest
from pipeline.gas.methods import methods
from pipeline.gas.paths.evaluation import EvaluationPaths


class DetectorPaths(EvaluationPaths):
    """Files of measured events and of what they are compared with."""

    def observed_events(
        self, observed: str = "{observed}", source: str = "{source}", part: str = "{part}"
    ) -> str:
        """Table of the measured events of a part of a source, beside its shard."""
        return f"{self.root}/voxels/{observed}/{source}/{part}.events.parquet"

    def hits_block(self, source: str, name: str) -> dict[str, Any]:
        """What the voxels of a part of measured events depend on, as plain content."""
        block, grid = self.part_block(source, name), self.block.grid.plain()
        return {**block, "source": source, "part": name, "grid": grid}

    def observed_predictions(self) -> list[str]:
        """Prediction tables of all networks and ensembles on sets of measured events."""
        sets, predictors = self.block.predicted, self.block.predictors
        return [self.prediction(name, method) for name in sets for method in predictors]

    @property
    def direction_tests(self) -> dict[str, DirectionTest]:
        """Directional tests by their set of measured events."""
        sets = self.block.observed.items()
        return {name: block.direction_test for name, block in sets if block.direction_test}

    def direction_test_inputs(self) -> dict[str, list[str]]:
        """Predictions of the events that are tested, and tables of those with times."""
        tests = self.direction_tests
        timed = [name for name, test in tests.items() if test.site]
        return {
            "predictions": [self.prediction(k, m) for k in tests for m in self.block.predictors],
            "events": [self.observed_events(k, *part) for k in timed for part in self.set_parts(k)],
        }

    def direction_test_block(self) -> dict[str, Any]:
        """What the directional tests depend on besides their files, as plain content."""
        tests = {name: test.plain() for name, test in self.direction_tests.items()}
        return {"seed": self.seed, "tests": tests}

    def detector_fit_inputs(self) -> dict[str, list[str]]:
        """Shards of the data, tracks of the simulation, map of gains; empty without a fit."""
        fit = self.block.detector_fit
        if not fit:
            return {}
        tracks = [file for source in sorted(fit.simulated) for file in self.tracks(source)]
        shards, pixel_map = self.shards(fit.data), fit.response.files
        return {"shards": shards, "tracks": tracks, "pixel_map": pixel_map}

    def detector_fit_block(self) -> dict[str, Any]:
        """What the fit of the response depends on besides its files, as plain content."""
        fit = self.block.detector_fit
        return {"seed": self.seed, "grid": self.block.grid.plain(), "fit": fit and fit.plain()}

    def detector_fit_tables(self) -> dict[str, str]:
        """Tables of the fit of the response."""
        names = {"parameters": "detector_fit", "moments": "fit_moments"}
        names["correlation"] = "fit_correlation"
        return self._tables(names, self.block.detector_fit)

    def check_files(self) -> None:
        """See `ChainPaths.check_files`; also the maps of gains but that of this study's `gain_map`.

        Raises:
            FileNotFoundError: a file is missing; names the key.
        """
        super().check_files()
        fit = self.block.detector_fit
        used = {name: self.response_files(name)["pixel_map"] for name in self.voxel_sets}
        used["detector_fit"] = fit.response.files if fit else []
        made = [self.table("gain_map.csv")] if self.block.gain_map else []
        for user, files in used.items():
            for file in files:
                if file not in made and not Path(file).is_file():
                    raise FileNotFoundError(
                        f"gas: gain.map in the response of {user}: there is no file '{file}'"
                    )

    def gain_map_inputs(self) -> dict[str, list[str]]:
        """Files of hits, tracks of the simulation, and the fitted response; empty without a map."""
        block = self.block.gain_map
        if not block:
            return {}
        parts = self.set_parts(block.data)
        return {
            "hits": [file for part in parts for file in self.part_input(*part)],
            "tracks": [file for source in sorted(block.simulated) for file in self.tracks(source)],
            "fitted": [self.table("detector_fit.csv")] if block.response.fitted else [],
        }

    def gain_map_block(self) -> dict[str, Any]:
        """What the gain map depends on besides its files, as plain content."""
        block = self.block.gain_map
        return {
            "seed": self.seed,
            "grid": self.block.grid.plain(),
            "gain_map": block and block.plain(),
            "parts": [self.hits_block(*p) for p in self.set_parts(block.data)] if block else [],
        }

    @property
    def readers(self) -> list[str]:
        """The functions that read or make the measured events in use, see `reader`."""
        return sorted({self.reader(source) for source in self.hits_sources})

    def domain_gap_inputs(self) -> dict[str, list[str]]:
        """Shards and predictions of both test sets, and weights; empty without a comparison."""
        gap = self.block.domain_gap
        if not gap:
            return {}
        return {
            "weights": [self.weights(gap.network)],
            "data": self.shards(gap.data),
            "simulated": self.shards(gap.simulated),
            "data_predictions": [self.prediction(gap.data, gap.network)],
            "simulated_predictions": [self.prediction(gap.simulated, gap.network)],
        }

    def domain_gap_tables(self) -> dict[str, str]:
        """Tables of the comparison of domains."""
        names = {"table": "domain_gap", "growth": "domain_gap_events"}
        return self._tables(names, self.block.domain_gap)

    def domain_gap_block(self) -> dict[str, Any]:
        """What the comparison of domains depends on besides its files, as plain content."""
        gap = self.block.domain_gap
        network = self.prediction_block(gap.network) if gap else None
        return {"seed": self.seed, "gap": gap and gap.plain(), "network": network}

    def attention_inputs(self) -> dict[str, list[str]]:
        """Weights, and shards and predictions of the sets whose attention is looked at."""
        block = self.block.attention
        if not block:
            return {}
        sets = [block.nominal, *block.sets]
        return {
            "weights": [self.weights(block.network)],
            "shards": [file for name in sets for file in self.shards(name)],
            "predictions": [self.prediction(name, block.network) for name in sets],
        }

    def attention_tables(self) -> dict[str, str]:
        """Tables of the attention and of the stages of decisions."""
        names = {"attention": "attention", "stages": "direction_stages"}
        names["failures"] = "direction_failures"
        return self._tables(names, self.block.attention)

    def attention_block(self) -> dict[str, Any]:
        """What the tables of the attention depend on besides their files, as plain content."""
        block = self.block.attention
        if not block:
            return {}
        return {
            "attention": block.plain(),
            "network": self.prediction_block(block.network),
            "sets": {name: len(self.shards(name)) for name in (block.nominal, *block.sets)},
        }

    def sensitivity_inputs(self) -> dict[str, list[str]]:
        """Files of the systematic errors from the fitted response; empty if none are asked for."""
        block = self.block.response_sensitivity
        if not block:
            return {}
        test, networks = block.test_set, self.block.networks
        inputs = {
            "tracks": [file for name in self.set_sources(test) for file in self.tracks(name)],
            "fit": [self.table("detector_fit.csv")],
            "pixel_map": self.response_files(test)["pixel_map"],
            "correlation": [self.table("fit_correlation.csv")],
            "weights": [self.weights(name) for name in networks],
            "non_ml": [self.test_table("non_ml_tuning.csv", test)],
            "best_expected": [self.test_table("best_expected_eps.csv", test)],
        }
        if test in self.block.hypothesis_tests:
            inputs["needed"] = [self.test_table("needed_events.parquet", test)]
        return inputs

    def sensitivity_tables(self) -> dict[str, str]:
        """Tables of these errors; that of recoils needed only if they are known."""
        tables = {"table": self.table("response_sensitivity.csv")}
        if "needed" in self.sensitivity_inputs():
            tables["needed"] = self.table("needed_systematic.csv")
        return tables if self.block.response_sensitivity else {}

    def sensitivity_block(self) -> dict[str, Any]:
        """What these errors depend on besides their files, as plain content."""
        block = self.block.response_sensitivity
        if not block:
            return {}
        response = self.block.response_of(block.test_set)
        return {
            "seed": self.seed,
            "grid": self.block.grid.plain(),
            "sensitivity": block.plain(),
            "response": response and response.plain(),
            "rotate": self.block.test_sets[block.test_set].rotate,
            "networks": {name: self.prediction_block(name) for name in self.block.networks},
            "names": methods(self.block.networks),
            "non_ml": self.block.non_ml.plain(),
        }

    def detector_tables(self) -> list[str]:
        """Tables of the response and its errors, of gains, of domains and of the attention."""
        return [
            *self.detector_fit_tables().values(),
            *self._tables({"table": "gain_map"}, self.block.gain_map).values(),
            *self.domain_gap_tables().values(),
            *self.attention_tables().values(),
            *self.sensitivity_tables().values(),
        ]

    def _tables(self, names: dict[str, str], asked: object) -> dict[str, str]:
        """Paths of tables; none if they are not asked for."""
        return {key: self.table(f"{name}.csv") for key, name in names.items()} if asked else {}
