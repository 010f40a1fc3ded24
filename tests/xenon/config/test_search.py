import pytest
from pydantic import ValidationError

from pipeline.statistics.excess.config import ToySet
from pipeline.xenon.config.rates import Rates
from pipeline.xenon.config.region import Region
from pipeline.xenon.config.search import Search


def test_defaults_are_the_study_s_benchmark_and_exposure():
    sets = Search().toy_sets()
    assert len(sets) == 1 + 8
    benchmark = sets["50GeV"].cross_sections_cm2
    assert list(benchmark) == list(Search().exposures_t_yr)
    assert all(6.5e-48 in cross_sections for cross_sections in benchmark.values())
    assert len(benchmark[200.0]) == 1 + 8
    assert list(sets["1000GeV"].cross_sections_cm2) == [200.0]


def test_sets_hold_the_map_once():
    search = Search(
        exposures_t_yr=(100, 10),
        map={"exposure_t_yr": 50, "masses_GeV": (50, 20), "cross_sections_cm2": (6.5e-48, 1e-47)},
    )
    sets = search.toy_sets()
    assert {name: toys.mass_GeV for name, toys in sets.items()} == {
        "background": None,
        "20GeV": 20,
        "50GeV": 50,
    }
    assert sets["background"].cross_sections_cm2 == {10: (), 50: (), 100: ()}
    assert sets["20GeV"].cross_sections_cm2 == {50: (6.5e-48, 1e-47)}
    benchmark = {10: (6.5e-48,), 50: (6.5e-48, 1e-47), 100: (6.5e-48,)}
    assert sets["50GeV"].cross_sections_cm2 == benchmark


def test_a_set_comes_back_from_plain_content():
    for toys in Search().toy_sets().values():
        assert ToySet.model_validate(toys.plain()) == toys


def test_close_masses_stay_apart():
    search = Search(map={"masses_GeV": (50, 50.00001), "cross_sections_cm2": (1e-47,)})
    assert list(search.toy_sets()) == ["background", "50GeV", "50.00001GeV"]


def test_a_search_without_map():
    search = Search(exposures_t_yr=(10,), map={"cross_sections_cm2": ()})
    sets = search.toy_sets()
    assert sets["background"].cross_sections_cm2 == {10: ()}
    assert sets["50GeV"].cross_sections_cm2 == {10: (6.5e-48,)}
    assert len(sets) == 2


def test_upper_limits_need_a_mass():
    with pytest.raises(ValidationError, match=r"map\.masses_GeV\n.* at least 1 item"):
        Search(map={"masses_GeV": ()})


def test_data_have_the_toys_of_all_batches_and_checks_those_of_one():
    search = Search(background_toys=300, signal_toys=200, batches=3)
    assert search.at(200.0)["toys"] == [900, 600]
    assert search.checks()["toys"] == [300, 200]


def test_batches_and_levels_do_not_touch_a_set():
    def sets(**changes):
        return Search(**changes).toy_sets()

    assert sets(batches=7, levels_sigma=(5.0,)) == sets()
    more = sets(signal_toys=200)
    assert more["20GeV"] != sets()["20GeV"]
    assert more["background"] == sets()["background"]


def test_nuisances_are_all_uncertainties_or_those_that_are_named():
    every = Search().nuisances()
    assert len(every) == 7
    assert every["field"] == 0.05
    assert Search(response_nuisances=("g1",)).nuisances() == {"g1": 0.02}
    assert Search(response_nuisances=()).nuisances() == {}
    one = {"g1": {"relative": 0.1, "source": "test"}}
    assert Search(response_uncertainties=one).nuisances() == {"g1": 0.1}
    with pytest.raises(ValidationError, match="response_nuisances: 'field' has no uncertainty"):
        Search(response_uncertainties=one, response_nuisances=("g1", "field"))


@pytest.mark.parametrize(
    ("block", "key", "value", "problem"),
    [
        (Search, "exposures_t_yr", (), "at least 1"),
        (Search, "exposures_t_yr", (10, 10), "differ"),
        (Search, "exposures_t_yr", (0,), "greater than 0"),
        (Search, "benchmark", {"mass": 5}, "mass_GeV"),
        (Rates, "electron_recoils_keV", (5, 5), "the range is empty: 5 to 5"),
        (Rates, "nuclear_recoils_keV", (5, 1), "the range is empty: 5 to 1"),
        (Region, "cs1_photons", (40, 3), "the range is empty: 40 to 3"),
        (Rates, "flat_electron_recoils_per_t_yr_keV", {"85Kr": -1}, "greater than or equal to 0"),
    ],
)
def test_blocks_that_cannot_be(block, key, value, problem):
    with pytest.raises(ValidationError, match=problem):
        block(**{key: value})


def test_the_uncertainty_of_a_response_is_small():
    one = {"relative": 0.3, "source": "test"}
    with pytest.raises(ValidationError, match=r"g1\.relative\n.* less than or equal to 0\.2"):
        Search(response_uncertainties={"g1": one})


@pytest.mark.parametrize(
    "block",
    [{"background_uncertainties": (0.01, 0.01)}, {"map": {"masses_GeV": (50, 20, 50)}}],
)
def test_nothing_is_looked_at_twice(block):
    with pytest.raises(ValidationError, match="values must differ from each other"):
        Search(**block)
