"""What of the search for an excess is made anew after which change."""

import re
import shutil

import pytest


@pytest.fixture(scope="module")
def touched(xenon_copy):
    """The test study's xenon chain on Snakemake's record."""
    return xenon_copy()


@pytest.fixture
def search(touched, tmp_path):
    """The same, of one's own."""
    return touched.twin(tmp_path / "copy")


def made_anew(copy):
    """Files below results/xenon that a run would make, figures aside."""
    return {
        file
        for file in copy.pending()
        if file.startswith("results/xenon/") and not file.startswith("results/xenon/plots/")
    }


def below_xenon(files):
    """Folder and stem below results/xenon of each file there."""
    parts = (file.split("/") for file in files)
    return {f"{p[2]}/{p[3].split('.')[0]}" for p in parts}


def test_xenon_alone_makes_its_page_and_no_track(touched):
    files = touched.files()
    assert {"results/figures", "results/provenance.json"} <= set(files)
    assert not any("results/gas/" in f for f in files)


def test_page_is_a_target_that_has_its_record_beside(search):
    assert "Nothing to be done" in search.run("results/figures", "-n")
    shutil.rmtree(search.folder / "results/figures")
    (search.folder / "results/provenance.json").unlink()
    planned = re.findall(r"^(\S+) +\d+$", search.run("results/figures", "-n"), re.M)
    assert set(planned) == {"provenance", "figures", "total"}


MERGED = {
    "results/xenon/tables/significance.parquet",
    "results/xenon/tables/exposure_needed.parquet",
}
# It knows the map, and not the benchmark.
LIMITS = {"results/xenon/tables/limits.csv", "results/xenon/tables/trials.csv"}
# They know the benchmark, and not the map.
CHECKS = {
    "results/xenon/tables/coverage.csv",
    "results/xenon/tables/limit_coverage.csv",
    "results/xenon/tables/background_uncertainty.csv",
    "results/xenon/tables/response_uncertainty.csv",
}

# They know it too, and R and the networks' seeds.
CHOICES = {
    "results/xenon/tables/network_seeds.csv",
    "results/xenon/tables/significance_by_ratio.csv",
}


def toys(*sets, batches=(0, 1)):
    """Their files of pseudo-experiments."""
    return {f"results/xenon/toys/{name}/{batch}.parquet" for name in sets for batch in batches}


def test_exposure_of_the_benchmark_reruns_the_inference_only(search):
    search.configure(xenon__search__exposures_t_yr=[100, 200, 300])
    assert made_anew(search) == toys("background", "50GeV") | MERGED


def test_mass_of_the_map_makes_that_mass_only(search):
    search.configure(xenon__search__map__masses_GeV=[20, 30, 50])
    assert made_anew(search) == toys("30GeV") | MERGED | LIMITS
    search.configure(xenon__search__map__masses_GeV=[30, 50])
    assert made_anew(search) == toys("30GeV") | MERGED | LIMITS


def test_cross_section_of_the_benchmark_reruns_its_mass_only(search):
    search.configure(xenon__search__benchmark={"mass_GeV": 50, "cross_section_cm2": 2e-47})
    assert made_anew(search) == toys("50GeV") | MERGED | CHECKS | CHOICES


def test_mass_of_the_benchmark_reruns_both_masses_only(search):
    """The old one stays on the map, and is left with fewer exposures."""
    search.configure(xenon__search__benchmark__mass_GeV=40)
    tables = "results/xenon/tables"
    weights = {f"{tables}/weighted_scores.parquet", f"{tables}/backgrounds.csv"}
    assert made_anew(search) == toys("40GeV", "50GeV") | weights | MERGED | CHECKS | CHOICES


def test_mass_of_a_sample_makes_that_sample_only(search):
    search.configure(xenon__wimps__masses_GeV=[50, 500])
    found = below_xenon(made_anew(search))
    assert {"events/wimp_500GeV", "response/wimp_500GeV", "scores/wimp_500GeV"} <= found
    others = {name for name in found if not name.endswith("wimp_500GeV")}
    assert others == {"tables/s2_only"}


def test_light_yield_reruns_all_after_the_events(search):
    darwin = {"base": "darwin", "s1": {"g1": 0.13}}
    search.configure(xenon__detectors={"darwin": darwin})
    found = below_xenon(made_anew(search))
    assert not any(name.startswith("events/") for name in found)
    assert {
        "response/train_er",
        "networks/classifier",
        "networks/vae_1",
        "scores/background_nr",
        "tables/backgrounds",
        "toys/background",
        "toys/20GeV",
        "tables/significance",
    } <= found


def test_rates_keep_the_scores(search):
    search.configure(xenon__rates__boron8_per_t_yr=90)
    found = below_xenon(made_anew(search))
    assert "tables/backgrounds" in found
    assert {"toys/background", "toys/20GeV", "toys/50GeV"} <= found
    assert not any(name.split("/")[0] in ("response", "networks", "scores") for name in found)


def test_nuisances_of_the_response_rerun_the_inference_only(search):
    search.configure(xenon__search__response_nuisances=["g1"])
    sets = toys("background", "20GeV", "50GeV")
    assert made_anew(search) == sets | MERGED | LIMITS | CHECKS | CHOICES


def test_another_batch_keeps_those_at_hand(search):
    search.configure(xenon__search__batches=3)
    assert made_anew(search) == toys("background", "20GeV", "50GeV", batches=[2]) | MERGED


def test_data_are_scored_and_counted_unless_the_search_is_blind(search):
    spectrum = {"kind": "uniform", "low_keV": 1, "high_keV": 7.5}
    events = {"kind": "nest", "recoil": "er", "spectrum": spectrum, "events": 40}
    search.configure(xenon__data={"events": events, "exposure_t_yr": 1})
    blind = {"events/observed", "response/observed", "tables/observed", "tables/observed_limits"}
    assert below_xenon(made_anew(search)) == blind
    search.configure(xenon__data__blind=False)
    scored = {"score_terms/observed", "scores/observed", "tables/s2_only"}
    scored |= {"tables/goodness_of_fit", "tables/observed_histograms"}
    assert below_xenon(made_anew(search)) == blind | scored


def test_networks_of_another_seed_leave_the_search_as_it_is(search):
    search.configure(xenon__anomaly__retraining={"seeds": 1, "betas": [1]})
    recoils = [f"{use}_{r}" for use in ("background", "train") for r in ("er", "nr")]
    assert below_xenon(made_anew(search)) == {
        *("networks/classifier_seed2", "networks/vae_1_seed2", "tables/score_scan_seed2"),
        *(f"score_terms_seed2/{sample}" for sample in recoils),
        *(f"scores_seed2/{sample}" for sample in recoils[:2]),
        *("tables/network_seeds", "tables/significance_by_ratio"),
    }


def test_levels_keep_the_toys(search):
    search.configure(xenon__search__levels_sigma=[3, 5])
    found = below_xenon(made_anew(search))
    assert found == {"tables/significance", "tables/exposure_needed"}
