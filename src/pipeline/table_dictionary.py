"""The dictionary of the result tables: where each lies, its columns, units and meaning.

`python -m pipeline.table_dictionary` prints it as Markdown. Columns of Parquet tables come from
their schemas where there are some; a test compares all columns with what the code writes.
"""

import re
from dataclasses import dataclass
from typing import Any, cast

import pyarrow as pa

from pipeline.emulsion.axes.stage import AXES, EFFICIENCIES
from pipeline.emulsion.clusters.samples import SAMPLES as CLUSTER_SAMPLES
from pipeline.emulsion.clusters.table import schema as cluster_schema
from pipeline.emulsion.leaks.checks import CHECKS, TRANSFER
from pipeline.emulsion.networks.prediction import SCHEMA as CLUSTER_PREDICTIONS
from pipeline.emulsion.observables.table import SCHEMA as OBSERVABLES
from pipeline.emulsion.paths import EmulsionPaths
from pipeline.emulsion.rejection.curves import GOAL, REJECTION
from pipeline.emulsion.rejection.stage import PAIR
from pipeline.emulsion.rejection.summary import SUMMARY as REJECTION_SUMMARY
from pipeline.emulsion.wimps.needed import NEEDED
from pipeline.emulsion.wimps.response import RESPONSE as RECOIL_RESPONSE
from pipeline.gas.evaluation.scans import METRICS
from pipeline.gas.paths import GasPaths
from pipeline.gas.release.splits import SPLITS
from pipeline.gas.tracks.summary import SCHEMA as SUMMARY
from pipeline.gas.tracks.table import SCHEMA as TRACKS
from pipeline.gas.voxels.shards import SCHEMA as VOXELS
from pipeline.statistics.directional.predictions import SCHEMA as PREDICTIONS
from pipeline.statistics.directional.stage import COLUMNS as DIRECTIONAL
from pipeline.statistics.excess.stage import EXPOSURES, SIGNIFICANCES, TOYS
from pipeline.xenon.darwin.score import SCORES, TERMS
from pipeline.xenon.events.table import SCHEMA as EVENTS
from pipeline.xenon.paths import XenonPaths
from pipeline.xenon.rates.weighted_scores import SCHEMA as WEIGHTED
from pipeline.xenon.response.shards import SCHEMA as RESPONSE
from pipeline.xenon.xenon1t.scores import SCHEMA as IMAGE_SCORES

HEAD = """# Result tables

Generated from `src/pipeline/table_dictionary.py`. Words in braces stand for names: `{source}`,
`{test}` (a test set), `{network}` and `{sample}` are names in the config, `{part}` and `{batch}`
count the files of one kind. `results` is the folder named by the key `results`. A dash in the
column of units: a pure number, a name or a flag. Columns that end in `_err` are statistical errors
(one standard deviation).
"""

# The wildcards are all that is asked of these: they need no config.
_GAS = GasPaths(cast(Any, None), "results", 0)
_XENON = XenonPaths(cast(Any, None), "results", 0)
_EMULSION = EmulsionPaths(cast(Any, None), "results", 0)

# Units by the endings of columns' names; the longest come first.
_UNITS = {
    "_per_kg_yr": "1/(kg yr)",
    "_per_t_yr": "1/(t yr)",
    "_per_electron_yr": "1/yr",
    "_m3_yr": "m3 yr",
    "_kg_yr": "kg yr",
    "_t_yr": "t yr",
    "_minutes": "min",
    "_sigma": "sigma",
    "_GeV": "GeV",
    "_keV": "keV",
    "_eV_per_electron": "eV",
    "_cm2": "cm2",
    "_deg": "deg",
    "_cm": "cm",
    "_mm": "mm",
    "_um": "um",
    "_nm": "nm",
    "_us": "us",
    "_ps": "ps",
    "_PE": "PE",
    "seconds": "s",
}

# Names that stand for the wildcards in the examples.
_NAMES = {
    "source": "train",
    "test": "40keV_443um",
    "method": "HCN",
    "voxels": "train",
    "sample": "test_nr",
    "toys": "background",
    "batch": "0",
}
_OWN_NAMES = {
    "gas": {"part": "0000_40keV", "network": "HCN"},
    "xenon": {"part": "0000_nest", "network": "classifier"},
    "emulsion": {
        "sample": "C100",
        "part": "0000_ion",
        "network": "isotropic",
        "clusters": "test",
        "mass": "100",
    },
}


@dataclass(frozen=True)
class Column:
    """A column of a result table."""

    name: str
    meaning: str
    unit: str = ""


@dataclass(frozen=True)
class ResultTable:
    """A result table, or many of the same columns."""

    title: str
    path: str  # with wildcards in braces
    text: str  # what a row is
    columns: tuple[Column, ...]
    use: str  # a line of Python that uses the variable `table`

    @property
    def example(self) -> str:
        """The path of one such table."""
        return self.path.format(**_NAMES | _OWN_NAMES.get(self.path.split("/")[1], {}))

    @property
    def code(self) -> str:
        """Three lines of Python that read the table."""
        kind = self.path.rpartition(".")[2]
        return f'import pandas as pd\ntable = pd.read_{kind}("{self.example}")\n{self.use}\n'


def _described(meanings: dict[str, str]) -> tuple[Column, ...]:
    return tuple(Column(name, text, _unit(name)) for name, text in meanings.items())


def _of_schema(schema: pa.Schema) -> tuple[Column, ...]:
    return tuple(
        Column(
            field.name,
            field.metadata[b"description"].decode(),
            field.metadata.get(b"unit", _unit(field.name).encode()).decode(),
        )
        for field in schema
    )


def _directional(*names: str) -> tuple[Column, ...]:
    return _described({name: DIRECTIONAL[name] for name in names})


def _unit(name: str) -> str:
    name = name.removesuffix("_err")
    return next((unit for ending, unit in _UNITS.items() if name.endswith(ending)), "")


_LABEL = {"test_set": "name of the test set", "method": "network or baseline"}
_CALIBRATED = {
    "test_set": "name of the test set, or all together",
    "energy_keV": "recoil energy; empty: many",
}
_CORE_WIDTH = {
    "core_width_deg": "standard deviation of the angle between true and predicted axis, projected "
    "onto a plane, without the outer 2 % and with the factor that gives a Gaussian its sigma",
    "core_width_deg_err": "its error, from the fourth moment",
}
_METRICS = {
    "cosine_distance": "mean of 1 - cos of the angle between true and predicted direction",
    "cosine_distance_err": "its error, from bootstrap replicas",
    "head_tail_efficiency": "share of the events with a positive cosine",
    "head_tail_efficiency_err": "its error, from bootstrap replicas",
    "axial_error_deg": "mean angle between the true and the predicted axis, at most 90",
    "axial_error_deg_err": "its error, from bootstrap replicas",
}
_SUMMARY = {
    **_LABEL,
    "events": "events of the test set",
    "efficiency": "share of them that the method finds a direction for",
    "energy_keV": "recoil energy; empty: many",
    "sigma_um": "smearing; empty: many",
    **_METRICS,
    **_CORE_WIDTH,
    "best_expected_ratio": "cosine distance over that of Best-Expected on the same events, those "
    "for which both have a direction; empty for Best-Expected itself",
    "best_expected_ratio_err": "its error, that of pairs of independent tracks",
    "best_expected_difference": "cosine distance less that of Best-Expected on the same events",
    "best_expected_difference_err": "its error, that of pairs of independent tracks",
    "kappa_mean": "mean predicted kappa; empty where a method has none",
    "published_cosine_distance": "cosine distance of Ghrear et al. 2024; empty where there is none",
    "published_efficiency": "efficiency of Ghrear et al. 2024; empty where there is none",
    "published_difference_sigma": "our cosine distance less theirs over its statistical error",
    "published_kappa_mean": "mean kappa of Ghrear et al. 2024; empty where there is none",
    "events_seen": "events that the network learnt from",
    "training_minutes": "time of the training",
    "weights": "trained in this study, shipped, or given as a folder; empty where there are none",
    "network_remark": "in what the test set lies outside the range of the card of a network that "
    "was not trained in this study; empty if in nothing",
    "published_remark": "why no published number stands beside ours; empty where one does",
    **{
        f"{metric}_spread": "standard deviation of it over the networks of an ensemble; empty for "
        "other methods"
        for metric in METRICS
    },
}
_HISTORY = {
    "epoch": "number of the epoch, from 1",
    "events_seen": "events that the network has learnt from since the start",
    "training_loss": "mean loss of the epoch's training events",
    "validation_loss": "mean loss of the validation events after the epoch",
    "skipped_steps": "steps skipped because of a gradient that is not finite",
    "seconds": "time of the epoch",
    "best": "true in the row whose weights are kept",
}
_SAMPLES = {
    "energy_keV": "recoil energy",
    "simulated_events": "simulated tracks",
    "reference_events": "reference tracks",
}
_AUC = {
    "auc": "area under the ROC curve of a classifier of the two samples; 0.5: no difference found",
    "auc_err": "its statistical error",
}
_ACCEPTED = {
    "accuracy": "share of the events that are classified correctly",
    "accuracy_err": "its binomial error",
    "recall": "share of the nuclear recoils that are taken for such",
}

