"""Paths and parts: what exists for a config, in a fixed order."""

import pytest
from helpers.made_networks import make_folder

from pipeline.gas.paths import GasPaths
from pipeline.study import check_config


def paths_of(sources, **blocks):
    gas = {
        "sources": {"other": {"kind": "arrows", "events": 1}, **sources},
        "training_set": {"sources": list(sources)},
        "test_sets": {"test": {"sources": ["other"], "smearing_um": 0}},
        "networks": {"RCN": {"architecture": "rcn"}},
        "hypothesis_test": {"test_sets": []},
        **blocks,
    }
    return check_config({"results": "out", "gas": gas}).paths["gas"]


def simulation(events, **keys):
    source = {"kind": "simulation", "energies_keV": [40, 50], "events_per_energy": events}
    return paths_of({"made": {**source, "events_per_part": 100, **keys}})


def parts(paths, source):
    return list(paths.parts(source).values())


def test_parts_of_a_simulation_hold_one_energy_and_add_up():
    made = parts(simulation(250), "made")
    held = [(p.block.energies_keV, p.block.events_per_energy) for p in made]
    assert sorted(held) == sorted(([e], n) for e in (40, 50) for n in (100, 100, 50))
    assert [p.index for p in made] == list(range(6))
    assert list(simulation(250).parts("made")) == [p.name for p in made]


def test_more_events_leave_whole_parts_as_they_were():
    fewer, more = parts(simulation(200), "made"), parts(simulation(500), "made")
    assert more[: len(fewer)] == fewer


def test_arrows_and_degrad_runs_are_cut_into_jobs():
    run = {"kind": "degrad_run", "executable": "degrad", "energy_keV": 40, "events_per_job": 7}
    paths = paths_of(
        {
            "arrows": {"kind": "arrows", "events": 25, "events_per_part": 10},
            "run": {**run, "jobs": 3},
        }
    )
    assert [p.block.events for p in parts(paths, "arrows")] == [10, 10, 5]
    runs = parts(paths, "run")
    assert [p.block.jobs for p in runs] == [1, 1, 1]
    assert paths.part_input("run", runs[2].name) == ["out/gas/degrad/run/0002_run.DEGRAD.OUT.gz"]


