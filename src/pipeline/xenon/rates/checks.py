"""Tables that say how far the search can be trusted: coverage, uncertainty of the background."""

import logging
from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipeline.core.tables import Inputs, Params
from pipeline.statistics.excess.config import Wimp
from pipeline.statistics.excess.coverage import coverage, divided
from pipeline.statistics.excess.limit_coverage import limit_coverage
from pipeline.statistics.excess.nuisance import against_uncertainty
from pipeline.statistics.excess.samples import Samples
from pipeline.xenon.config.detector import Detector
from pipeline.xenon.config.search import Coverage
from pipeline.xenon.rates.samples import read_samples
from pipeline.xenon.rates.systematics import response_shifts

logger = logging.getLogger(__name__)

# Cross-sections at which limits are checked, in units of the benchmark's: below and above them.
TRUE = (0.1, 0.3, 1.0)


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Tables of false-positive rates and of significances against the background's uncertainty.

    See `statistics.excess.coverage`, `limit_coverage` (of the benchmark's mass), `nuisance` and
    `shifts`. `inputs` are scores of the `background` and its response `shards`, and scores (ER, NR,
    ER, ...) and `coverage_shards` of the samples for `coverage`, which have equally many shards.
    """
    benchmark = Wimp.model_validate(params["benchmark"])
    exposure, seed = params["exposure_t_yr"], params["seed"]

    def samples(scores: Sequence[str], shards: Sequence[str]) -> Samples:
        return read_samples(scores, shards, [benchmark.mass_GeV], params)

    number = len(inputs["coverage"]) // 2
    pairs = (np.split(np.array(inputs[name]), number) for name in ("coverage", "coverage_shards"))
    settings = Coverage.model_validate(params["coverage"])
    truths, own_exposure = independent(list(map(samples, *pairs)), exposure, settings)
    background = samples(inputs["background"], inputs["shards"])
    tables = {
        "coverage": coverage(truths, benchmark, own_exposure, settings.toys, seed),
        "limits": limit_coverage(
            truths,
            benchmark.mass_GeV,
            [share * benchmark.cross_section_cm2 for share in TRUE],
            own_exposure,
            params["confidence_level"],
            settings.toys,
            seed,
        ),
        "uncertainty": against_uncertainty(
            background,
            benchmark,
            exposure,
            params["uncertainties"],
            params["toys"],
            seed,
        ),
        "response": response_shifts(
            background,
            benchmark,
            exposure,
            inputs["shards"],
            params["shifts"],
            Detector.model_validate(params["detector"]),
        ),
    }
    for table in tables.values():
        logger.info("\n%s", table.to_string(index=False, float_format="{:.3g}".format))
    return tables


def independent(
    samples: Sequence[Samples], exposure_t_yr: float, settings: Coverage
) -> tuple[Sequence[Samples], float]:
    """Independent samples and the exposure of an experiment: those given, or the parts of one.

    A part has its share of the exposure, so that data and simulation keep their proportion.

    Raises:
        ValueError: the parts have too few events.
    """
    if len(samples) > 1:
        return samples, exposure_t_yr
    try:
        return divided(samples[0], settings.parts), exposure_t_yr / settings.parts
    except ValueError as error:
        raise ValueError(
            f"search.coverage.parts: a sample of the background in {settings.parts} parts: "
            f"{error}. Take fewer parts or simulate more events"
        ) from error
