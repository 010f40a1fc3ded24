"""Tables of axes, and the response and the efficiency that the test for WIMPs reads."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.core.tables import Inputs, Params
from pipeline.emulsion.axes.angles import (
    ANGLES,
    SENSE,
    angular_response,
    axial_difference_deg,
    sense_row,
    sharper_half,
    true_angle_deg,
)
from pipeline.emulsion.config.analysis import Axes
from pipeline.emulsion.networks.prediction import read_predictions
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


def axes_table(clusters: pd.DataFrame) -> pd.DataFrame:
    """Rows of `AXES` for the selected clusters of each sample.

    `clusters` are predictions with columns axis_angle_deg and shift_angle_deg of the observables.
    """
    return pd.DataFrame(_axes_rows(clusters), columns=list(AXES))


def response_table(clusters: pd.DataFrame, selected: np.ndarray) -> pd.DataFrame:
    """Rows of `wimps.response.RESPONSE` for predictions and a mask [n] of the selected ones."""
    columns = {
        "ion": clusters["particle"],
        # Single precision in the shards: 12.3 keV would become 12.3000002.
        "energy_keV": clusters["energy_keV"].astype(np.float64).round(4),
        "true_axis_deg": axial_difference_deg(true_angle_deg(clusters), 0.0),
        "measured_axis_deg": clusters["axis_deg"].astype(np.float64),
        "kappa": clusters["kappa"].astype(np.float64),
        "selected": selected,
    }
    return pd.DataFrame(columns)[list(RESPONSE)]


def efficiency_table(
    response: pd.DataFrame, sample: pd.Series, recoils: Mapping[str, tuple[int, int]]
) -> pd.DataFrame:
    """Rows of `wimps.response.EFFICIENCY`, with the 68 % interval of the share that is selected.

    The efficiency is of all recoils in the emulsion: the share of them that give a cluster that is
    kept, times the share of these that is selected.

    Args:
        response: rows of `RESPONSE`, of any number of samples.
        sample: sample of each row.
        recoils: numbers of simulated recoils, and of clusters kept of them, by sample.

    Raises:
        ValueError: two samples are of one ion and energy, or one of several.
    """
    rows = []
    for name, clusters in response.groupby(sample, sort=False):
        kinds = clusters[["ion", "energy_keV"]].drop_duplicates()
        if len(kinds) > 1:
            raise ValueError(f"sample '{name}' has several ions or energies; give each its own")
        made, kept = recoils[str(name)]
        passed, total = int(clusters["selected"].sum()), len(clusters)
        shares = (passed / total, *clopper_pearson(passed, total))
        numbers = (float(share) * kept / made for share in shares)
        names = ("efficiency", "efficiency_low", "efficiency_high")
        rows.append({**kinds.iloc[0], **dict(zip(names, numbers, strict=True))})
    table = pd.DataFrame(rows)
    twice = table[table.duplicated(["ion", "energy_keV"])]
    if len(twice):
        ion, energy = twice[["ion", "energy_keV"]].iloc[0]
        raise ValueError(f"two samples are of {ion} at {energy:g} keV; keep one")
    return table[[*EFFICIENCY, "efficiency_low", "efficiency_high"]]


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Tables "axes", "response" and "efficiency" of the samples of isotropic recoils.

    `predictions` of all test samples by one network; `observables` of the samples in
    `observable_samples`, a file each; `counts` of the simulation in `count_samples`, a JSON file
    each with the numbers of particles and of clusters kept.
    """
    settings = Axes.model_validate(params["axes"])
    clusters = read_predictions(inputs["predictions"])
    signal = clusters.loc[clusters["sample"] == settings.selection.signal, "logit"]
    threshold = threshold_at(signal, settings.selection.efficiency)
    clusters = clusters[clusters["sample"].isin(settings.samples)].reset_index(drop=True)
    selected = (clusters["logit"] >= threshold).to_numpy()
    angles = read_angles(inputs["observables"], params["observable_samples"])
    measured = clusters[selected].merge(angles, "left", ["sample", "event_id"], validate="1:1")
    response = response_table(clusters, selected)
    recoils = read_recoils(inputs["counts"], params["count_samples"])
    return {
        "axes": axes_table(measured),
        "response": response,
        "efficiency": efficiency_table(response, clusters["sample"], recoils),
    }


def read_angles(paths: Sequence[str], samples: Sequence[str]) -> pd.DataFrame:
    """Angles of ellipse and shift from tables of observables: sample, event_id and both."""
    columns = ["event_id", "axis_angle_deg", "shift_angle_deg"]
    tables = [
        pd.read_parquet(path, columns=columns).assign(sample=sample)
        for path, sample in zip(paths, samples, strict=True)
    ]
    return pd.concat(tables, ignore_index=True)


def read_recoils(paths: Sequence[str], samples: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Numbers of simulated particles and of clusters kept, by sample, from counts of its parts."""
    total: dict[str, tuple[int, int]] = {}
    for path, sample in zip(paths, samples, strict=True):
        counts = json.loads(Path(path).read_text())
        made, kept = total.get(sample, (0, 0))
        total[sample] = (made + counts["particles"], kept + counts["kept"])
    return total


def _axes_rows(clusters: pd.DataFrame) -> Iterator[dict[str, object]]:
    for name, rows in clusters.groupby("sample", sort=False):
        kind = {
            "sample": name,
            "ion": rows["particle"].iloc[0],
            "energy_keV": float(rows["energy_keV"].iloc[0]),
        }
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
