"""Parts and paths of the samples of clusters."""

import pytest

from pipeline.emulsion.paths import RECOILS, TEST, VALIDATION
from pipeline.study import check_config


def paths_of(**emulsion):
    return check_config({"results": "out", "emulsion": emulsion}).paths["emulsion"]


@pytest.fixture
def default():
    """Paths of the default study."""
    return paths_of()


def own(**samples):
    """Paths of a study with these samples beside a few of its own."""
    fog, carbon = {"kind": "fog", "clusters": 5}, {"kind": "ion", "energy_keV": 9, "clusters": 5}
    made = {"a": fog, "b": carbon, "fog": fog, "C": carbon}
    return paths_of(
        samples={**made, **samples},
        test=["fog", "C", *samples],
        networks={"mine": {"architecture": "harmonic", "samples": ["a", "b"]}},
        leaks=None,
        recoils=None,
        wimps=None,
    )


def test_more_clusters_leave_whole_parts_as_they_were():
    def parts(n):
        block = {"kind": "fog", "clusters": n, "clusters_per_part": 100}
        return list(own(x=block).parts("x").values())

    fewer, more = parts(200), parts(350)
    assert more[:2] == fewer
    assert [part.block.clusters for part in more] == [100, 100, 100, 50]


def test_recoils_of_an_element_are_one_part(default):
    assert default.shards(["recoil_Ag"]) == ["out/emulsion/clusters/recoil_Ag/0000_recoils.parquet"]
    assert default.recoil_samples == [f"recoil_{e}" for e in ("C", "N", "O", "S", "Ag", "Br", "I")]


def test_files_are_parts_that_read_them(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("run2.h5", "run10.h5"):
        (tmp_path / name).write_bytes(bytes(1000))
    paths = own(mine={"kind": "hdf5", "files": ["*.h5"], "label": "signal"})
    assert list(paths.parts("mine")) == ["0000_run2", "0001_run10"]
    assert paths.part_input("mine", "0001_run10") == ["run10.h5"]
    assert paths.part_block("mine", "0000_run2")["detector"] is None
    assert paths.samples_block()["from_files"] == ["mine"]
    assert sum(paths.expected_bytes()["emulsion.samples.mine"].values()) == 2000


def test_a_pattern_without_a_match_names_the_sample():
    paths = own(mine={"kind": "hdf5", "files": ["no/*.h5"], "label": "signal"})
    with pytest.raises(FileNotFoundError, match=r"emulsion\.samples\.mine\.files: nothing matches"):
        paths.check_files()


def test_a_simulated_part_depends_on_its_detector_and_needs_no_file(default):
    (part,) = default.parts("C100")
    assert default.part_block("C100", part)["detector"]["crystals"]["diameter_nm"] == 72.3
    assert default.part_input("C100", part) == []


def test_every_set_of_clusters_has_its_samples(default):
    assert default.predicted_samples("isotropic", TEST) == list(default.block.test)
    assert default.predicted_samples("isotropic", RECOILS) == default.recoil_samples
    assert default.predicted_samples("shuffled", VALIDATION) == ["train_Co60", "train_C100"]
    block = default.prediction_block("shuffled", VALIDATION)
    assert block["validation_only"]
    assert list(block["shards"]) == ["train_Co60", "train_C100"]


def test_the_checks_need_their_networks(default):
    needed = default.check_predictions()
    assert needed["shuffled"] == ["out/emulsion/predictions/shuffled/validation.parquet"]
    assert needed["network"] == ["out/emulsion/predictions/isotropic/test.parquet"]
    assert needed["others"] == ["out/emulsion/predictions/rotated/test.parquet"]
    assert list(default.check_tables()) == ["leaks", "transfer"]
    assert own().check_tables() == {}


def test_names_of_the_published_numbers(default):
    names = default.published_names()
    assert (names["C100"], names["C30_beam"], names["fog"]) == ("C100", "C30", "fog")
    assert names["Co60"] == names["Cs137"] == "gamma"
    silver = own(x={"kind": "ion", "ion": "Ag", "energy_keV": 100, "clusters": 5})
    assert "x" not in silver.published_names()


def test_a_mass_has_its_own_settings(default):
    assert default.masses()["100"] == "out/emulsion/tables/needed/100GeV.csv"
    assert default.wimps_block("100")["wimps"]["masses_GeV"] == [100]


def test_unused_samples_are_not_made():
    paths = own()
    assert paths.used_samples == ["a", "b", "fog", "C"]
    more = paths_of(
        **{
            **paths.block.plain(),
            "samples": {**paths.block.plain()["samples"], "x": {"kind": "fog", "clusters": 9}},
        }
    )
    assert more.used_samples == paths.used_samples


def test_expected_sizes_are_told_by_the_block_that_makes_the_sample(default):
    sizes = {key: sum(files.values()) for key, files in default.expected_bytes().items()}
    assert sizes["emulsion.samples.fog"] == pytest.approx(100_000 * 8 * 1600 * 0.32)
    assert sizes["emulsion.recoils"] > 0
    assert sum(sizes.values()) < 4e9
