"""Settings of the search for an excess: exposures, WIMP models and pseudo-experiments."""

from itertools import product
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from pipeline.config.model import Block, described, distinct
from pipeline.statistics.excess.config import ToySet, Wimp, toy_sets
from pipeline.xenon.config.response import RESPONSE_UNCERTAINTIES, Quantity, ResponseUncertainty

Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]


class WimpMap(Block):
    """Grid of WIMP models at one exposure."""

    exposure_t_yr: float = described("Exposure [t yr].", 200.0, gt=0)
    masses_GeV: tuple[Positive, ...] = described(
        "Masses [GeV], also of upper limits.",
        (10.0, 20.0, 35.0, 50.0, 100.0, 200.0, 500.0, 1000.0),
        min_length=1,
    )
    cross_sections_cm2: tuple[Positive, ...] = described(
        "Cross-sections on a nucleon [cm2].",
        (1e-48, 2e-48, 4e-48, 7e-48, 1.2e-47, 2e-47, 4e-47, 1e-46),
    )

    _distinct = field_validator("masses_GeV", "cross_sections_cm2")(distinct)

    def is_grid(self) -> bool:
        """Whether there are enough points for contours: two along each axis."""
        return min(len(self.masses_GeV), len(self.cross_sections_cm2)) >= 2


class Coverage(Block):
    """False-positive rates of the tests, from independent simulated samples."""

    samples: int = described(
        "Independent samples of electronic and of nuclear recoils, as large as those of "
        "`background`; 0: the samples of `background` are divided into `parts`.",
        0,
        ge=0,
    )
    parts: int = described(
        "Parts of the samples of `background`, each with its share of the exposure.", 4, ge=3
    )
    toys: int = described("Toys of a sample and data sets of a pair of samples.", 5000, ge=100)

    @field_validator("samples")
    @classmethod
    def _jackknife(cls, samples: int) -> int:
        if samples in (1, 2):
            raise ValueError(f"must be 0, or 3 or more for errors by a jackknife, got {samples}")
        return samples


class Limits(Block):
    """Upper limits on the cross-section at the masses of `map`: at its exposure, and of data."""

    confidence_level: float = described("Confidence level.", 0.9, gt=0.5, lt=1)
    toys: int = described(
        "Background-only toys, and toys with signal of each mass and cross-section.",
        10_000,
        ge=100,
    )


class Search(Block):
    """Search for WIMPs: how significantly the median experiment rejects background alone."""

    benchmark: Wimp = described(
        "WIMP model for the significance as a function of exposure.", Wimp()
    )
    exposures_t_yr: tuple[Positive, ...] = described(
        "Exposures for the benchmark [t yr].",
        (5.0, 10.0, 25.0, 50.0, 100.0, 150.0, 200.0, 300.0, 400.0),
        min_length=1,
    )
    primary_test: Literal["anomaly", "counting", "shape", "likelihood_ratio"] = described(
        "Test whose p-value counts in observed data, named before they are opened; the others "
        "are checks. Tables of data mark it.",
        "anomaly",
    )
    map: WimpMap = described("Grid of WIMP models for the map of the significance.", WimpMap())
    background_toys: int = described("Background-only toys per batch.", 10_000, ge=100)
    signal_toys: int = described("Toys with signal, per batch and model.", 10_000, ge=100)
    batches: int = described(
        "Number of batches of toys. More batches add toys and keep the existing batches.", 1, ge=1
    )
    levels_sigma: tuple[Positive, ...] = described(
        "Significances to reach, one-sided Gaussian [sigma].", (1.0, 2.0, 3.0), min_length=1
    )

    limits: Limits = described("Upper limits where no signal is seen.", Limits())
    coverage: Coverage = described("False-positive rates of the tests.", Coverage())
    background_uncertainties: tuple[NotNegative, ...] = described(
        "Relative uncertainties of the whole background for the table and the figure of "
        "significances against it; all other results have those of `rates`.",
        (0.0, 0.01, 0.02, 0.05),
        min_length=1,
    )

    response_uncertainties: dict[Quantity, ResponseUncertainty] = described(
        "Uncertainties of the response, for its nuisance parameters and for the table of shifts of "
        "the significance. Quantities that are left out are not looked at.",
        RESPONSE_UNCERTAINTIES,
    )
    response_nuisances: Literal["all"] | tuple[Quantity, ...] = described(
        "Quantities of `response_uncertainties` that are nuisance parameters of p-values and "
        "limits: toys draw them, tests fit them. `all`: every one; an empty list: the response is "
        "known.",
        "all",
    )

    def toy_sets(self) -> dict[str, ToySet]:
        """Toy sets of the benchmark at every exposure and of the map; see `toy_sets`."""
        benchmark, grid = self.benchmark, self.map
        models = [
            *product([benchmark.mass_GeV], self.exposures_t_yr, [benchmark.cross_section_cm2]),
            *product(grid.masses_GeV, [grid.exposure_t_yr], grid.cross_sections_cm2),
        ]
        return toy_sets(models, self.background_toys, self.signal_toys)

    def at(self, exposure_t_yr: float) -> dict[str, Any]:
        """Plain settings of a search for the benchmark at one exposure [t yr], all toys at once."""
        return {
            "benchmark": self.benchmark.plain(),
            "exposure_t_yr": exposure_t_yr,
            "toys": [self.batches * self.background_toys, self.batches * self.signal_toys],
        }

    def checks(self) -> dict[str, Any]:
        """Plain settings of the tables of coverage and of the background's uncertainty."""
        return {
            **self.at(self.shown_exposure_t_yr),
            # More batches leave the checks as they are.
            "toys": [self.background_toys, self.signal_toys],
            "coverage": self.coverage.plain(),
            "confidence_level": self.limits.confidence_level,
            "uncertainties": list(self.background_uncertainties),
            "shifts": {name: of.relative for name, of in self.response_uncertainties.items()},
        }

    def nuisances(self) -> dict[Quantity, float]:
        """Relative uncertainties of the response's nuisance parameters."""
        return {
            name: of.relative
            for name, of in self.response_uncertainties.items()
            if self.response_nuisances == "all" or name in self.response_nuisances
        }

    def limit_settings(self, exposure_t_yr: float) -> dict[str, Any]:
        """Plain settings of the upper limits at one exposure [t yr]."""
        return {
            "masses_GeV": list(self.map.masses_GeV),
            "exposure_t_yr": exposure_t_yr,
            "confidence_level": self.limits.confidence_level,
            "toys": self.limits.toys,
        }

    @property
    def shown_exposure_t_yr(self) -> float:
        """Exposure of the benchmark that is nearest to the exposure of the map [t yr]."""
        return min(self.exposures_t_yr, key=lambda e: abs(e - self.map.exposure_t_yr))

    @model_validator(mode="after")
    def _nuisances_are_known(self) -> Self:
        for name in () if self.response_nuisances == "all" else self.response_nuisances:
            if name not in self.response_uncertainties:
                raise ValueError(
                    f"response_nuisances: '{name}' has no uncertainty in `response_uncertainties`. "
                    "Give one there, or leave it out here"
                )
        return self

    _distinct = field_validator("exposures_t_yr", "levels_sigma", "background_uncertainties")(
        distinct
    )
