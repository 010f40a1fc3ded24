import numpy as np
import pandas as pd
import pytest
from helpers.made_emulsion import made_efficiency, made_response

from pipeline.core.tables import write_tables
from pipeline.emulsion.config.wimps import Wimps
from pipeline.emulsion.wimps.needed import NEEDED, from_files, joined_from_files, needed_table
from pipeline.emulsion.wimps.response import Efficiency, Response
from pipeline.physics.halo import Halo
from pipeline.physics.wimp_recoils import Wimp, wimp_recoils

SETTINGS = {
    "masses_GeV": (100.0,),
    "mass_fractions": {"C": 0.101, "O": 0.074, "N": 0.027},
    "recoils": 50_000,
    "events": {"events_max": 300},
    "signal_toys": 1000,
    "signal_fractions": (1.0,),
}


def needed(efficiency, response, **settings):
    return needed_table(
        Efficiency.from_table(efficiency),
        Response.from_table(response),
        Wimps.model_validate(SETTINGS | settings),
        1,
    )


def pick(table, directions, statistic="axis", level="3 sigma"):
    found = table[
        (table["directions"] == directions)
        & (table["statistic"] == statistic)
        & (table["level"] == level)
    ]
    return found.sort_values("signal_fraction").reset_index(drop=True)


@pytest.fixture(scope="module")
def perfect():
    """Exact axes of all recoils above 30 keV, at two purities."""
    response = made_response(np.random.default_rng(3), {30.0: np.inf})
    return needed(made_efficiency(30.0), response, signal_fractions=(0.5, 1.0))


def test_a_perfect_response_reproduces_the_closed_form(perfect):
    for level in ("90% CL", "3 sigma"):
        measured, true = (pick(perfect, f"{k} axes", level=level) for k in ("measured", "true"))
        for rows in (measured, true):
            slack = 4 * rows["events_err"] + 1
            assert (abs(rows["events"] - rows["events_closed_form"]) < slack).all()
        assert measured["mean_cosine"].tolist() == pytest.approx(true["mean_cosine"].tolist())


def test_numbers_are_those_of_the_prototype(perfect):
    """3 sigma at 100 GeV: some 29 events with true axes and 7 with the sense."""
    axes, sense = (pick(perfect, f"true {kind}").iloc[-1] for kind in ("axes", "sense"))
    assert axes["events"] == pytest.approx(29, abs=5)
    assert sense["events"] == pytest.approx(7, abs=2)


def test_four_times_as_many_events_at_half_the_purity(perfect):
    half, whole = pick(perfect, "true axes").itertuples()
    assert (half.signal_fraction, whole.signal_fraction) == (0.5, 1.0)
    assert half.events / whole.events == pytest.approx(4, abs=1)
    assert half.events_closed_form == pytest.approx(4 * whole.events_closed_form)
    assert half.signal_events == pytest.approx(0.5 * half.events)


def test_exposure_gives_the_signal_events_at_the_rate_of_the_halo(perfect):
    recoils = wimp_recoils(Wimp(100.0, 1e-45), SETTINGS["mass_fractions"], Halo())
    rate = recoils.rate[recoils.centre_keV > 30].sum()
    assert perfect["selected_per_kg_yr"].to_numpy() == pytest.approx(rate, rel=1e-9)
    assert perfect["efficiency"].to_numpy() == pytest.approx(rate / recoils.rate.sum())
    expected = perfect["signal_events"] / rate
    assert perfect["exposure_kg_yr"].to_numpy() == pytest.approx(expected)
    assert list(perfect) == list(NEEDED)


def test_blurred_axes_need_more_and_the_closed_form_takes_over(rng):
    """Carbon as in the prototype: <cos 2 delta> of .07, .22 and .40 at 30, 60 and 100 keV."""
    response = made_response(rng, {30.0: 0.14, 60.0: 0.45, 100.0: 0.87}, 10_000)
    table = needed(made_efficiency(30.0), response)
    row = pick(table, "measured axes").iloc[0]
    assert row["beyond"] == "closed form"
    assert row["events"] == row["events_closed_form"] > SETTINGS["events"]["events_max"]
    assert 300 < row["events"] < 1500
    assert 0 < row["events_err"] < 0.3 * row["events"]
    assert pick(table, "measured axes", "axis_kappa")["events"][0] < row["events"]


def test_axes_without_direction_have_a_lower_limit(rng):
    response = made_response(rng, {30.0: 0.0})
    row = pick(needed(made_efficiency(30.0), response), "measured axes").iloc[0]
    assert (row["beyond"], row["events"]) == ("above grid", 300)


@pytest.mark.parametrize(
    ("efficiency", "masses"),
    [(made_efficiency(value=0.0), (100.0,)), (made_efficiency(low_keV=400.0), (3.0,))],
)
def test_without_selected_recoils_no_level_is_reachable(rng, efficiency, masses):
    """Zero efficiency, and WIMPs too light for the lowest energy; the response may be empty."""
    response = made_response(rng, {30.0: 1.0}).assign(selected=False)
    table = needed(efficiency, response, masses_GeV=masses)
    assert set(table["beyond"]) == {"not reachable"}
    assert set(table["directions"]) == {"measured axes", "true axes", "true sense"}
    assert (table["selected_per_kg_yr"] == 0).all()
    assert table[["events", "signal_events", "exposure_kg_yr"]].isna().all(axis=None)


def files(tmp_path, efficiency, response):
    tables = {"efficiency": efficiency, "response": response}
    endings = {"efficiency": "csv", "response": "parquet"}
    paths = {name: str(tmp_path / f"{name}.{endings[name]}") for name in tables}
    write_tables(paths, tables)
    return {name: [path] for name, path in paths.items()}


def test_from_files_with_plain_settings(tmp_path, rng):
    efficiency, response = made_efficiency(30.0), made_response(rng, {30.0: 1.0})
    inputs = files(tmp_path, efficiency, response)
    settings = SETTINGS | {"background_toys": 1000, "signal_toys": 200}
    params = {"seed": 1, "wimps": Wimps.model_validate(settings).plain()}
    table = from_files(inputs, params)["table"]
    assert table[table["level"] == "3 sigma"]["beyond"].tolist().count("toys") > 0
    again = from_files(inputs, params)["table"]
    pd.testing.assert_frame_equal(table, again)


def test_a_table_that_cannot_be_used_is_named(tmp_path, rng):
    inputs = files(tmp_path, made_efficiency(value=7.0), made_response(rng, {30.0: 1.0}))
    with pytest.raises(ValueError, match=r"efficiency\.csv: the efficiency of C at 1 keV is 7"):
        from_files(inputs, {"seed": 1, "wimps": Wimps().plain()})
    inputs = files(tmp_path, made_efficiency(), made_response(rng, {30.0: 1.0})[["ion"]])
    with pytest.raises(ValueError, match=r"response\.parquet: no column \['energy_keV'"):
        from_files(inputs, {"seed": 1, "wimps": Wimps().plain()})


def test_tables_of_masses_are_joined_in_their_order(tmp_path):
    paths = [str(tmp_path / f"{mass}.csv") for mass in (100, 10)]
    for mass, path in zip((100, 10), paths, strict=True):
        pd.DataFrame({"mass_GeV": [mass]}).to_csv(path, index=False)
    assert joined_from_files({"tables": paths}, {})["table"]["mass_GeV"].tolist() == [100, 10]
