"""The search in the losses of the autoencoder does not depend on the unit of the loss."""

import numpy as np
import pandas as pd
import pytest

from pipeline.statistics.excess.config import Wimp
from pipeline.xenon.config.images import ImageSearch, Xenon1tRates
from pipeline.xenon.xenon1t.excess import find_excess, in_units_of_spread

FLAT = "222Rn, 85Kr, materials"


def made_losses(scale):
    """300 background events per t yr, and WIMPs of lower loss, 30 per t yr at 1e-45 cm2."""
    rng = np.random.default_rng(3)
    n = 4000
    background = {"mass_GeV": 0.0, "score": rng.normal(5, 1, n), "weight": 300 / n}
    background |= {"component": FLAT, "recoil": 0, "event": np.arange(n)}
    wimps = {"mass_GeV": 500.0, "score": rng.normal(2.5, 1, n), "weight": 30 / n / 1e-45}
    wimps |= {"component": "WIMP", "recoil": 1, "event": n + np.arange(n)}
    table = pd.concat([pd.DataFrame(background), pd.DataFrame(wimps)], ignore_index=True)
    return table.assign(score=scale * table["score"])


def test_background_has_a_spread_of_one():
    table = in_units_of_spread(made_losses(scale=0.02))
    score = table.loc[table["mass_GeV"] == 0, "score"]
    assert np.ptp(np.quantile(score, [0.16, 0.84])) == pytest.approx(2, rel=0.01)


def test_weights_decide_the_spread():
    table = made_losses(scale=1.0)
    outlier = table["score"].abs() > 6
    table.loc[outlier, "weight"] = 0
    score = in_units_of_spread(table).loc[~outlier & (table["mass_GeV"] == 0), "score"]
    assert np.ptp(np.quantile(score, [0.16, 0.84])) == pytest.approx(2, rel=0.01)


def test_unit_of_the_loss_does_not_matter():
    search = ImageSearch(
        wimps=(Wimp(mass_GeV=500.0, cross_section_cm2=1e-45),), exposures_t_yr=(0.5, 1.0)
    )
    known = {FLAT: {"relative": 0.0, "source": "choice: known"}}
    rates = Xenon1tRates(uncertainties=known)
    found = [find_excess(made_losses(scale), rates, search, seed=1)[0] for scale in (1.0, 0.02)]
    columns = ["exposure_t_yr", "test", "significance"]
    pd.testing.assert_frame_equal(*(table[columns] for table in found), rtol=1e-4)
    at_1 = found[0][found[0]["exposure_t_yr"] == 1].set_index("test")["significance"]
    # Rare losses speak too: more than a count (30 / sqrt(300)).
    assert at_1["anomaly"] > at_1["counting"] > 1.5
