"""Signal events and exposure that a directional test for WIMPs needs, against mass and purity."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import product

import numpy as np
import pandas as pd

from pipeline.core.progress import Progress
from pipeline.core.seeds import generator
from pipeline.core.tables import Inputs, Params, read_table, read_tables
from pipeline.emulsion.config.wimps import Wimps
from pipeline.emulsion.wimps.directions import kinds_of_directions, recoil_directions
from pipeline.emulsion.wimps.response import Efficiency, Response
from pipeline.physics.wimp_recoils import RecoilRates, Wimp, wimp_recoils
from pipeline.statistics.directional.planar import (
    AXIS,
    AXIS_KAPPA,
    RAYLEIGH,
    RAYLEIGH_KAPPA,
    needed_for_axis,
    needed_for_rayleigh,
)
from pipeline.statistics.directional.sensitivity import ABOVE_GRID, needed_events
from pipeline.statistics.directional.toys import toy_rows, toys_per_maker

NOT_REACHABLE = "not reachable"
CLOSED_FORM = "closed form"
CLOSED_FORMS = {
    AXIS: needed_for_axis,
    AXIS_KAPPA: needed_for_axis,
    RAYLEIGH: needed_for_rayleigh,
    RAYLEIGH_KAPPA: needed_for_rayleigh,
}
# Largest relative error of a mean cosine that counts as measured.
MEASURED = 0.5
NEEDED = {
    "mass_GeV": "mass of the WIMP",
    "directions": "what is known of each recoil: measured or true axis, or its sense too",
    "statistic": "test statistic; axis knows Cygnus, rayleigh does not; kappa: with weights",
    "signal_fraction": "purity: fraction of selected clusters that come from WIMPs",
    "level": "name of the level",
    "p": "p-value of the level, one-sided",
    "events": "selected clusters, background included, of the median experiment",
    "events_err": "its error from the numbers of toys, recoils and rows of the response",
    "events_closed_form": "the same from mean_cosine alone, for many events",
    "signal_events": "selected WIMP recoils among them",
    "signal_events_err": "their error",
    "exposure_kg_yr": "exposure in which WIMPs give so many selected recoils",
    "exposure_kg_yr_err": "its error, without that of the efficiency",
    "beyond": (
        "no; toys: too few toys; closed form: more events than toys have; above grid: lower limit, "
        "no direction is measured; below grid: upper limit; not reachable: no recoil is selected"
    ),
    "mean_cosine": (
        "mean cosine of the angle to the axis of Cygnus, of twice the angle for axes; with weights "
        "<w cos> / sqrt(<w^2>)"
    ),
    "mean_cosine_err": "its error",
    "efficiency": "share of the WIMP recoils, of any energy, that are selected",
    "selected_per_kg_yr": "selected WIMP recoils",
}


def needed_table(
    efficiency: Efficiency, response: Response, settings: Wimps, seed: int
) -> pd.DataFrame:
    """One row with the columns of `NEEDED` for each mass, kind of directions, test and level.

    Raises:
        ValueError: an element has no rows in the efficiency, or selected recoils none in the
            response.
    """
    tables = []
    for mass in settings.masses_GeV:
        wimp = Wimp(mass, settings.cross_section_cm2)
        recoils = wimp_recoils(wimp, settings.mass_fractions, settings.halo)
        of_elements = zip(recoils.elements, recoils.centre_keV, strict=True)
        selected = recoils.selected(np.array([efficiency.at(*element) for element in of_elements]))
        rate = selected.rate.sum()
        if rate > 0:
            share = float(rate / recoils.rate.sum())
            found = _needed_of_mass(selected, share, response, settings, seed)
        else:
            found = _not_reachable(settings)
        tables.append(found.assign(mass_GeV=mass, selected_per_kg_yr=rate))
    table = pd.concat(tables, ignore_index=True)
    for column in ("events", "events_err"):
        signal = table["signal_fraction"] * table[column]
        table[f"signal_{column}"] = signal
        exposure = column.replace("events", "exposure_kg_yr")
        table[exposure] = signal / table["selected_per_kg_yr"]
    return table[list(NEEDED)]


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """The table from the files `efficiency` and `response`; `params` are seed and wimps.

    Raises:
        ValueError: a table cannot be used; names the file. See `needed_table` too.
    """
    with _named_in_errors(inputs["efficiency"]) as path:
        efficiency = Efficiency.from_table(read_table(path))
    with _named_in_errors(inputs["response"]) as path:
        response = Response.from_table(read_table(path))
    settings = Wimps.model_validate(params["wimps"])
    return {"table": needed_table(efficiency, response, settings, params["seed"])}


def joined_from_files(inputs: Inputs, _params: Params) -> dict[str, pd.DataFrame]:
    """The rows of the `tables` of all masses, in order."""
    return {"table": read_tables(inputs["tables"])}


@contextmanager
def _named_in_errors(paths: Sequence[str]) -> Iterator[str]:
    """The only path of a list; a ValueError within the block then names it."""
    (path,) = paths
    try:
        yield path
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def _needed_of_mass(
    selected: RecoilRates, efficiency: float, response: Response, settings: Wimps, seed: int
) -> pd.DataFrame:
    """Needed events of one mass, without what follows from them and the rates."""
    mass = f"{selected.mass_GeV:g}"
    recoils = generator(seed, "emulsion", "wimp recoils", mass)
    kinds = recoil_directions(recoils, selected, response, settings.head_tail, settings.recoils)
    progress = Progress(f"{mass} GeV", len(kinds) * toys_per_maker(settings), "toys")
    rows: list[dict[str, object]] = []
    for kind, directions in kinds.items():
        rng = generator(seed, "emulsion", "wimp toys", mass, kind)
        labels: dict[str, object] = {"directions": kind, "efficiency": efficiency}
        rows += toy_rows(rng, directions.plane, settings, labels, progress)
    progress.finish()
    needed = needed_events(pd.DataFrame(rows), settings.levels)
    needed["mean_cosine"], needed["mean_cosine_err"] = zip(
        *(
            kinds[kind].mean_cosines[statistic]
            for kind, statistic in zip(needed["directions"], needed["statistic"], strict=True)
        ),
        strict=True,
    )
    needed["events_closed_form"] = needed.apply(_closed_form, axis=1)
    relative = needed["mean_cosine_err"] / needed["mean_cosine"]
    # Above the grid the closed form is exact enough, if a direction is measured at all.
    far = (needed["beyond"] == ABOVE_GRID) & relative.between(0, MEASURED)
    needed.loc[far, "beyond"] = CLOSED_FORM
    needed["events"] = needed["events_closed_form"].where(far, needed["events"])
    # The number goes as 1 / cosine^2.
    from_cosine = 2 * needed["events"] * relative
    needed["events_err"] = from_cosine.where(far, np.hypot(needed["err"], from_cosine))
    return needed


def _closed_form(row: pd.Series) -> float:
    formula = CLOSED_FORMS[row["statistic"]]
    return formula(row["signal_fraction"] * row["mean_cosine"], row["p"])


def _not_reachable(settings: Wimps) -> pd.DataFrame:
    """The rows of a mass of which no recoil is selected."""
    every = product(
        kinds_of_directions(settings.head_tail),
        (AXIS, RAYLEIGH),
        settings.signal_fractions,
        settings.levels.items(),
    )
    rows = [
        {
            "directions": kind,
            "statistic": statistic,
            "signal_fraction": fraction,
            "level": level,
            "p": p,
            "beyond": NOT_REACHABLE,
            "efficiency": 0.0,
        }
        for kind, statistic, fraction, (level, p) in every
    ]
    numbers = ["events", "events_err", "events_closed_form", "mean_cosine", "mean_cosine_err"]
    return pd.DataFrame(rows).assign(**dict.fromkeys(numbers, np.nan))