# Columns of tables of significances by moments.
_BY_MOMENTS = {
    "test": "anomaly, counting, shape or likelihood_ratio",
    "significance": "by moments, mean gain over spread, without toys, in sigma",
    "significance_err": "its error, of the number of simulated events",
    "exposure_t_yr": "exposure of an experiment",
    "mass_GeV": "mass of the benchmark WIMP",
    "cross_section_cm2": "its cross-section",
}

# The first column of tables of both searches in images.
_IMAGE_EVENTS = {"events": "what the search looks at: triggered or S2 only"}

# Columns of tables of upper limits.
_LIMITS = _described(
    {
        "mass_GeV": "WIMP mass",
        "test": "anomaly, counting, shape or likelihood_ratio",
        "band_sigma": "0: the median experiment; -2 and 2 enclose 95 %; empty: the data",
        "cross_section_cm2": "upper limit on the WIMP-nucleon cross-section",
        "cross_section_err_cm2": "its error, of the number of toys",
        "signal": "expected signal events at the limit",
        "beyond": "above grid: not even 10 standard deviations of B are excluded",
        "events_needed": "electronic recoils to simulate to lift the likelihood ratio's mark; 0: "
        "no mark",
        "exposure_t_yr": "exposure of an experiment",
        "confidence_level": "confidence level of the limit",
        "background": "expected background events",
        "background_uncertainty": "relative, of the background: rates and response",
    }
)

