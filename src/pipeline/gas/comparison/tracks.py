"""Comparison of simulated with reference tracks by observables, energy by energy."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.core.progress import Progress
from pipeline.core.seeds import generator
from pipeline.core.tables import Inputs, Params
from pipeline.gas.comparison.histograms import observable_histograms
from pipeline.gas.comparison.two_sample import ks_table, two_sample_auc
from pipeline.gas.tracks.observables import track_observables
from pipeline.gas.tracks.table import read_tracks

SHOWN = ("max_radius_mm", "std_major_mm", "skewness", "electrons_within_5mm")
BINS = 30
ALONG_Z = np.array([0.0, 0.0, 1.0], dtype=np.float32)


@dataclass(frozen=True)
class Comparison:
    """Tables of the comparison; each begins with the column energy_keV."""

    distances: pd.DataFrame  # `ks_table`
    histograms: pd.DataFrame  # `observable_histograms` of the observables in `SHOWN`
    classifier: pd.DataFrame  # events of both samples, mean_ks, auc, auc_err


def compare_tracks(
    simulated: Sequence[Path], reference: Sequence[Path], rng: np.random.Generator
) -> Comparison:
    """Compare track tables at every energy that both samples have.

    Raises:
        ValueError: the samples have no energy in common.
    """
    samples = [_observables(simulated, "simulated"), _observables(reference, "reference")]
    energies = sorted(set(samples[0]) & set(samples[1]))
    if not energies:
        raise ValueError(
            f"track_comparison: simulated tracks have {sorted(samples[0])} keV and reference "
            f"tracks {sorted(samples[1])} keV; they need an energy in common"
        )
    distances, histograms, classifier = [], [], []
    for energy in energies:
        first, second = samples[0][energy], samples[1][energy]
        table = ks_table(first, second)
        distances.append(_labelled(table, energy))
        histograms.append(_labelled(observable_histograms(first, second, SHOWN, BINS), energy))
        auc, auc_err = two_sample_auc(first, second, rng)
        classifier.append(
            {
                "energy_keV": energy,
                "simulated_events": len(first),
                "reference_events": len(second),
                "mean_ks": table["ks"].mean(),
                "mean_ks_null": table["ks_null"].mean(),
                "auc": auc,
                "auc_err": auc_err,
            }
        )
    return Comparison(
        pd.concat(distances, ignore_index=True),
        pd.concat(histograms, ignore_index=True),
        pd.DataFrame(classifier),
    )


def _observables(tables: Iterable[Path], what: str) -> dict[float, pd.DataFrame]:
    """Observables of all events by energy [keV]."""
    progress = Progress(f"observables of {what} tracks", None, "events")
    found: dict[float, list[pd.DataFrame]] = {}
    for path in tables:
        for batch in read_tracks(path):
            if batch.start_um.any() or not (batch.direction == ALONG_Z).all():
                raise ValueError(
                    f"{path}: track observables need tracks that start at the origin along +z"
                )
            observables = track_observables(batch.offsets, batch.positions_um)
            for energy in np.unique(batch.energy_keV):
                mine = observables[batch.energy_keV == energy]
                found.setdefault(float(energy), []).append(mine)
            progress.update(len(batch))
    progress.finish()
    return {energy: pd.concat(parts, ignore_index=True) for energy, parts in found.items()}


def _labelled(table: pd.DataFrame, energy_keV: float) -> pd.DataFrame:
    table.insert(0, "energy_keV", energy_keV)
    return table


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Tables of the comparison of simulated with reference tracks."""
    simulated, reference = ([Path(p) for p in inputs[name]] for name in ("simulated", "reference"))
    rng = generator(params["seed"], "track comparison")
    return vars(compare_tracks(simulated, reference, rng))
