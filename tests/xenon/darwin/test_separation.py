import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from pipeline.xenon.darwin.separation import roc_table


def made(n=20_000):
    """Normal scores; nuclear recoils are 2 higher in `logit`, `ts` does not separate."""
    rng = np.random.default_rng(1)
    recoil = np.repeat([0, 1], n)
    return pd.DataFrame(
        {
            "recoil": recoil,
            "energy_keV": rng.uniform(1, 100, 2 * n),
            "triggered": True,
            "logit": rng.normal(2.0 * recoil, 1),
            "ts": rng.normal(0, 1, 2 * n),
        }
    )


def test_curve_is_that_of_two_normal_distributions():
    table = roc_table(made())
    curve = table[(table["score"] == "classifier") & np.isinf(table["high_keV"])]
    expected = norm.sf(norm.isf(curve["nr_acceptance"]) + 2)
    np.testing.assert_allclose(curve["er_acceptance"], expected, atol=0.012)


def test_score_without_information_is_on_the_diagonal():
    table = roc_table(made())
    curve = table[(table["score"] == "anomaly score") & (table["high_keV"] == 15)]
    np.testing.assert_allclose(curve["er_acceptance"], curve["nr_acceptance"], atol=0.05)


def test_events_that_did_not_trigger_do_not_count():
    events = made(1000)
    blind = events.assign(triggered=False, logit=np.nan, ts=np.nan)
    pd.testing.assert_frame_equal(roc_table(pd.concat([events, blind])), roc_table(events))


def test_one_kind_of_recoil_has_no_curve():
    with pytest.raises(ValueError, match="both recoils"):
        roc_table(made(100).assign(recoil=1))


def test_unknown_energies_have_no_curve():
    events = made(1000)
    events.loc[3, "energy_keV"] = np.nan
    with pytest.raises(ValueError, match="needs the true energy of all triggered events"):
        roc_table(events)
