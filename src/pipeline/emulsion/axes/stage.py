"""Tables of axes, and the response and the efficiency that the test for WIMPs reads."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from pipeline.core.tables import Inputs, Params, read_tables
from pipeline.emulsion.axes.angles import (
    ANGLES,
    SENSE,
    angular_response,
    axial_difference_deg,
    sense_row,
    sharper_half,
    true_angle_deg,
)
from pipeline.emulsion.networks.prediction import read_predictions, rows_of
from pipeline.emulsion.rejection.curves import threshold_at
from pipeline.emulsion.rejection.intervals import clopper_pearson
from pipeline.emulsion.wimps.response import EFFICIENCY, RESPONSE

NETWORK, SHARPER, ELLIPSE, SHIFT = "network", "network, sharper half", "ellipse", "shift"
AXES = {
    "sample": "test sample",
    "ion": "element",
    "energy_keV": "initial energy",
    "method": "what measures the axis",
    **ANGLES,
    "kappa_mean": "mean of the predicted concentrations; empty for observables",
    **SENSE,
}
EFFICIENCIES = {
    **EFFICIENCY,
    "efficiency_low": "lower end of its 68 % interval",
    "efficiency_high": "upper end",
    "selected": "recoils that are selected",
    "made": "recoils simulated",
}


def axes_table(clusters: pd.DataFrame) -> pd.DataFrame:
    """Rows of `AXES` for the selected clusters of each sample and energy.

    `clusters` are predictions with columns axis_angle_deg and shift_angle_deg of the observables.
    """
    return pd.DataFrame(_axes_rows(clusters), columns=list(AXES))


def response_table(clusters: pd.DataFrame, selected: np.ndarray) -> pd.DataFrame:
    """Rows of `wimps.response.RESPONSE` for predictions and a mask [n] of the selected ones."""
    columns = {
        "ion": clusters["particle"],
        "energy_keV": _rounded(clusters["energy_keV"]),
        "true_axis_deg": axial_difference_deg(true_angle_deg(clusters), 0.0),
        "measured_axis_deg": clusters["axis_deg"].astype(np.float64),
        "kappa": clusters["kappa"].astype(np.float64),
        "selected": selected,
    }
    return pd.DataFrame(columns)[list(RESPONSE)]


def efficiency_table(response: pd.DataFrame, made: pd.DataFrame) -> pd.DataFrame:
    """Rows of `EFFICIENCIES`: share of all recoils in the emulsion that are selected.

    Args:
        response: rows of `RESPONSE` for all clusters that the recoils leave.
        made: columns ion, energy_keV, made: the numbers of recoils simulated.
    """
    passed = response[response["selected"]].groupby(["ion", "energy_keV"]).size()
    table = made.assign(energy_keV=_rounded(made["energy_keV"]))
    index = pd.MultiIndex.from_frame(table[["ion", "energy_keV"]])
    table["selected"] = passed.reindex(index, fill_value=0).to_numpy()
    table["efficiency"] = table["selected"] / table["made"]
    ends = clopper_pearson(table["selected"], table["made"])
    return table.assign(efficiency_low=ends[0], efficiency_high=ends[1])[list(EFFICIENCIES)]


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Tables "axes", "response" and "efficiency".

    `test` and `recoils` are predictions of one network, `observables` tables of the samples in
    `observable_samples`, `samples` the table of all samples. The threshold is that of
    `efficiency` for the test sample `signal`. Axes are measured of the recoils and of the test
    samples `isotropic`.
    """
    test, recoils = (read_predictions(inputs[name]) for name in ("test", "recoils"))
    of_signal = rows_of(test, params["signal"])["logit"]
    threshold = threshold_at(of_signal, params["efficiency"])
    shown = pd.concat([test[test["sample"].isin(params["isotropic"])], recoils], ignore_index=True)
    angles = read_angles(inputs["observables"], params["observable_samples"])
    selected = shown[shown["logit"] >= threshold]
    measured = selected.merge(angles, "left", ["sample", "event_id"], validate="1:1")
    response = response_table(recoils, (recoils["logit"] >= threshold).to_numpy())
    samples = read_tables(inputs["samples"]).rename(columns={"particle": "ion"})
    made = samples[samples["sample"].isin(set(recoils["sample"]))]
    return {
        "axes": axes_table(measured),
        "response": response,
        "efficiency": efficiency_table(response, made[["ion", "energy_keV", "made"]]),
    }


def read_angles(paths: Sequence[str], samples: Sequence[str]) -> pd.DataFrame:
    """Angles of ellipse and shift from tables of observables: sample, event_id and both."""
    columns = ["event_id", "axis_angle_deg", "shift_angle_deg"]
    tables = [
        pd.read_parquet(path, columns=columns).assign(sample=sample)
        for path, sample in zip(paths, samples, strict=True)
    ]
    return pd.concat(tables, ignore_index=True)


def _rounded(energy_keV: pd.Series) -> pd.Series:
    """Shards have single precision: 12.3 keV would become 12.3000002."""
    return energy_keV.astype(np.float64).round(4)


def _axes_rows(clusters: pd.DataFrame) -> Iterator[dict[str, object]]:
    keys = [clusters["sample"], clusters["particle"], _rounded(clusters["energy_keV"])]
    for labels, rows in clusters.groupby(keys, sort=False):
        kind = dict(zip(("sample", "ion", "energy_keV"), labels, strict=True))
        true, kappa = true_angle_deg(rows), rows["kappa"].to_numpy(np.float64)
        delta = {
            method: axial_difference_deg(rows[column], true)
            for method, column in (
                (NETWORK, "axis_deg"),
                (ELLIPSE, "axis_angle_deg"),
                (SHIFT, "shift_angle_deg"),
            )
        }
        sharp = sharper_half(delta[NETWORK], kappa)
        sense = sense_row(rows["sense_deg"], true)
        yield {
            **kind,
            "method": NETWORK,
            **angular_response(delta[NETWORK]),
            "kappa_mean": float(kappa.mean()),
            **sense,
        }
        for method, values in ((SHARPER, sharp), (ELLIPSE, delta[ELLIPSE]), (SHIFT, delta[SHIFT])):
            yield {**kind, "method": method, **angular_response(values)}
