"""The extended Poisson search from scores to result tables on disk."""

import logging
from pathlib import Path

import pandas as pd
import pyarrow as pa

from pipeline.core.parquet_io import field, open_parquet
from pipeline.core.tables import Described, Inputs, Params
from pipeline.statistics.excess.config import ToySet
from pipeline.statistics.excess.samples import Samples
from pipeline.statistics.excess.search import needed_exposures, significances
from pipeline.statistics.excess.toys import merge, run_batch

logger = logging.getLogger(__name__)

_EXPOSURE = field("exposure_t_yr", pa.float64(), "exposure", "t yr")
_MODEL = [
    field("mass_GeV", pa.float64(), "WIMP mass; 0: no model", "GeV"),
    field("cross_section_cm2", pa.float64(), "WIMP-nucleon cross-section; 0: no model", "cm2"),
]
_TEST = field("test", pa.string(), "anomaly, counting, shape or likelihood_ratio")
_EXPECTED = [
    field("background", pa.float64(), "expected background events"),
    field("signal", pa.float64(), "expected signal events"),
    field(
        "background_uncertainty",
        pa.float64(),
        "relative uncertainty of the background: rates and response",
    ),
]
_NEEDED = field(
    "events_needed",
    pa.int64(),
    "electronic recoils to simulate, without which the likelihood ratio is marked; 0: no mark",
)
_OUTNUMBERED = field(
    "outnumbered", pa.bool_(), "more background is expected than simulated events are worth"
)
TOYS = pa.schema(
    [
        _TEST,
        field("hypothesis", pa.string(), "what the toys hold: background, or signal too"),
        _EXPOSURE,
        *_MODEL,
        *_EXPECTED,
        field("batch", pa.int64(), "number of the batch"),
        field("q", pa.list_(pa.float32()), "value of the test statistic, one per toy"),
        field(
            "resampled",
            pa.list_(pa.float32()),
            "significances by moments of resampled simulated events, for the error",
            "sigma",
        ),
        _NEEDED,
        field("p_counting", pa.float64(), "exact median p-value of counting; toys with signal"),
        field("counting_err", pa.float64(), "error of its significance", "sigma"),
        field("simulated", pa.float64(), "simulated background events of equal weights"),
    ]
)
SIGNIFICANCES = pa.schema(
    [
        _EXPOSURE,
        *_MODEL,
        _TEST,
        field("p_kde", pa.float64(), "median p-value by a kernel density of the toys"),
        field("p_empirical", pa.float64(), "median p-value by counted toys, (1 + k) / (1 + n)"),
        field("p_exact", pa.float64(), "exact median p-value, of counting only"),
        field("extrapolated", pa.bool_(), "the median lies beyond background-only toys"),
        field("significance", pa.float64(), "median significance", "sigma"),
        field("significance_err", pa.float64(), "its error, of toys and simulated events", "sigma"),
        _NEEDED,
        _OUTNUMBERED,
        *_EXPECTED,
    ]
)
EXPOSURES = pa.schema(
    [
        _TEST,
        *_MODEL,
        field("level_sigma", pa.float64(), "significance to reach", "sigma"),
        _EXPOSURE,
        field("exposure_err_t_yr", pa.float64(), "its error; NaN beyond the grid", "t yr"),
        field("beyond", pa.string(), "no; above grid: lower limit; below grid: upper limit"),
        field("extrapolated", pa.bool_(), "the significance rests on an extrapolation"),
        _OUTNUMBERED,
    ]
)


def toys_table(
    samples: Samples, toys: ToySet, *, seed: int, identity: tuple[str, ...], batch: int
) -> Described:
    """Simulate one batch of a set of toys; see `run_batch`."""
    return _described(run_batch(samples, [toys], seed, identity, batch), TOYS)


def search_from_files(inputs: Inputs, params: Params) -> dict[str, Described]:
    """Merge all toys into significances and the exposures that reach `levels_sigma`."""
    table = significances(merge(map(_read, inputs["toys"])))
    exposures = needed_exposures(table, params["levels_sigma"])
    logger.info(
        "exposures that the median experiment needs\n%s",
        exposures.to_string(index=False, float_format="{:.3g}".format),
    )
    return {
        "significance": _described(table, SIGNIFICANCES),
        "exposures": _described(exposures, EXPOSURES),
    }


def _read(path: str | Path) -> pd.DataFrame:
    with open_parquet(path, "table of toys") as file:
        return file.read().to_pandas()


def _described(frame: pd.DataFrame, schema: pa.Schema) -> Described:
    return Described.of(frame.reindex(columns=schema.names), schema)
