"""What of the search for an excess is made anew after which change."""

import pytest


@pytest.fixture(scope="module")
def touched(pristine, tmp_path_factory):
    """The test study's xenon chain on Snakemake's record."""
    copy = pristine.twin(tmp_path_factory.mktemp("search") / "copy")
    copy.configure(chains=["xenon"])
    copy.pretend()
    return copy


@pytest.fixture
def search(touched, tmp_path):
    """The same, of one's own."""
    return touched.twin(tmp_path / "copy")


def below_xenon(files):
    """Folder and stem below results/xenon of each file there."""
    parts = (file.split("/") for file in files)
    return {f"{p[2]}/{p[3].split('.')[0]}" for p in parts if p[1] == "xenon"}


def test_xenon_alone_makes_its_page_and_no_track(touched):
    files = touched.files()
    assert {"results/figures", "results/provenance.json"} <= set(files)
    assert not any(f"results/{stage}/" in f for f in files for stage in ("tracks", "networks"))


def test_folder_is_a_target(touched):
    for target in ("results/xenon", "xenon"):
        assert "Nothing to be done" in touched.run(target, "-n")


def test_exposure_reruns_the_inference_only(search):
    search.configure(xenon__search__exposures_t_yr=[100, 200, 300])
    assert below_xenon(search.pending()) == {
        "toys/0",
        "toys/1",
        "tables/significance",
        "tables/exposure_needed",
    }


def test_mass_of_the_map_reruns_weights_and_inference_only(search):
    search.configure(xenon__search__map__masses_GeV=[30, 50])
    assert below_xenon(search.pending()) == {
        "tables/weighted_scores",
        "toys/0",
        "toys/1",
        "tables/significance",
        "tables/exposure_needed",
    }


def test_mass_of_a_sample_makes_that_sample_only(search):
    search.configure(xenon__wimps__masses_GeV=[50, 500])
    found = below_xenon(search.pending())
    assert {"events/wimp_500GeV", "response/wimp_500GeV", "scores/wimp_500GeV"} <= found
    others = {name for name in found if not name.endswith("wimp_500GeV")}
    assert others == {"tables/s2_only"}


def test_light_yield_reruns_all_after_the_events(search):
    darwin = {"base": "darwin", "s1": {"g1": 0.13}}
    search.configure(xenon__detectors={"darwin": darwin})
    found = below_xenon(search.pending())
    assert not any(name.startswith("events/") for name in found)
    assert {
        "response/train_er",
        "networks/classifier",
        "networks/vae_1",
        "scores/background_nr",
        "tables/backgrounds",
        "toys/0",
        "tables/significance",
    } <= found


def test_rates_keep_the_scores(search):
    search.configure(xenon__rates__boron8_per_t_yr=90)
    found = below_xenon(search.pending())
    assert "tables/backgrounds" in found
    assert "toys/0" in found
    assert not any(name.split("/")[0] in ("response", "networks", "scores") for name in found)


def test_another_batch_keeps_those_at_hand(search):
    search.configure(xenon__search__batches=3)
    assert {n for n in below_xenon(search.pending()) if n.startswith("toys/")} == {"toys/2"}


def test_levels_keep_the_toys(search):
    search.configure(xenon__search__levels_sigma=[3, 5])
    found = below_xenon(search.pending())
    assert found == {"tables/significance", "tables/exposure_needed"}