TABLES: tuple[ResultTable, ...] = (
    ResultTable(
        "Tracks",
        _GAS.track_table(),
        "One row for each recoil.",
        _of_schema(TRACKS),
        'print(table["x_um"].map(len))  # electrons of each track',
    ),
    ResultTable(
        "Event summary",
        _GAS.event_summary(),
        "One row for each recoil: what holds a source against its tracks. Near the stated start "
        "means within 150 over the number of electrons, times the size of the track.",
        _of_schema(SUMMARY),
        'print(table["cosine"].mean())  # genuine Degrad: 0.97',
    ),
    ResultTable(
        "Track sources",
        _GAS.table("sources.csv"),
        "One row for each source in use: what its tracks show, beside what it says of them.",
        _described(
            {
                "source": "track source",
                "kind": "its kind",
                "files": "files or parts with events",
                "events": "events in its track tables",
                "electrons_mean": "mean number of electrons of a track",
                "cosine_near_start": "mean cosine between the stated direction and the electrons "
                "near the stated start",
                "cosine_near_start_err": "its statistical error",
                "without_start": "share of events without an electron near the stated start",
                "energy_eV_per_electron": "energy over number of electrons",
                "size_over_range": "median rms size over the practical range of electrons in the "
                "stated gas",
                "remark": "what does not agree; empty if nothing",
            }
        ),
        'print(table[["source", "events", "cosine_near_start", "remark"]])',
    ),
    ResultTable(
        "Voxel shards",
        _GAS.shard(),
        "One row for each contained recoil. The metadata of the file's schema have `bins` and "
        "`voxel_um` of the grid. Where a response has measured the events, `charge` (float, in "
        "electrons) stands in place of `counts`.",
        _of_schema(VOXELS),
        'print(table["counts"].map(sum))  # electrons of each event',
    ),
    ResultTable(
        "Containment",
        _GAS.table("containment.csv"),
        "One row for each set of events and source.",
        _described(
            {
                "set": "the training set (train), a test set or a set of measured events",
                "source": "source of the events",
                "read": "events read from the source",
                "rejected": "events that could not be used",
                "tracks": "events in the track tables; usable measured events",
                "not_contained": "tracks that reach out of the voxel grid",
                "kept": "tracks in the voxel shards",
                "contained_fraction": "kept over tracks",
                "contained_fraction_err": "its binomial error",
                "dropped_hits": "stray hits outside the grid that were dropped from measured "
                "events; empty for other events",
            }
        ),
        'print(table[["set", "source", "contained_fraction"]])',
    ),
    ResultTable(
        "Measured events",
        _GAS.table("observed.csv"),
        "One row for each set of measured events and network. The events have no truth. A detector "
        "or a network that prefers a direction makes `rayleigh_p` small too.",
        _described(
            {
                "set": "set of measured events",
                "method": "network",
                "events": "events inside the voxel grid",
                "predicted": "events with a predicted direction",
                "mean_x": "mean of the predicted unit vectors, x",
                "mean_y": "the same, y",
                "mean_z": "the same, z",
                "kappa_mean": "mean predicted kappa",
                "rayleigh_p": "p-value of the mean if directions were isotropic (Rayleigh test)",
                "cosine_distance": "mean of 1 - cos of the angle to the direction in "
                "`columns.direction` of the sources; empty: not known",
                "cosine_distance_err": "its statistical error",
                "network_remark": "in what the study differs from the card of a network that was "
                "not trained in it, as far as is known of measured events",
            }
        ),
        'print(table[["set", "method", "rayleigh_p"]])',
    ),
    ResultTable(
        "Directional test of measured events",
        _GAS.table("observed_p.csv"),
        "One row for each set of measured events with `direction_test`, network and weight of the "
        "events. What does not apply is empty.",
        _described(
            {
                "set": "set of measured events",
                "method": "network",
                "against": "direction that recoils of signal prefer: away from the Sun, or the "
                "axis of the config",
                "test": "unweighted, or weighted with A(kappa), the mean cosine of an event's own "
                "density",
                "events": "events with a predicted direction",
                "statistic": "mean cosine between predicted and preferred direction",
                "statistic_err": "its error, from the spread of the events",
                "background": "mean cosine without signal: that of scrambled times for the Sun, 0 "
                "for an axis",
                "p": "probability of at least this statistic without signal: times scrambled "
                "within each source for the Sun, isotropic directions for an axis",
                "permutations": "how often times were scrambled",
                "fit_p": "p-value of the best fit of isotropic background and signal to the "
                "unweighted cosines",
                "verdict": "what `fit_p` means, or why it or the p-value is not there",
            }
        ),
        'print(table[["set", "method", "test", "p", "verdict"]])',
    ),
    ResultTable(
        "Directions of measured events",
        _GAS.table("observed_directions.csv"),
        "One row for each set of measured events, network, axis and bin of the predicted "
        "direction.",
        _described(
            {
                "set": "set of measured events",
                "method": "network",
                "axis": "component of the predicted direction: x, y or z",
                "low": "lower edge of the bin",
                "high": "upper edge of the bin",
                "events": "events in the bin",
                "expected": "their number if directions were isotropic",
            }
        ),
        'print(table.groupby(["set", "method"])["events"].sum() / 3)',
    ),
    ResultTable(
        "Stages of a track",
        _GAS.stages(),
        "One row for each ionisation electron or occupied voxel of one recoil, at each stage. "
        "Positions count from the origin of the source at the first stage and from the centre of "
        "the grid after it.",
        _described(
            {
                "stage": "ionisation electrons; rotated, smeared, centred; voxels",
                **{f"{a}_mm": f"position, {a}" for a in "xyz"},
                "count": "electrons at the position",
                **{f"start_{a}_mm": f"true start of the track, {a}" for a in "xyz"},
                **{f"direction_{a}": f"true direction, {a}" for a in "xyz"},
                "event_id": "event in the source's track table",
                "energy_keV": "recoil energy",
                "sigma_um": "smearing applied",
                "voxel_mm": "width of a voxel",
            }
        ),
        'print(table.groupby("stage")["count"].sum())',
    ),
    ResultTable(
        "Training history of a direction network",
        _GAS.network("history.csv"),
        "One row for each epoch.",
        _described(_HISTORY),
        'table.plot("events_seen", ["training_loss", "validation_loss"])',
    ),
    ResultTable(
        "Temperature of a network or an ensemble",
        _GAS.network("temperature.csv"),
        "One row: the factor on kappa of a network with `temperature: true`, or of an ensemble of "
        "such networks.",
        _described(
            {
                "kappa_factor": "factor on the kappa of an event of mean size",
                "kappa_factor_err": "its statistical error",
                "electrons_exponent": "power of the event's electrons in the factor",
                "electrons_exponent_err": "its statistical error",
                "voxels_exponent": "power of the event's occupied voxels in the factor",
                "voxels_exponent_err": "its statistical error",
                "kappa_exponent": "power of the event's predicted kappa in the factor",
                "kappa_exponent_err": "its statistical error",
                "share_power": "power to which the shares of a mixture are raised",
                "share_power_err": "its statistical error; 0: one component",
                "opposite_factor": "factor on the odds of components that point away from the mean",
                "opposite_factor_err": "its statistical error; 0: one component",
                "opposite_electrons_exponent": "power of the event's electrons in that factor",
                "opposite_electrons_exponent_err": "its statistical error",
                "opposite_voxels_exponent": "power of the event's occupied voxels in that factor",
                "opposite_voxels_exponent_err": "its statistical error",
                "electrons": "electrons of an event of mean size",
                "voxels": "occupied voxels of an event of mean size",
                "kappa": "predicted kappa of an event of mean size",
                "start_error_factor": "factor on the error of the predicted start; 1: no start",
                "start_error_factor_err": "its statistical error",
                "nll_before": "mean negative log-likelihood of the validation events before",
                "nll_after": "and after",
                "events": "validation events",
            }
        ),
        'print(table[["kappa_factor", "electrons_exponent"]])',
    ),
    ResultTable(
        "Predictions",
        _GAS.prediction(),
        "One row for each event of the test set, in the same order for every method.",
        _of_schema(PREDICTIONS),
        'print(table[["pred_x", "pred_y", "pred_z", "kappa"]].describe())',
    ),
    ResultTable(
        "Tuning of Non-ML",
        _GAS.test_table("non_ml_tuning.csv"),
        "One row for each point of the tuning grid.",
        _described(
            {
                "lower": "lower edge of the start region, in units of the scale",
                "upper": "upper edge of the start region, in units of the scale",
                "w0_cm": "length of the weights' decay from the start; inf: no weights",
                "events": "events with a direction",
                "efficiency": "their share of all events",
                "cosine_distance": "mean of 1 - cos of the angle to the true direction",
                "cosine_distance_err": "its standard error",
                "head_tail_efficiency": "share of the events with a positive cosine",
                "cosine_distance_true_head_tail": "cosine distance if the head-tail were known",
                "tuned": "true in the best row",
                "tuned_true_head_tail": "true in the best row if the head-tail were known",
            }
        ),
        'print(table[table["tuned"]])',
    ),
    ResultTable(
        "Radius of Best-Expected",
        _GAS.test_table("best_expected_eps.csv"),
        "One row for each radius.",
        _described(
            {
                "eps_cm": "radius around the true start within which charge is used",
                "events": "events with a direction",
                "efficiency": "their share of all events",
                "cosine_distance": "mean of 1 - cos of the angle to the true direction",
                "cosine_distance_err": "its standard error",
                "tuned": "true in the row that is used",
            }
        ),
        'print(table[table["tuned"]])',
    ),
    ResultTable(
        "Summary",
        _GAS.table("summary.csv"),
        "One row for each test set and method, without cuts on kappa.",
        _described(_SUMMARY),
        'print(table.pivot(index="method", columns="test_set", values="cosine_distance"))',
    ),
    ResultTable(
        "Splits of the public data set",
        _GAS.release("splits.csv"),
        "One row for each split that `make release` has written.",
        _described(SPLITS),
        'print(table[["split", "kind", "events"]])',
    ),
    ResultTable(
        "Baselines of the public data set",
        _GAS.release("baselines.csv"),
        "One row for each test set of the data set and method: part of the summary.",
        _described(
            {
                "split": "test set",
                **{name: _SUMMARY[name] for name in ("method", "events", "efficiency")},
                **_METRICS,
            }
        ),
        'print(table.pivot(index="method", columns="split", values="cosine_distance"))',
    ),
    ResultTable(
        "Summary of one test set",
        _GAS.test_table("summary.csv"),
        "One row for each method.",
        _described(_SUMMARY),
        'print(table[["method", "cosine_distance", "cosine_distance_err"]])',
    ),
    ResultTable(
        "Cut scan",
        _GAS.test_table("cut_scan.csv"),
        "One row for each method and share of events cut, lowest kappa first. A method without "
        "kappa has one row, at its own efficiency.",
        _described(
            {
                **_LABEL,
                "fraction_cut": "share of all events that is left out",
                "kappa_cut": "smallest kappa kept",
                "events": "events kept",
                **_METRICS,
            }
        ),
        'table[table["method"] == "HCN"].plot("fraction_cut", "cosine_distance")',
    ),
    ResultTable(
        "Crossings",
        _GAS.test_table("crossings.csv"),
        "One row for each network with kappa: where its cut scan passes Best-Expected.",
        _described(
            {
                **_LABEL,
                "fraction_cut": "share of events cut at the crossing; empty: never",
                "error": "its error, over the bootstrap replicas that cross",
                "share": "share of the replicas that cross",
            }
        ),
        "print(table)",
    ),
    ResultTable(
        "Angles",
        _GAS.test_table("angles.csv"),
        "One row for each method and bin of the angle between true and predicted direction.",
        _described(
            {
                **_LABEL,
                "angle_low_deg": "lower edge of the bin",
                "angle_high_deg": "upper edge of the bin",
                "events": "events in the bin",
            }
        ),
        'print(table.groupby("method")["events"].sum())',
    ),
    ResultTable(
        "Angular resolution",
        _GAS.test_table("resolution.csv"),
        "One row for each method and recoil energy; none for several smearings or a continuous "
        "spectrum.",
        _described(
            {
                **_LABEL,
                "energy_keV": "recoil energy",
                "sigma_um": "smearing",
                "events": "events with a predicted direction",
                **_CORE_WIDTH,
            }
        ),
        'print(table.pivot(index="energy_keV", columns="method", values="core_width_deg"))',
    ),
    ResultTable(
        "Calibration: fitted kappa",
        _GAS.calibration(""),
        "One row for each bin of the predicted kappa, all test sets together.",
        _described(
            {
                "kappa_low": "lower edge of the bin",
                "kappa_high": "upper edge of the bin",
                "events": "events in the bin",
                "kappa_mean": "mean predicted kappa",
                "expected_angle_deg": "mean angle that the predicted kappas give",
                "mean_angle_deg": "mean angle between true and predicted direction",
                "mean_angle_err_deg": "its standard error",
                "kappa_fit": "kappa fitted to the angles; empty: too few events",
                "kappa_fit_err": "its statistical error",
            }
        ),
        'print(table[["kappa_mean", "kappa_fit", "kappa_fit_err"]])',
    ),
    ResultTable(
        "Calibration: histogram",
        _GAS.calibration("_histogram"),
        "One row for each bin of predicted kappa and angle, all test sets together.",
        _described(
            {
                "kappa_low": "lower edge of the bin of kappa",
                "kappa_high": "upper edge of the bin of kappa",
                "angle_low_deg": "lower edge of the bin of the angle",
                "angle_high_deg": "upper edge of the bin of the angle",
                "events": "events in the bin",
            }
        ),
        'print(table.pivot(index="kappa_low", columns="angle_low_deg", values="events"))',
    ),
    ResultTable(
        "Calibration: numbers",
        _GAS.calibration("_test_sets"),
        "One row for each test set and energy, then one of all together. Errors are those of "
        "independent tracks, of which several events may be views.",
        _described(
            {
                **_CALIBRATED,
                "events": "predicted events",
                "kappa_factor": "factor on all kappas that fits the angles best; 1: right on "
                "average",
                "kappa_factor_err": "its error",
                "pit_ks": "Kolmogorov-Smirnov distance of the PITs from uniform ones",
                "pit_ks_p": "its p-value; empty where a track comes twice",
                **{
                    name: text
                    for level in (68, 90, 95)
                    for name, text in (
                        (f"coverage_{level}", f"share of true directions in the {level} % regions"),
                        (f"coverage_{level}_err", "its error"),
                    )
                },
                "head_tail_predicted": "mean head-tail probability",
                "head_tail_observed": "share of events with a positive cosine",
                "head_tail_observed_err": "its error",
            }
        ),
        'print(table[["test_set", "coverage_68", "coverage_95"]])',
    ),
    ResultTable(
        "Calibration: PIT",
        _GAS.calibration("_pit"),
        "One row for each test set, energy and bin of the PIT.",
        _described(
            {
                **_CALIBRATED,
                "pit_low": "lower edge of the bin",
                "pit_high": "upper edge of the bin",
                "events": "events in the bin",
                "share": "their share",
                "share_err": "its error",
            }
        ),
        'print(table.pivot_table("share", "pit_low", "test_set"))',
    ),
    ResultTable(
        "Calibration: head-tail",
        _GAS.calibration("_head_tail"),
        "One row for each test set, energy and bin of the probability that the sense is wrong.",
        _described(
            {
                **_CALIBRATED,
                "wrong_low": "lower edge of the bin",
                "wrong_high": "upper edge of the bin",
                "events": "events in the bin",
                "wrong_predicted": "mean predicted probability; empty: no events",
                "wrong_observed": "share of events with a negative cosine; empty: no events",
                "wrong_observed_err": "its error",
            }
        ),
        'print(table[["test_set", "wrong_predicted", "wrong_observed"]])',
    ),
    ResultTable(
        "Start of the track",
        _GAS.calibration("_start"),
        "One row for each test set and energy, of a network that predicts the start of the track; "
        "no row of others.",
        _described(
            {
                **_CALIBRATED,
                "events": "events with a predicted start",
                "distance_median_mm": "median distance between predicted and true start",
                "distance_median_mm_err": "its error",
                **{
                    name: text
                    for axis in "xyz"
                    for name, text in (
                        (
                            f"pull_rms_{axis}",
                            f"rms of the error along {axis} over its predicted error; 1: right",
                        ),
                        (f"pull_rms_{axis}_err", "its error"),
                    )
                },
                "beyond_5mm": "share of the events with a distance above 5 mm",
                "beyond_5mm_err": "its error",
            }
        ),
        'print(table[["test_set", "energy_keV", "distance_median_mm"]])',
    ),
    ResultTable(
        "Toys of the hypothesis test",
        _GAS.toy_batch(),
        "One row for each cut, signal fraction, hypothesis, statistic and number of events.",
        _directional(
            *("test_set", "method", "batch", "fraction_cut", "window_keV"),
            *("recoils_per_electron_yr", "signal_fraction", "hypothesis", "statistic"),
            *("events", "q", "efficiency", "response_err_rel"),
        ),
        'print(table["q"].map(len))  # toys',
    ),
    ResultTable(
        "Power of the hypothesis test",
        _GAS.test_table("power.parquet"),
        "One row for each method, cut, signal fraction, statistic and number of events.",
        _directional(
            *("test_set", "method", "fraction_cut", "efficiency", "signal_fraction", "statistic"),
            *("window_keV", "recoils_per_electron_yr"),
            *("events", "recoils", "median_p", "p_low", "p_high", "beyond_toys", "p_asymptotic"),
        ),
        'print(table[~table["beyond_toys"]][["method", "recoils", "median_p"]])',
    ),
    ResultTable(
        "Recoils needed",
        _GAS.test_table("needed_events.parquet"),
        "One row for each method, cut, signal fraction, statistic and level.",
        _directional(
            *("test_set", "method", "fraction_cut", "efficiency", "signal_fraction", "statistic"),
            *("window_keV", "recoils_per_electron_yr"),
            *("level", "p", "events", "err", "recoils", "beyond", "response_err", "recoils_err"),
            *("exposure_m3_yr", "exposure_m3_yr_err"),
        ),
        'print(table[table["beyond"] == "no"][["method", "level", "exposure_m3_yr"]])',
    ),
    ResultTable(
        "Comparison of tracks: distances",
        _GAS.table("track_distances.csv"),
        "One row for each energy and observable of the tracks.",
        _described(
            {
                "energy_keV": "recoil energy",
                "observable": "observable; a name ends in its unit",
                "ks": "Kolmogorov-Smirnov distance between simulated and reference tracks",
                "p_value": "its p-value",
                "ks_null": "median distance of two samples of these sizes, equal distributions",
                "mean_simulated": "mean of the simulated tracks, in the observable's unit",
                "mean_reference": "mean of the reference tracks, in the observable's unit",
            }
        ),
        'print(table.sort_values("ks"))',
    ),
    ResultTable(
        "Comparison of tracks: histograms",
        _GAS.table("track_histograms.csv"),
        "One row for each energy, shown observable and bin.",
        _described(
            {
                "energy_keV": "recoil energy",
                "observable": "observable; a name ends in its unit",
                "low": "lower edge of the bin, in the observable's unit",
                "high": "upper edge of the bin, in the observable's unit",
                "simulated": "density of the simulated tracks, per unit of the observable",
                "simulated_err": "its Poisson error",
                "reference": "density of the reference tracks, per unit of the observable",
                "reference_err": "its Poisson error",
            }
        ),
        'print(table[table["observable"] == "skewness"])',
    ),
    ResultTable(
        "Comparison of tracks: classifier of observables",
        _GAS.table("track_classifier.csv"),
        "One row for each energy.",
        _described(
            {
                **_SAMPLES,
                "mean_ks": "mean Kolmogorov-Smirnov distance of all observables",
                "mean_ks_null": "the same for equal distributions",
                **_AUC,
            }
        ),
        'print(table[["energy_keV", "auc", "auc_err"]])',
    ),
    ResultTable(
        "Comparison of tracks: network of voxels",
        _GAS.table("voxel_classifier.csv"),
        "One row for each energy, and one, `all`, with the mean over the energies.",
        _described({**_SAMPLES, "energy_keV": "recoil energy, or all", **_AUC}),
        'print(table[["energy_keV", "auc", "auc_err"]])',
    ),
    ResultTable(
        "Comparison of tracks: training history of the network of voxels",
        _GAS.table("voxel_classifier_history.csv"),
        "One row for each epoch.",
        _described(_HISTORY),
        'print(table[table["best"]])',
    ),
    ResultTable(
        "Fit of the readout response: parameters",
        _GAS.table("detector_fit.csv"),
        "One row for each fitted parameter.",
        _described(
            {
                "parameter": "dotted name in the response",
                "start": "where the fit began, in the parameter's unit",
                "value": "fitted value, in the parameter's unit",
                "value_err": "its error, of data and simulation",
                "chi2": "chi-squared of the mean summaries after the fit",
                "degrees_of_freedom": "independent summaries minus parameters",
                "p_value": "probability of a larger chi-squared if the response is right",
                "events": "measured events",
                "simulated_events": "simulated events",
                "verdict": "whether this response can have made the data, in words",
            }
        ),
        'print(table[["parameter", "value", "value_err"]])',
    ),
    ResultTable(
        "Fit of the readout response: summaries",
        _GAS.table("fit_moments.csv"),
        "One row for each summary of an event.",
        _described(
            {
                "summary": "summary; see `gas/response/moments.py`",
                "data": "mean over the measured events",
                "before": "mean over the simulated events where the fit began",
                "after": "the same at the fitted parameters",
                "difference_err": "error of data minus simulation at the fitted parameters",
                "pull_before": "difference before the fit over its error",
                "pull_after": "difference after the fit over its error",
            }
        ),
        'print(table[["summary", "pull_after"]])',
    ),
    ResultTable(
        "Fit of the readout response: correlations",
        _GAS.table("fit_correlation.csv"),
        "One row for each pair of fitted parameters.",
        _described(
            {
                "parameter": "dotted name in the response",
                "other": "the same of another parameter",
                "correlation": "correlation of their fitted values",
            }
        ),
        "print(table)",
    ),
    ResultTable(
        "Blind data challenge",
        _GAS.table("challenge.csv"),
        "One row for each hidden number of each set of hits; `make challenge` writes it.",
        _described(
            {
                "quantity": "dotted name in the response, or the share of solar recoils",
                "hidden": "true value, in the parameter's unit",
                "found": "what the study finds, in the same unit",
                "found_err": "its error",
                "pull": "found minus hidden, over the error",
                "passed": "whether the pull is small enough: 2 for the share, 3 for a parameter",
                "seed": "seed of the hidden truth",
                "p_value": "of the direction test: recoils have no preference for the Sun",
            }
        ),
        'print(table.groupby("quantity")["passed"].sum())',
    ),
    ResultTable(
        "Gains of the pixels",
        _GAS.table("gain_map.csv"),
        "One row for each pixel.",
        _described(
            {
                "pixel_x": "number of the pixel along x",
                "pixel_y": "the same along y",
                "gain": "gain relative to that of the response; empty with too few hits",
                "gain_err": "its error, of data and simulation",
                "hits": "measured charges on the pixel",
                "chi2": "chi-squared of the sums of all pixels",
                "degrees_of_freedom": "sums minus gains",
                "p_value": "probability of a larger chi-squared if the response is right",
                "events": "measured events on the pixels",
                "simulated_events": "simulated events on the pixels",
            }
        ),
        'print(table[["pixel_x", "pixel_y", "gain", "gain_err"]])',
    ),
    ResultTable(
        "Gap between measured and simulated events",
        _GAS.table("domain_gap.csv"),
        "One row for each test: energy distances, summaries, and the accuracy of the network.",
        _described(
            {
                "test": "energy distance, chi-squared or accuracy",
                "quantity": "what is compared",
                "statistic": "energy distance, or chi-squared of the difference",
                "p_value": "probability of a larger statistic if nothing differs",
                "data": "mean of the measured events",
                "simulated": "mean of the simulated events",
                "difference": "the first minus the second",
                "difference_err": "its error",
                "data_events": "measured events",
                "simulated_events": "simulated events",
                "verdict": "what all rows together say, in words",
            }
        ),
        'print(table["verdict"][0])',
    ),
    ResultTable(
        "Gap between measured and simulated events: energy distances",
        _GAS.table("domain_gap_events.csv"),
        "One row for each kind of features and number of events.",
        _described(
            {
                "quantity": "features that are compared",
                "events": "measured events, drawn at random",
                "energy_distance": "their energy distance from all simulated events",
                "null_low": "quantile 0.05 of the distance of equal samples",
                "null_high": "quantile 0.95 of the distance of equal samples",
                "p_value": "share of permutations with no smaller distance",
            }
        ),
        'print(table.groupby("quantity")["p_value"].last())',
    ),
    ResultTable(
        "Systematic errors from the fitted response",
        _GAS.table("response_sensitivity.csv"),
        "One row for each method and parameter, and one for all parameters together.",
        _described(
            {
                "method": "reconstruction",
                "events": "tracks that the method predicts in all variants",
                "cosine_distance": "mean cosine distance at the fitted parameters",
                "cosine_distance_err": "its error",
                "parameter": "dotted name in the response; all: with their correlations",
                "value": "fitted value, in the parameter's unit",
                "value_err": "its error",
                "slope": "change of the cosine distance per unit of the parameter",
                "slope_err": "its error",
                "systematic": "systematic error of the cosine distance",
                "systematic_err": "its error, of the slope",
                "needed_relative_err": "systematic error of the recoils needed over their number",
            }
        ),
        'print(table[table["parameter"] == "all"][["method", "systematic"]])',
    ),
    ResultTable(
        "Systematic errors of recoils needed",
        _GAS.table("needed_systematic.csv"),
        "One row for each method, signal fraction, statistic and level; events are not cut.",
        _described(
            {
                "method": "reconstruction",
                "signal_fraction": "fraction of recoils from solar neutrinos",
                "statistic": "test statistic",
                "level": "name of the level",
                "recoils": "recoils that the median experiment needs",
                "recoils_err": "its error, of the numbers of toys and of test tracks",
                "recoils_systematic": "its systematic error, of the fitted response",
            }
        ),
        "print(table)",
    ),
    ResultTable(
        "Attention of a network",
        _GAS.table("attention.csv"),
        "One row for each set and place: the attention heads, charge centre, predicted start.",
        _described(
            {
                "set": "test set, or set of measured events",
                "place": "place in the event",
                "events": "events",
                "true_mm": "mean distance from the true start of the track; empty: not known",
                "true_mm_err": "its error",
                "predicted_mm": "mean distance from the predicted start",
                "predicted_mm_err": "its error",
                "shift_mm": "the same minus that in the nominal set",
                "shift_mm_err": "its error",
                "chi2": "chi-squared of the shifts of all heads of the set together",
                "p_value": "probability of a larger chi-squared if the heads look where they did",
            }
        ),
        'print(table[["set", "place", "true_mm", "shift_mm"]])',
    ),
    ResultTable(
        "Stages of a direction",
        _GAS.table("direction_stages.csv"),
        "One row for each set and observable of a stage of the decision.",
        _described(
            {
                "set": "test set, or set of measured events",
                "quantity": "observable, with its unit",
                "events": "events",
                "true": "true mean, in the observable's unit; empty: not known",
                "true_err": "its error",
                "expected": "mean that the network's own density expects",
                "expected_err": "its error",
                "shift": "the same minus that in the nominal set",
                "shift_err": "its error",
            }
        ),
        'print(table[["set", "quantity", "true", "expected"]])',
    ),
    ResultTable(
        "Stages of a direction: failures",
        _GAS.table("direction_failures.csv"),
        "One row for each set with a truth and stage; contributions add up to the cosine distance.",
        _described(
            {
                "set": "test set",
                "first_failure": "first stage that fails: start, head-tail, axis or none",
                "events": "events in which it is the first",
                "share": "their share",
                "share_err": "its error",
                "contribution": "their part of the mean cosine distance of the set",
                "contribution_err": "its error",
            }
        ),
        'print(table[["set", "first_failure", "share", "contribution"]])',
    ),
    ResultTable(
        "Xenon events",
        _XENON.event_table(),
        "One row for each recoil.",
        _of_schema(EVENTS),
        'print(table[["energy_keV", "photons", "electrons"]])',
    ),
    ResultTable(
        "Xenon event files",
        _XENON.table("event_files.csv"),
        "One row for each file of a sample that is read from files.",
        _described(
            {
                "sample": "name of the sample",
                "file": "path of the file",
                "events": "usable events",
                "unknown_energy": "those of them whose true energy is unknown",
                "repeated": "those with place and quanta of an earlier event of the file",
            }
        ),
        'print(table.groupby("sample")["events"].sum())',
    ),
    ResultTable(
        "Xenon response",
        _XENON.response_shard(),
        "One row for each event. Samples of a waveform are 10 ns wide.",
        _of_schema(RESPONSE),
        'print(table.loc[table["triggered"], ["s1_area_PE", "s2_area_PE"]])',
    ),
    ResultTable(
        "Training history of a xenon network",
        _XENON.network("history.csv"),
        "One row for each epoch.",
        _described(_HISTORY),
        'print(table[table["best"]])',
    ),
    ResultTable(
        "Terms of the anomaly score",
        _XENON.score_terms(),
        "One row for each event and beta. Of a sample that the networks learn from, only the "
        "events kept for validation.",
        _of_schema(TERMS),
        'print(table.groupby("beta")["kl"].mean())',
    ),
    ResultTable(
        "Anomaly scores",
        _XENON.scores(),
        "One row for each event, with the chosen beta and R.",
        _of_schema(SCORES),
        'print(table.loc[table["triggered"], ["energy_keV", "ts"]])',
    ),
    ResultTable(
        "Choice of beta and R",
        _XENON.table("score_scan.csv"),
        "One row for each beta and R.",
        _described(
            {
                "beta": "weight of the latent term",
                "ratio": "weight R of the classifier's term",
                "events_er": "electronic recoils that triggered",
                "events_nr": "nuclear recoils that triggered",
                "auc": "area under the ROC curve of the score",
                "auc_err": "its statistical error",
                "auc_drawn": "the same area with z drawn from q(z|x) and not at its mean",
                "er_rejection": "share of ER rejected where half of the NR are kept",
                "er_rejection_err": "its binomial error",
                "chosen": "true in the row that is used",
            }
        ),
        'print(table[table["chosen"]])',
    ),
    ResultTable(
        "Accuracy of the classifier",
        _XENON.table("classifier.csv"),
        "One row for each set of events and range of energy.",
        _described(
            {
                "set": "validation or test",
                "low_keV": "lower end of the range of true energy",
                "high_keV": "upper end; inf: none",
                "events_er": "electronic recoils that triggered",
                "events_nr": "nuclear recoils that triggered",
                **_ACCEPTED,
                "precision": "share of nuclear recoils among those taken for such",
            }
        ),
        'print(table[table["set"] == "test"])',
    ),
    ResultTable(
        "Trigger efficiency",
        _XENON.table("trigger.csv"),
        "One row for each recoil and point in energy.",
        _described(
            {
                "recoil": "ER or NR",
                "energy_keV": "true recoil energy",
                "triggered": "share of the recoils that trigger",
                "in_region": "share of the recoils that trigger and lie in the region of interest",
                "s2_only": "share of the recoils with an S2 and no S1 in coincidence",
            }
        ),
        'print(table[table["recoil"] == "NR"])',
    ),
    ResultTable(
        "Events without an S1",
        _XENON.table("s2_only.csv"),
        "One row for each sample.",
        _described(
            {
                "sample": "name of the sample",
                "events": "events of the sample",
                "triggered": "events that trigger",
                "s2_only": "events with an S2 and no S1 in coincidence",
                "unseen": "all others",
                "s2_only_fraction": "s2_only over events",
                "s2_only_fraction_err": "its binomial error",
            }
        ),
        'print(table[["sample", "s2_only_fraction"]])',
    ),
    ResultTable(
        "Expected backgrounds",
        _XENON.table("backgrounds.csv"),
        "One row for each component, and their sum in the row `total`.",
        _described(
            {
                "component": "source of the background",
                "recoil": "ER or NR",
                "recoils_per_t_yr": "expected recoils in the range of true energy",
                "in_region_per_t_yr": "those of them in the region of interest",
            }
        ),
        'print(table.set_index("component")["in_region_per_t_yr"])',
    ),
    ResultTable(
        "ROC curves",
        _XENON.table("roc.csv"),
        "One row for each score, range of energy and cut.",
        _described(
            {
                "score": "classifier or anomaly score",
                "high_keV": "upper end of the range of true energy; inf: none",
                "nr_acceptance": "share of the nuclear recoils that pass the cut",
                "er_acceptance": "share of the electronic recoils that pass the cut",
            }
        ),
        'print(table.groupby("score")["er_acceptance"].mean())',
    ),
    ResultTable(
        "Weighted scores",
        _XENON.table("weighted_scores.parquet"),
        "One row for each event and hypothesis (background or a WIMP) that it counts for.",
        _of_schema(WEIGHTED),
        'print(table.groupby("mass_GeV")["weight"].sum())',
    ),
    ResultTable(
        "Toys of the search",
        _XENON.toy_batch(),
        "One row for each test, hypothesis, exposure and WIMP.",
        _of_schema(TOYS),
        'print(table["q"].map(len))  # toys',
    ),
    ResultTable(
        "Significance",
        _XENON.table("significance.parquet"),
        "One row for each exposure, WIMP and test.",
        _of_schema(SIGNIFICANCES),
        'print(table[["test", "exposure_t_yr", "significance", "extrapolated"]])',
    ),
    ResultTable(
        "Coverage",
        _XENON.table("coverage.csv"),
        "One row for each test, level and kind of rates.",
        _described(
            {
                "test": "anomaly, counting, shape or likelihood_ratio",
                "level_sigma": "level at which a discovery is claimed",
                "rates": "expected rates of the data: known, or drawn from their uncertainties",
                "nominal": "false-positive rate that the level promises",
                "rate": "false-positive rate, mean over ordered pairs of independent samples; "
                "empty where so few toys have no p-value as small as the level",
                "rate_err": "its error, by a jackknife over samples",
                "ratio": "rate over nominal",
                "ratio_err": "its error",
                "pairs": "ordered pairs of samples",
                "exposure_t_yr": "exposure of an experiment",
            }
        ),
        'print(table.pivot(index=["rates", "test"], columns="level_sigma", values="ratio"))',
    ),
    ResultTable(
        "Upper limits",
        _XENON.table("limits.csv"),
        "One row for each WIMP mass, test and band of experiments with background alone.",
        _LIMITS,
        'print(table[table["band_sigma"] == 0][["mass_GeV", "test", "cross_section_cm2"]])',
    ),
    ResultTable(
        "Trials",
        _XENON.table("trials.csv"),
        "One row for each scan and level.",
        _described(
            {
                "scan": "masses (likelihood ratio at each), or masses and tests (all four)",
                "looks": "p-values of the scan",
                "local_sigma": "significance of the best of them",
                "global_sigma": "significance that it has as the best of all",
                "global_sigma_err": "its error, of the number of toys",
                "trials": "global over local p-value",
            }
        ),
        'print(table.pivot(index="local_sigma", columns="scan", values="global_sigma"))',
    ),
    ResultTable(
        "Coverage of limits",
        _XENON.table("limit_coverage.csv"),
        "One row for each test and true cross-section.",
        _described(
            {
                "test": "anomaly, counting, shape or likelihood_ratio",
                "mass_GeV": "WIMP mass",
                "cross_section_cm2": "true WIMP-nucleon cross-section",
                "signal": "its expected signal events",
                "nominal": "confidence level of the limit",
                "coverage": "share of data sets whose limit is above the truth, over pairs",
                "coverage_err": "its error, by a jackknife over samples",
                "exposure_t_yr": "exposure of an experiment",
            }
        ),
        'print(table.pivot(index="test", columns="signal", values="coverage"))',
    ),
    ResultTable(
        "Uncertainty of the background",
        _XENON.table("background_uncertainty.csv"),
        "One row for each uncertainty and test; `background_uncertainty` has no response.",
        (
            *_described(
                {
                    "uncertainty_of": "common: one factor for all; components: those of the "
                    "config; nothing: rates and response are known"
                }
            ),
            *_of_schema(SIGNIFICANCES),
        ),
        'print(table[["background_uncertainty", "test", "significance"]])',
    ),
    ResultTable(
        "Uncertainty of the response",
        _XENON.table("response_uncertainty.csv"),
        "One row for each quantity of the response, sign of its change, and test.",
        _described(
            {
                "source": "quantity of the response that is not as simulated",
                "change": "its relative change",
                "test": "anomaly, counting, shape or likelihood_ratio",
                "shift": "of the significance of background alone, after the fit, by moments",
                "shift_err": "its error, of the number of simulated events",
                "signal_shift": "shift of the significance with the WIMP",
                "signal_shift_err": "its error",
                "exposure_t_yr": "exposure of an experiment",
                "mass_GeV": "mass of the benchmark WIMP",
                "cross_section_cm2": "its cross-section",
            }
        ),
        'print(table.pivot(index=["source", "change"], columns="test", values="shift"))',
    ),
    ResultTable(
        "Significance by seed of the networks",
        _XENON.table("network_seeds.csv"),
        "One row for each seed and test. With several seeds also their mean, their standard "
        "deviation (`spread of seeds`), and an `ensemble`, whose score is the mean of the scores.",
        _described(
            {
                "networks": "seed of the networks, or what is computed from all seeds",
                "beta": "weight of the latent term, chosen for these networks",
                "ratio": "weight R of the classifier's term, chosen for these networks",
                **_BY_MOMENTS,
            }
        ),
        'print(table.pivot(index="networks", columns="test", values="significance"))',
    ),
    ResultTable(
        "Significance by R",
        _XENON.table("significance_by_ratio.csv"),
        "One row for each weight R of the classifier's term, z of the autoencoder and test.",
        _described(
            {
                "beta": "weight of the latent term",
                "ratio": "weight R of the classifier's term",
                "chosen": "true for the R of the search",
                "z": "mean: of q(z|x), as in the search; drawn: from q(z|x), once for each event",
                **_BY_MOMENTS,
            }
        ),
        'print(table.pivot(index=["z", "ratio"], columns="test", values="significance"))',
    ),
    ResultTable(
        "Observed data",
        _XENON.table("observed.csv"),
        "One row for each test; columns of observed values are empty in a blind search.",
        _described(
            {
                "test": "anomaly, counting, shape or likelihood_ratio",
                "expected_significance": "of the median experiment with the benchmark WIMP",
                "expected_significance_err": "its error, of toys and simulated events",
                "events_needed": "electronic recoils to simulate to lift the mark; 0: no mark",
                "background": "expected background events",
                "signal": "expected signal events",
                "background_uncertainty": "relative, of the background: rates and response",
                "events": "observed events",
                "p_value": "observed p-value",
                "significance": "its Gaussian quantile",
                "upper_limit_of_p": "fewer than 10 toys lie beyond the data: p may be smaller",
                "primary": "whether it is the test of `search.primary_test`",
                "global_p_value": "of the best of all tests, the same in all rows",
                "outside_region": "observed events that trigger outside the region of interest",
            }
        ),
        'print(table[["test", "p_value", "significance"]])',
    ),
    ResultTable(
        "Observed limits",
        _XENON.table("observed_limits.csv"),
        "As the table of upper limits, with rows of the data unless the search is blind.",
        _LIMITS,
        'print(table[table["band_sigma"].isna()][["mass_GeV", "test", "cross_section_cm2"]])',
    ),
    ResultTable(
        "Goodness of fit",
        _XENON.table("goodness_of_fit.csv"),
        "One row for each quantity and hypothesis; none in a blind search.",
        _described(
            {
                "quantity": "ts (anomaly score), cs1_photons or log10_cs2_cs1",
                "hypothesis": "background, or background and signal",
                "signal_events": "signal events that fit the score best; 0: background alone",
                "chi2": "of the contents of bins, with their covariance",
                "bins": "number of bins",
                "p_value": "share of pseudo-experiments that fit no better",
            }
        ),
        'print(table.pivot(index="quantity", columns="hypothesis", values="p_value"))',
    ),
    ResultTable(
        "Histograms of observed data",
        _XENON.table("observed_histograms.csv"),
        "One row for each quantity and bin; none in a blind search.",
        _described(
            {
                "quantity": "ts (anomaly score), cs1_photons or log10_cs2_cs1",
                "low": "lower edge of the bin",
                "high": "upper edge of the bin",
                "events": "observed events",
                "background": "expected background events",
                "background_err": "uncertainty of rates, response and simulation",
                "signal": "expected events of the benchmark WIMP",
            }
        ),
        'print(table[table["quantity"] == "ts"])',
    ),
    ResultTable(
        "Exposure needed",
        _XENON.table("exposure_needed.parquet"),
        "One row for each test, WIMP and level.",
        _of_schema(EXPOSURES),
        'print(table[["test", "level_sigma", "exposure_t_yr", "beyond"]])',
    ),
    ResultTable(
        "Scores of images",
        _XENON.image_scores(),
        "One row for each event whose S2 is seen.",
        _of_schema(IMAGE_SCORES),
        'print(table.loc[table["triggered"], "loss"].describe())',
    ),
    ResultTable(
        "Accuracy of the classifier of images",
        _XENON.table("images_classifier.csv"),
        "One row for each classifier and share of WIMPs, and one for each published result.",
        _described(
            {
                "source": "classifier of this study, or the publication",
                "wimp_share": "share of WIMPs among the events",
                "events_er": "electronic recoils tested",
                "events_wimp": "WIMPs tested",
                **_ACCEPTED,
                "recall": "share of the WIMPs that are taken for such",
                "recall_err": "its binomial error",
                "precision": "share of WIMPs among the events taken for such",
                "precision_err": "its error",
                "accuracy_gain": "accuracy less that of the dense network of four numbers",
                "accuracy_gain_err": "its error, from the same events",
            }
        ),
        'print(table[["source", "accuracy", "recall", "precision"]])',
    ),
    ResultTable(
        "Losses of images",
        _XENON.table("images_losses.csv"),
        "One row for each bin of the autoencoder's loss; the outer bins hold all beyond them.",
        _described(
            {
                "low": "lower edge of the bin",
                "high": "upper edge of the bin",
                "er": "share of the electronic recoils",
                "er_err": "its binomial error",
                "wimp": "share of the WIMPs",
                "wimp_err": "its binomial error",
                "background": "expected background events",
                "background_err": "its error, of the simulated events' number",
                "signal": "expected WIMPs",
                "signal_err": "its error, of the simulated events' number",
                "pseudo_data": "events of one pseudo-experiment with background and signal",
                "pseudo_data_err": "square root of that",
            }
        ),
        'print(table[["low", "background", "pseudo_data"]])',
    ),
    ResultTable(
        "Losses of events without an S1",
        _XENON.table("images_s2_only.csv"),
        "One row for each sample, for events that trigger and for those without an S1.",
        _described(
            {
                "sample": "name of the sample",
                "events": "triggered or S2 only",
                "number": "how many there are",
                "median_loss": "median of their loss",
                "low_loss": "share with a loss below 1 % of that of triggered ER",
                "low_loss_err": "its binomial error",
                "high_loss": "share with a loss above 99 % of that of triggered ER",
                "high_loss_err": "its binomial error",
            }
        ),
        'print(table[["sample", "events", "low_loss"]])',
    ),
    ResultTable(
        "Expected events of images",
        _XENON.table("images_rates.csv"),
        "One row for each search, component of the background and WIMP.",
        _described(
            {
                **_IMAGE_EVENTS,
                "component": "background component, or the WIMP",
                "mass_GeV": "WIMP mass; 0: background",
                "cross_section_cm2": "WIMP-nucleon cross-section; 0: background",
                "expected_per_t_yr": "expected events",
                "effective_events": "simulated events of equal weights that fluctuate as much",
            }
        ),
        'print(table.groupby(["events", "mass_GeV"])["expected_per_t_yr"].sum())',
    ),
    ResultTable(
        "Significance of images",
        _XENON.table("images_significance.csv"),
        "One row for each search, exposure, WIMP and test.",
        (*_described(_IMAGE_EVENTS), *_of_schema(SIGNIFICANCES)),
        'print(table[["events", "test", "exposure_t_yr", "significance", "extrapolated"]])',
    ),
    ResultTable(
        "Exposure needed with images",
        _XENON.table("images_exposures.csv"),
        "One row for each search, test, WIMP and level.",
        (*_described(_IMAGE_EVENTS), *_of_schema(EXPOSURES)),
        'print(table[["events", "test", "level_sigma", "exposure_t_yr", "beyond"]])',
    ),
    ResultTable(
        "Energies from images",
        _XENON.table("images_energies.csv"),
        "One row for each recoil, inputs of the regression and range of true energy; the first "
        "range is the whole one. Test samples.",
        _described(
            {
                "recoil": "ER or NR",
                "inputs": "what the energy is found from",
                "low_keV": "lower end of the range",
                "high_keV": "upper end of the range",
                "events": "test events that trigger",
                "bias": "mean of ln(E found / E)",
                "bias_err": "its error",
                "resolution": "half the width of the central 68 % of ln(E found / E)",
                "resolution_err": "its error, as of a normal distribution",
                "uncertainty": "mean standard deviation of ln E that is stated",
                "coverage": "share of events within one stated standard deviation",
                "coverage_err": "its binomial error",
            }
        ),
        'print(table[["recoil", "inputs", "low_keV", "bias", "resolution", "coverage"]])',
    ),
    ResultTable(
        "WIMP masses told apart",
        _XENON.table("images_mass_tests.csv"),
        "One row for each observable and pair of masses.",
        _described(
            {
                "observable": "what is looked at of each event",
                "true_mass_GeV": "mass of the WIMPs",
                "rejected_mass_GeV": "mass that is rejected at 95 % confidence",
                "events": "WIMPs with which 90 % of experiments reject it; inf: they look alike",
                "events_err": "its error, of toys and simulated events",
                "effective_events": "simulated recoils of the true mass, as of equal weights",
            }
        ),
        'print(table[["observable", "true_mass_GeV", "rejected_mass_GeV", "events"]])',
    ),
    ResultTable(
        "WIMP masses found",
        _XENON.table("images_mass_estimates.csv"),
        "One row for each observable, mass and number of events.",
        _described(
            {
                "observable": "what is looked at of each event",
                "mass_GeV": "mass of the WIMPs",
                "events": "WIMPs in an experiment",
                "median_GeV": "most likely mass, median of the experiments",
                "low_GeV": "lower end of their central 68 %",
                "high_GeV": "upper end of their central 68 %",
                "at_highest": "share of experiments whose most likely mass is the highest tried",
                "effective_events": "simulated recoils of true mass, as of equal weights",
            }
        ),
        'print(table[["observable", "mass_GeV", "events", "low_GeV", "high_GeV"]])',
    ),
    ResultTable(
        "Emulsion clusters",
        _EMULSION.shard(),
        "One row for each cluster, with its eight images.",
        _of_schema(cluster_schema(pixels=40)),
        'print(table["grains"].mean())',
    ),
    ResultTable(
        "Emulsion samples",
        _EMULSION.table("samples.csv"),
        "One row for each sample, or for each energy of a sample of recoils.",
        _described(CLUSTER_SAMPLES),
        'print(table[["sample", "clusters", "mean_grains"]])',
    ),
    ResultTable(
        "Observables of clusters",
        _EMULSION.observables(),
        "One row for each cluster.",
        _of_schema(OBSERVABLES),
        'print(table["shift_nm"].median())',
    ),
    ResultTable(
        "Predictions of clusters",
        _EMULSION.prediction(),
        "One row for each cluster of the test samples, of the recoils or of the validation.",
        _of_schema(CLUSTER_PREDICTIONS),
        'print(table.groupby("sample")["logit"].mean())',
    ),
    ResultTable(
        "Training history of a network of the emulsion chain",
        _EMULSION.network("history.csv"),
        "One row for each epoch.",
        _described(_HISTORY),
        'print(table[["epoch", "validation_loss"]])',
    ),
    ResultTable(
        "Rejection summary",
        _EMULSION.table("summary.csv"),
        "One row for each score, signal and background at the published efficiency of 0.6; cuts "
        "have an efficiency of their own.",
        _described(REJECTION_SUMMARY),
        'print(table[["score", "signal", "background", "rejection", "published"]])',
    ),
    ResultTable(
        "Rejection by networks",
        _EMULSION.table("rejection.csv"),
        "One row for each network, signal, background and efficiency.",
        _described({**PAIR, **REJECTION}),
        'print(table[["signal", "background", "efficiency", "rejection"]])',
    ),
    ResultTable(
        "Efficiency at the goal",
        _EMULSION.table("goal.csv"),
        "One row for each network, signal and background.",
        _described({**PAIR, **GOAL}),
        'print(table[["signal", "background", "efficiency"]])',
    ),
    ResultTable(
        "Rejection by observables",
        _EMULSION.table("baseline.csv"),
        "One row for each observable, signal, background and efficiency.",
        _described({**PAIR, **REJECTION}),
        'print(table[["score", "efficiency", "rejection"]])',
    ),
    ResultTable(
        "Efficiency at the goal, by observables",
        _EMULSION.table("baseline_goal.csv"),
        "One row for each observable, signal and background.",
        _described({**PAIR, **GOAL}),
        'print(table[["score", "efficiency"]])',
    ),
    ResultTable(
        "Checks for leaks",
        _EMULSION.table("leaks.csv"),
        "One row for each check of a pair of samples.",
        _described(CHECKS),
        'print(table[table["leak"]])',
    ),
    ResultTable(
        "Efficiency by angle to a beam",
        _EMULSION.table("transfer.csv"),
        "One row for each bin of the angle.",
        _described(TRANSFER),
        'print(table["efficiency"])',
    ),
    ResultTable(
        "Axes of clusters",
        _EMULSION.table("axes.csv"),
        "One row for each sample, energy and method, of selected clusters.",
        _described(AXES),
        'print(table[["ion", "energy_keV", "method", "median_error_deg"]])',
    ),
    ResultTable(
        "Response to recoils",
        _EMULSION.table("response.parquet"),
        "One row for each cluster of the simulated recoils.",
        _described(RECOIL_RESPONSE),
        'print(table["selected"].mean())',
    ),
    ResultTable(
        "Efficiency for recoils",
        _EMULSION.table("efficiency.csv"),
        "One row for each element and energy.",
        _described(EFFICIENCIES),
        'print(table[["ion", "energy_keV", "efficiency"]])',
    ),
    ResultTable(
        "Events needed in an emulsion",
        _EMULSION.table("needed.csv"),
        "One row for each mass, kind of directions, test, purity and level.",
        _described(NEEDED),
        'print(table[["mass_GeV", "directions", "signal_events"]])',
    ),
    ResultTable(
        "Events needed in an emulsion, for one mass",
        _EMULSION.needed(),
        "The rows of one mass.",
        _described(NEEDED),
        'print(table["exposure_kg_yr"])',
    ),
)


def markdown() -> str:
    """The dictionary as a page."""
    return HEAD + "".join(map(_section, TABLES))


def _section(table: ResultTable) -> str:
    rows = "\n".join(
        f"| `{column.name}` | {column.unit or '-'} | {_cell(column.meaning)} |"
        for column in table.columns
    )
    return (
        f"\n## {table.title}\n\n`{table.path}`\n\n{table.text}\n\n"
        f"| column | unit | meaning |\n|---|---|---|\n{rows}\n\n```python\n{table.code}```\n"
    )


def _cell(text: str) -> str:
    return re.sub(r"([|<>*_])", r"\\\1", text)


if __name__ == "__main__":
    print(markdown(), end="")
