"""The hypothesis test from prediction tables to result tables on disk."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.core.tables import Described, Inputs, Params
from pipeline.statistics.directional.config import PERFECT, HypothesisTest
from pipeline.statistics.directional.response import Response, scan_cuts
from pipeline.statistics.directional.sensitivity import needed_events, power
from pipeline.statistics.directional.spectrum import discrete_energies, places, spectrum
from pipeline.statistics.directional.spherical_toys import run_batch
from pipeline.statistics.directional.toys import merge

COLUMNS = {
    "test_set": "name of the test set",
    "method": "reconstruction",
    "fraction_cut": "fraction of predicted events cut, lowest kappa first",
    "window_keV": "width of the spectrum that the recoil energies stand for; one energy: 1 keV",
    "recoils_per_electron_yr": "recoils from solar neutrinos in this window, per electron and year",
    "efficiency": "fraction of recoils that pass (inside the voxel grid, predicted and not cut)",
    "signal_fraction": "fraction of recoils from solar neutrinos",
    "statistic": "test statistic; profile: likelihood ratio at the best signal fraction",
    "hypothesis": "what the toys hold: background, or signal and background",
    "events": "passing events; in needed_events those of the median experiment",
    "batch": "number of the batch",
    "q": "value of the test statistic, one per toy",
    "recoils": "all recoils, those that leave the voxel grid, are omitted or cut included: "
    "events / efficiency",
    "median_p": "p-value of the median experiment",
    "p_low": "lower edge of the central 68 % of p-values",
    "p_high": "upper edge of the central 68 % of p-values",
    "beyond_toys": "too few background toys beyond the median: median_p is an upper limit",
    "p_asymptotic": "chi-squared p-value of the median dipole",
    "level": "name of the level",
    "p": "p-value of the level, one-sided",
    "err": "statistical error of events from the number of toys",
    "response_err_rel": "relative error of the needed recoils from the number of test tracks",
    "response_err": "error of recoils from the number of test tracks behind the response",
    "recoils_err": "error of recoils from the numbers of toys and of test tracks",
    "exposure_m3_yr": "volume times live time that gives the recoils from the Sun in the window; "
    "NaN: gas not known, or no number",
    "exposure_m3_yr_err": "its error from the numbers of toys and of test tracks",
    "beyond": "no; toys: too few toys; above grid: lower limit; below grid: upper limit",
}


def toys_from_files(inputs: Inputs, params: Params) -> dict[str, Described]:
    """One batch of toys of one method on one test set.

    `predictions` is the method's table of predictions (see `Response.from_predictions`, and
    energy_keV); for the method `perfect` any table of the test set, whose events it measures
    exactly. `recoils` are tables with the energy_keV of all recoils of the test set, those
    included that leave the voxel grid. Raises ValueError naming the predictions if they cannot be
    used.
    """
    settings = HypothesisTest.model_validate(params["hypothesis_test"])
    predictions = inputs["predictions"][0]
    table = pq.read_table(predictions).to_pandas()
    every = pd.concat(
        pq.read_table(path, columns=["energy_keV"]).to_pandas() for path in inputs["recoils"]
    )
    try:
        energies, place = discrete_energies(every)
        recoils = spectrum(energies, settings.background_index)
        numbers = np.bincount(place)
        own = places(energies, table["energy_keV"])
        if params["method"] == PERFECT:
            passing = np.bincount(own, minlength=len(numbers))
            responses = [Response.perfect(passing, numbers)]
        else:
            responses = scan_cuts(table, settings.cut_fractions, own, numbers)
    except ValueError as error:
        raise ValueError(f"{predictions}: {error}") from None
    identity = (params[name] for name in ("seed", "test_set", "method", "batch"))
    return {"toys": _described(run_batch(responses, recoils, settings, *identity))}


def sensitivity_from_files(inputs: Inputs, params: Params) -> dict[str, Described]:
    """Power and needed numbers of events, from all batches of toys of any methods and test sets.

    `electrons_per_m3` are those of the gas; None: not known, and no exposure either.
    """
    merged = merge(pq.read_table(path).to_pandas() for path in inputs["toys"])
    needed = with_response_error(needed_events(merged, params["levels"]))
    needed = with_exposure(needed, params["electrons_per_m3"])
    median = power(merged.drop(columns="response_err_rel"))
    return {"power": _described(median), "needed_events": _described(needed)}


def with_response_error(needed: pd.DataFrame) -> pd.DataFrame:
    """The table of `needed_events` with errors of the recoils: `response_err`, `recoils_err`."""
    response_err = needed["response_err_rel"] * needed["recoils"]
    recoils_err = np.hypot(needed["err"] / needed["efficiency"], response_err)
    table = needed.drop(columns="response_err_rel")
    return table.assign(response_err=response_err, recoils_err=recoils_err)


def with_exposure(needed: pd.DataFrame, electrons_per_m3: float | None) -> pd.DataFrame:
    """The table of `needed_events` with the exposure in which the Sun gives its share of recoils.

    Like `recoils` it counts all recoils, those included that leave the voxel grid.
    """
    per_recoil = needed["signal_fraction"] / needed["recoils_per_electron_yr"]
    per_recoil /= electrons_per_m3 or np.nan
    exposure, error = per_recoil * needed["recoils"], per_recoil * needed["recoils_err"]
    return needed.assign(exposure_m3_yr=exposure, exposure_m3_yr_err=error)


def _described(frame: pd.DataFrame) -> Described:
    plain = pa.Table.from_pandas(frame, preserve_index=False)
    fields = [field.with_metadata({"description": COLUMNS[field.name]}) for field in plain.schema]
    return Described.of(frame, pa.schema(fields))
