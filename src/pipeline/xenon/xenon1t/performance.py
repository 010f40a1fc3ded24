"""What the networks for images tell of single events: their kind, their energy, a WIMP's mass."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.core.seeds import generator
from pipeline.core.tables import Inputs, Params
from pipeline.xenon.config.images import SEARCH_NR, TEST_ER, TEST_WIMP, TRAIN_ER, TRAIN_WIMP
from pipeline.xenon.rates.simulated import generated_spectrum
from pipeline.xenon.xenon1t.accuracy import classifier_table
from pipeline.xenon.xenon1t.masses import mass_estimates, mass_tests
from pipeline.xenon.xenon1t.recoil_weights import wimp_weights
from pipeline.xenon.xenon1t.regression import BEST, energy_table, fit_all, inputs_of
from pipeline.xenon.xenon1t.scores import read_scores

logger = logging.getLogger(__name__)

_MASSES = 41  # that are compared with the events of a WIMP
_WIDER = 4.0  # they reach beyond the masses of the search by this factor


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Tables of accuracies, energies and masses, from image scores of events that trigger."""
    scores = {Path(path).stem: read_scores(path).query("triggered") for path in inputs["scores"]}
    er, wimp, nr = scores[TEST_ER], scores[TEST_WIMP], scores[SEARCH_NR]
    models = fit_all({"ER": scores[TRAIN_ER], "NR": scores[TRAIN_WIMP]})
    ranges = {"ER": tuple(params["er_keV"]), "NR": tuple(params["nr_keV"])}
    energy, generated = nr["energy_keV"].to_numpy(float), generated_spectrum(params["spectrum"])
    observables = {
        "loss": nr["loss"].to_numpy(),
        f"energy of {BEST}": models["NR"][BEST](inputs_of(nr)[BEST])[0],
        "true energy": energy,
    }
    tried = {m: wimp_weights(energy, generated, m) for m in _grid(params["masses_GeV"])}
    # Without those that give no recoil in the range.
    compared = {mass: weight for mass, weight in tried.items() if weight.sum() > 0}
    masses = [mass for mass in params["masses_GeV"] if mass in compared]
    rng = generator(params["seed"], "xenon", "image masses")
    tables = {
        "classifier": classifier_table(er, wimp, params["shares"]),
        "energies": energy_table(models, {"ER": er, "NR": wimp}, ranges),
        "mass_tests": mass_tests(observables, {mass: compared[mass] for mass in masses}, rng),
        "mass_estimates": mass_estimates(observables, compared, masses, rng),
    }
    for table in tables.values():
        logger.info("\n%s", table.to_string(index=False, float_format="{:.4g}".format))
    return tables


def _grid(masses_GeV: list[float]) -> list[float]:
    """Masses from a quarter of the lowest to four times the highest, with all of `masses_GeV`."""
    between = np.geomspace(min(masses_GeV) / _WIDER, max(masses_GeV) * _WIDER, _MASSES)
    return sorted({*masses_GeV, *between.tolist()})
