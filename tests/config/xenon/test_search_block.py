import pytest
from pydantic import ValidationError

from pipeline.config.xenon.rates import Rates
from pipeline.config.xenon.search import Search


def test_defaults_are_the_study_s_benchmark_and_exposure():
    models = Search().models()
    assert (50.0, 6.5e-48) in models[200.0]
    assert all((50.0, 6.5e-48) in models[exposure] for exposure in Search().exposures_t_yr)


def test_models_hold_the_map_once():
    search = Search(
        exposures_t_yr=(100, 10),
        map={"exposure_t_yr": 50, "masses_GeV": (50, 20), "cross_sections_cm2": (6.5e-48, 1e-47)},
    )
    assert list(search.models()) == [10, 50, 100]
    assert search.models()[50] == [(20, 6.5e-48), (20, 1e-47), (50, 6.5e-48), (50, 1e-47)]
    assert search.models()[100] == [(50, 6.5e-48)]
    assert search.masses_GeV() == [20, 50]


def test_a_search_without_map():
    search = Search(exposures_t_yr=(10,), map={"masses_GeV": ()})
    assert search.models() == {10: [(50, 6.5e-48)]}


@pytest.mark.parametrize(
    ("block", "key", "value", "problem"),
    [
        (Search, "exposures_t_yr", (), "at least 1"),
        (Search, "exposures_t_yr", (10, 10), "differ"),
        (Search, "exposures_t_yr", (0,), "greater than 0"),
        (Search, "benchmark", {"mass": 5}, "mass_GeV"),
        (Rates, "electron_recoils_keV", (5, 5), "region of interest is empty"),
        (Rates, "nuclear_recoils_keV", (5, 1), "region of interest is empty"),
        (Rates, "flat_electron_recoils_per_t_yr_keV", {"85Kr": -1}, "greater than or equal to 0"),
    ],
)
def test_blocks_that_cannot_be(block, key, value, problem):
    with pytest.raises(ValidationError, match=problem):
        block(**{key: value})
