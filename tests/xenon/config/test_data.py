import pytest
from pydantic import ValidationError

from pipeline.xenon.config.chain import Xenon
from pipeline.xenon.config.rates import Rates
from pipeline.xenon.config.response import ResponseUncertainty
from pipeline.xenon.paths import XenonPaths

EVENTS = {"kind": "parquet", "files": ["observed.parquet"], "columns": {"recoil": "recoil"}}


def test_data_make_a_sample_of_their_own():
    block = Xenon(data={"events": EVENTS})
    assert block.data.blind
    assert block.all_samples["observed"] == block.data.events
    taken = {name: sample.plain() for name, sample in block.samples.items()} | {"observed": EVENTS}
    with pytest.raises(ValidationError, match=r"`data\.events` makes a sample of that name"):
        Xenon(samples=taken, data={"events": EVENTS})


def test_data_without_a_search():
    with pytest.raises(ValidationError, match="data: `anomaly: null` makes no search"):
        Xenon(data={"events": EVENTS}, anomaly=None)


def test_data_of_another_detector():
    message = r"data\.events belongs to detector 'xenon1t', but 'train_er' to 'darwin'"
    with pytest.raises(ValidationError, match=message):
        Xenon(data={"events": EVENTS | {"detector": "xenon1t"}})


def test_scores_of_blind_data_are_not_made():
    for blind in (True, False):
        paths = XenonPaths(Xenon(data={"events": EVENTS, "blind": blind}), "results", 1)
        assert paths.observed_scores() == ([] if blind else [paths.scores("observed")])
        # Nor are they counted in the table of events without an S1.
        assert ("observed" in paths.scored_samples()) != blind


def test_recorded_data_need_no_response_and_are_compared_by_it(tmp_path):
    (tmp_path / "run.parquet").touch()
    events = {"kind": "recorded", "files": [str(tmp_path / "run.parquet")]}
    paths = XenonPaths(Xenon(data={"events": events, "blind": False}), "results", 1)
    assert paths.recorded_file("observed", "0000_run") == events["files"]
    assert paths.recorded_file("test_er", "0000_nest") == []
    assert paths.file_samples() == {}
    found = paths.observed_inputs()
    assert found["data"] == ["results/xenon/response/observed/0000_run.parquet"]
    assert set(paths.response_shards("wimp_50GeV", "test_nr")) < set(found["simulation"])
    with pytest.raises(ValidationError, match="does not match any of the expected tags"):
        Xenon(samples=Xenon().samples | {"mine": events})


def test_uncertainties_have_sources():
    with pytest.raises(ValidationError, match="pp has no source; say where the number comes from"):
        Rates(uncertainties={"pp": {"relative": 0.1}})
    with pytest.raises(ValidationError, match="pp has no source"):
        Rates(uncertainties={"pp": {"relative": 0.1, "source": "  "}})
    with pytest.raises(ValidationError, match="at least 1 character"):
        ResponseUncertainty(relative=0.1, source="  ")
    rates = Rates(uncertainties={"pp": {"relative": 0.1, "source": "choice: twice the model's"}})
    assert rates.uncertainties["pp"].relative == 0.1
    assert rates.uncertainties["85Kr"] == Rates().uncertainties["85Kr"]


def test_every_component_has_an_uncertainty():
    flat = {"39Ar": 0.1}
    with pytest.raises(ValidationError, match="none for '39Ar'"):
        Rates(flat_electron_recoils_per_t_yr_keV=flat)
    known = {"39Ar": {"relative": 0.2, "source": "choice: made up"}}
    Rates(flat_electron_recoils_per_t_yr_keV=flat, uncertainties=known)
    with pytest.raises(ValidationError, match="no component '39Ar'; components: pp, 7Be"):
        Rates(uncertainties=known)


def test_coverage_samples_are_like_those_of_the_background():
    block = Xenon(search={"coverage": {"samples": 3}})
    names = block.coverage_names
    assert names[:3] == ["coverage_er_0", "coverage_nr_0", "coverage_er_1"]
    assert len(names) == 6
    assert block.all_samples["coverage_nr_2"] == block.samples["background_nr"]
    assert Xenon().coverage_names == ["background_er", "background_nr"]
    with pytest.raises(ValidationError, match="0, or 3 or more"):
        Xenon(search={"coverage": {"samples": 2}})