def test_electrons_are_those_of_the_one_gas_of_a_test_set():
    half = {"fractions": {"CF4": 1.0}, "pressure_torr": 380.0}
    source = {"kind": "simulation", "energies_keV": [40], "events_per_energy": 1}
    parquet = {"kind": "parquet", "files": ["a.parquet"], "gas": {"fractions": {"P10": 1.0}}}
    sources = {"a": source, "b": {**source, "energies_keV": [50]}, "half": {**source, "gas": half}}
    sources |= {"named": parquet, "unknown": {**parquet, "gas": None}}
    chosen = {"same": ["a", "b"], "half": ["half"], "both": ["a", "half"]}
    chosen |= {"named": ["named"], "unknown": ["unknown"]}
    tests = {name: {"sources": used, "smearing_um": 0} for name, used in chosen.items()}
    paths = paths_of(sources, test_sets=tests, training_set={"sources": ["other"]})
    found = {name: paths.electrons_per_m3(name) for name in tests}
    assert found["half"] / found["same"] == pytest.approx(42 / 8 / 2)
    assert [found[name] for name in ("both", "named", "unknown")] == [None] * 3


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A working directory with three raw files."""
    monkeypatch.chdir(tmp_path)
    for name in ("b 2.root", "a.1.root", "deep/c.root"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()


def root_source(*patterns):
    return paths_of({"raw": {"kind": "root", "files": list(patterns), "energy_keV": 40}})


@pytest.mark.usefixtures("files")
def test_every_file_is_a_part_with_a_safe_name():
    paths = root_source("**/*.root")
    names = list(paths.parts("raw"))
    assert names == ["0000_a", "0001_b-2", "0002_c"]
    assert [paths.part_input("raw", name) for name in names] == [
        ["a.1.root"],
        ["b 2.root"],
        ["deep/c.root"],
    ]


@pytest.mark.usefixtures("files")
def test_overlapping_patterns_take_a_file_once():
    assert len(root_source("a*.root", "*.root").parts("raw")) == 2


@pytest.mark.usefixtures("files")
def test_pattern_without_a_match_names_source_and_pattern():
    with pytest.raises(
        FileNotFoundError, match=r"gas\.sources\.raw\.files: nothing matches 'd\*\.root'"
    ):
        root_source("a*.root", "d*.root").parts("raw")


def test_files_are_looked_for_where_a_source_is_used(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    absent = root_source("absent.root").block.sources["raw"]
    made = simulation(100).block
    block = made.model_copy(update={"sources": {**made.sources, "raw": absent}})
    GasPaths(block, "out", 1).check_files()
    used = block.training_set.model_copy(update={"sources": ["made", "raw"]})
    block = block.model_copy(update={"training_set": used})
    with pytest.raises(FileNotFoundError, match=r"gas\.sources\.raw\.files: nothing matches"):
        GasPaths(block, "out", 1).check_files()


def test_every_part_has_its_track_table_and_its_shard():
    paths = simulation(100)
    names = ["0000_40keV", "0001_50keV"]
    assert paths.tracks("made") == [f"out/gas/tracks/made/{n}.parquet" for n in names]
    assert paths.shards("train") == [f"out/gas/voxels/train/made/{n}.parquet" for n in names]
    assert paths.shards("test") == ["out/gas/voxels/test/other/0000_arrows.parquet"]
    assert paths.voxel_sets == ["train", "test"]


def test_a_path_without_arguments_is_the_pattern_of_its_rule():
    paths = simulation(100)
    assert paths.track_table() == "out/gas/tracks/{source}/{part}.parquet"
    assert paths.shard() == "out/gas/voxels/{voxels}/{source}/{part}.parquet"
    assert paths.prediction() == "out/gas/predictions/{test}/{method}.parquet"
    assert paths.network("weights.pt") == "out/gas/networks/{network}/weights.pt"


def test_energies_with_decimals_make_file_names():
    made = {"kind": "simulation", "energies_keV": [40.5], "events_per_energy": 1}
    assert list(paths_of({"made": made}).parts("made")) == ["0000_40-5keV"]


def test_files_are_in_natural_order(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for number in (1, 2, 10):
        (tmp_path / f"run{number}.OUT").touch()
    paths = paths_of({"mine": {"kind": "degrad", "files": ["run*.OUT"], "energy_keV": 40}})
    assert list(paths.parts("mine")) == ["0000_run1", "0001_run2", "0002_run10"]


def test_order_of_sources_does_not_matter():
    sources = {name: {"kind": "arrows", "events": 1} for name in ("b", "a")}
    assert paths_of(sources).set_sources("train") == ["a", "b"]


@pytest.mark.parametrize(
    ("keys", "read"),
    [
        ({}, False),
        ({"training_events": "fresh_views"}, True),
        ({"training_events": "stream"}, False),
    ],
)
def test_only_fresh_views_of_stored_tracks_read_track_tables(keys, read):
    source = {"kind": "simulation", "energies_keV": [40], "events_per_energy": 10}
    networks = {"RCN": {"architecture": "rcn", **keys}}
    paths = paths_of({"b": source, "a": source}, networks=networks)
    expected = [*paths.tracks("a"), *paths.tracks("b")] if read else []
    assert paths.training_tracks("RCN") == expected


def test_training_depends_on_source_settings_in_a_stream_only():
    source = {"kind": "simulation", "energies_keV": [40], "events_per_energy": 10}
    networks = {
        "kept": {"architecture": "rcn"},
        "new": {"architecture": "rcn", "training_events": "stream"},
    }
    paths = paths_of({"b": source, "a": source}, networks=networks)
    assert paths.training_block("kept")["sources"] == {}
    assert list(paths.training_block("new")["sources"]) == ["a", "b"]


def test_training_does_not_depend_on_the_order_of_sources_threads_and_predictions():
    source = {"kind": "simulation", "energies_keV": [40], "events_per_energy": 10}

    def block(names, number):
        network = {
            "architecture": "hcn",
            "slices": 5,
            "threads": number,
            "loader_threads": number,
            "frames": number,
            "temperature": number > 1,
        }
        networks = {"RCN": network}
        return paths_of(dict.fromkeys(names, source), networks=networks).training_block("RCN")

    assert block("ab", 1) == block("ba", 5)


@pytest.fixture
def given(tmp_path):
    """(keys of the network) -> paths of a study with the weights of a network folder."""
    folder = make_folder(tmp_path / "UNet")

    def make(key, **keys):
        return folder, paths_of(
            {"made": {"kind": "arrows", "events": 1}},
            networks={"RCN": {"architecture": "rcn"}, "UNet": {key: str(folder), **keys}},
        )

    return make


def test_weights_and_factor_come_from_the_folder(given):
    folder, paths = given("weights")
    assert paths.weights("UNet") == f"{folder}/weights.safetensors"
    assert paths.temperature("UNet") == [f"{folder}/card.yaml"]
    assert paths.weights("RCN") == "out/gas/networks/RCN/weights.pt"
    assert paths.histories() == ["out/gas/networks/RCN/history.csv"]
    assert given("weights", temperature=False)[1].temperature("UNet") == []


def test_a_training_that_starts_from_a_folder_reads_its_weights(given):
    folder, paths = given("start", temperature=True)
    assert paths.start("UNet") == [f"{folder}/weights.safetensors"]
    assert paths.start("RCN") == []
    assert paths.weights("UNet") == "out/gas/networks/UNet/weights.pt"
    assert paths.temperature("UNet") == ["out/gas/networks/UNet/temperature.csv"]


def test_without_a_training_there_is_no_training_set(tmp_path):
    paths = paths_of(
        {"made": {"kind": "arrows", "events": 1}},
        networks={"UNet": {"weights": str(make_folder(tmp_path / "UNet"))}},
    )
    assert paths.voxel_sets == ["test"]
    assert paths.shards("train") == []
    assert paths.used_sources == ["other"]
    assert paths.sources_block()["pools"] == {"test set test": ["other"]}
    assert paths.published_containment() == {}


def test_published_losses_stand_beside_a_training_with_the_settings_of_the_paper():
    source = {"kind": "simulation", "energies_keV": [40, 45, 50], "events_per_energy": 9}
    networks = {"A": {"architecture": "rcn"}, "B": {"architecture": "hcn"}}
    found = paths_of({"made": source}, networks=networks).published_losses()
    assert found == {"A": ("RCN", 0.078), "B": ("HCN", 0.179)}
    other = paths_of({"made": {**source, "energies_keV": [40, 50]}}, networks=networks)
    assert other.published_losses() == {}


def test_voxels_depend_on_the_rotation_only_where_there_is_none():
    def block(**keys):
        test = {"sources": ["other"], "smearing_um": 0, **keys}
        made = {"made": {"kind": "arrows", "events": 1}}
        return paths_of(made, test_sets={"test": test}).voxel_block("test")

    assert block().keys() == {"seed", "grid", "smearing"}
    assert block(rotate=False) == {**block(), "rotate": False}


MIXTURE = {"fractions": {"He": 0.7, "CO2": 0.3}, "temperature_C": 20, "pressure_torr": 760}


@pytest.mark.parametrize(
    ("source", "blocks", "remark"),
    [
        ({"kind": "degrad", "files": ["a"], "energy_keV": 40, "gas": MIXTURE}, {}, ""),
        ({"kind": "degrad", "files": ["a"], "energy_keV": 40}, {}, "gas of source mine is not"),
        (
            {"kind": "root", "files": ["a"], "gas": {**MIXTURE, "pressure_torr": 380}},
            {},
            "another gas",
        ),
        ({"kind": "arrows", "events": 1}, {}, "arrows"),
        (
            {"kind": "simulation", "energies_keV": [40], "events_per_energy": 1},
            {"grid": {"bins": 100}},
            "grid",
        ),
        ({"kind": "simulation", "energies_keV": [40], "events_per_energy": 1}, {}, ""),
        (
            {
                "kind": "degrad_run",
                "executable": "d",
                "energy_keV": 40,
                "jobs": 1,
                "events_per_job": 1,
            },
            {},
            "",
        ),
    ],
)
def test_published_numbers_need_the_papers_gas_and_grid(source, blocks, remark):
    test_sets = {"test": {"sources": ["mine"], "smearing_um": 443}}
    made = {"kind": "simulation", "energies_keV": [40], "events_per_energy": 1}
    paths = paths_of(
        {"made": made, "mine": source},
        training_set={"sources": ["made"]},
        test_sets=test_sets,
        **blocks,
    )
    found = paths.differs_from_paper("test")
    assert remark in found
    assert bool(found) == bool(remark)


def test_expected_sizes_are_of_files_that_the_run_makes():
    paths = paths_of(
        {
            "made": {"kind": "simulation", "energies_keV": [40], "events_per_energy": 100},
            "run": {
                "kind": "degrad_run",
                "executable": "degrad",
                "energy_keV": 40,
                "events_per_job": 7,
                "jobs": 2,
            },
        }
    )
    sizes = paths.expected_bytes()
    made, run = sizes["gas.sources.made"], sizes["gas.sources.run"]
    assert made[paths.tracks("made")[0]] == 290 * 40 * 100
    assert set(paths.shards("train")) <= {*made, *run}
    assert {paths.degrad_output("run", part) for part in paths.parts("run")} < run.keys()


def test_voxels_depend_on_the_response_of_their_set():
    made = {"kind": "simulation", "energies_keV": [40], "events_per_energy": 10}
    vary = {"noise_hits": [0.0, 3.0]}
    sets = {"test": {"sources": ["other"], "response": "noisy"}}
    paths = paths_of(
        {"made": made},
        responses={"noisy": {"vary": vary}},
        training_set={"sources": ["made"], "response": "noisy"},
        test_sets=sets,
    )
    assert "smearing" not in paths.voxel_block("train")
    assert paths.voxel_block("train")["response"]["vary"] == {"noise_hits": [0, 3]}
    assert paths.voxel_block("test")["response"]["vary"] == {}
    assert paths.training_block("RCN")["training_set"]["response"]["vary"] == {"noise_hits": [0, 3]}
    assert "response is not in the paper" in paths.differs_from_paper("train")
