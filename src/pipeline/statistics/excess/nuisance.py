"""Significance of every test against the uncertainty of the expected background."""

from collections.abc import Sequence

import pandas as pd

from pipeline.statistics.excess.config import Wimp, toy_sets
from pipeline.statistics.excess.samples import Samples
from pipeline.statistics.excess.search import significances
from pipeline.statistics.excess.toys import merge, run_batch

COMMON, COMPONENTS, NOTHING = "common", "components", "nothing"


def against_uncertainty(
    samples: Samples,
    wimp: Wimp,
    exposure_t_yr: float,
    uncertainties: Sequence[float],
    toys: tuple[int, int],
    seed: int,
) -> pd.DataFrame:
    """`significances` for each relative uncertainty of the background, one model, one exposure.

    The first column, uncertainty_of, is "common" where one factor scales the whole background, and
    "components" for the last rows, which have the uncertainties of `samples`. The response is as
    uncertain as in `samples`. It is known, as the rates are, in the first rows, "nothing". `toys`
    are numbers of background-only toys and of toys with signal. Column background_uncertainty is
    that of the rates.
    """
    model = (wimp.mass_GeV, exposure_t_yr, wimp.cross_section_cm2)
    sets = toy_sets([model], *toys).values()
    cases = [(COMMON, samples.with_common_uncertainty(sigma)) for sigma in uncertainties]
    tables = []
    for kind, case in [(NOTHING, samples.known), *cases, (COMPONENTS, samples)]:
        # The same identity for all cases: they have the same toys with signal.
        table = significances(merge([run_batch(case, sets, seed, ("uncertainty",), 0)]))
        table.insert(0, "uncertainty_of", kind)
        table["background_uncertainty"] = case.rates_uncertainty
        tables.append(table)
    return pd.concat(tables, ignore_index=True)
