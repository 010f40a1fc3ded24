"""Paths and parts: what exists for a config, in a fixed order."""

import pytest

from pipeline.gas import paths as layout
from pipeline.study import check_config


def config_of(sources, **blocks):
    return check_config(
        {
            "results": "out",
            "sources": {"other": {"kind": "arrows", "events": 1}, **sources},
            "training_set": {"sources": list(sources)},
            "test_sets": {"test": {"sources": ["other"], "smearing_um": 0}},
            "networks": {"RCN": {"architecture": "rcn"}},
            "hypothesis_test": {"test_sets": []},
            **blocks,
        }
    )


def simulation(events, **keys):
    source = {"kind": "simulation", "energies_keV": [40, 50], "events_per_energy": events}
    return config_of({"made": {**source, "events_per_part": 100, **keys}})


def test_parts_of_a_simulation_hold_one_energy_and_add_up():
    parts = layout.parts(simulation(250), "made")
    held = [(p.block.energies_keV, p.block.events_per_energy) for p in parts]
    assert sorted(held) == sorted(([e], n) for e in (40, 50) for n in (100, 100, 50))
    assert [p.index for p in parts] == list(range(6))
    assert len({p.name for p in parts}) == 6


def test_more_events_leave_whole_parts_as_they_were():
    fewer, more = layout.parts(simulation(200), "made"), layout.parts(simulation(500), "made")
    assert more[: len(fewer)] == fewer


def test_arrows_and_degrad_runs_are_cut_into_jobs():
    run = {"kind": "degrad_run", "executable": "degrad", "energy_keV": 40, "events_per_job": 7}
    config = config_of(
        {
            "arrows": {"kind": "arrows", "events": 25, "events_per_part": 10},
            "run": {**run, "jobs": 3},
        }
    )
    assert [p.block.events for p in layout.parts(config, "arrows")] == [10, 10, 5]
    runs = layout.parts(config, "run")
    assert [p.block.jobs for p in runs] == [1, 1, 1]
    assert layout.part_input(config, "run", runs[2]) == ["out/degrad/run/0002_run.DEGRAD.OUT.gz"]


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A working directory with three raw files."""
    monkeypatch.chdir(tmp_path)
    for name in ("b 2.root", "a.1.root", "deep/c.root"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()


def root_source(*patterns):
    return config_of({"raw": {"kind": "root", "files": list(patterns), "energy_keV": 40}})


@pytest.mark.usefixtures("files")
def test_every_file_is_a_part_with_a_safe_name():
    config = root_source("**/*.root")
    parts = layout.parts(config, "raw")
    assert [p.name for p in parts] == ["0000_a", "0001_b-2", "0002_c"]
    assert [layout.part_input(config, "raw", p) for p in parts] == [
        ["a.1.root"],
        ["b 2.root"],
        ["deep/c.root"],
    ]


@pytest.mark.usefixtures("files")
def test_overlapping_patterns_take_a_file_once():
    assert len(layout.parts(root_source("a*.root", "*.root"), "raw")) == 2


@pytest.mark.usefixtures("files")
def test_pattern_without_a_match_names_source_and_pattern():
    with pytest.raises(
        FileNotFoundError, match=r"sources\.raw\.files: nothing matches 'd\*\.root'"
    ):
        layout.parts(root_source("a*.root", "d*.root"), "raw")


def test_files_are_looked_for_where_a_source_is_used(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    config = simulation(100)
    absent = root_source("absent.root").sources["raw"]
    config = config.model_copy(update={"sources": {**config.sources, "raw": absent}})
    layout.check_files(config)
    used = config.training_set.model_copy(update={"sources": ["made", "raw"]})
    with pytest.raises(FileNotFoundError, match=r"sources\.raw\.files: nothing matches"):
        layout.check_files(config.model_copy(update={"training_set": used}))


def test_every_part_has_its_track_table_and_its_shard():
    config = simulation(100)
    names = ["0000_40keV", "0001_50keV"]
    assert layout.tracks(config, "made") == [f"out/tracks/made/{n}.parquet" for n in names]
    assert layout.shards(config, "train") == [f"out/voxels/train/made/{n}.parquet" for n in names]
    assert layout.shards(config, "test") == ["out/voxels/test/other/0000_arrows.parquet"]
    assert layout.voxel_sets(config) == ["train", "test"]


def test_energies_with_decimals_make_file_names():
    made = {"kind": "simulation", "energies_keV": [40.5], "events_per_energy": 1}
    config = config_of({"made": made})
    assert [part.name for part in layout.parts(config, "made")] == ["0000_40-5keV"]


def test_files_are_in_natural_order(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for number in (1, 2, 10):
        (tmp_path / f"run{number}.OUT").touch()
    config = config_of({"mine": {"kind": "degrad", "files": ["run*.OUT"], "energy_keV": 40}})
    names = [part.name for part in layout.parts(config, "mine")]
    assert names == ["0000_run1", "0001_run2", "0002_run10"]


def test_order_of_sources_does_not_matter():
    sources = {name: {"kind": "arrows", "events": 1} for name in ("b", "a")}
    assert layout.set_sources(config_of(sources), "train") == ["a", "b"]


@pytest.mark.parametrize(
    ("keys", "read"),
    [({}, False), ({"views": "fresh"}, True), ({"tracks": "stream"}, False)],
)
def test_only_fresh_views_of_stored_tracks_read_track_tables(keys, read):
    source = {"kind": "simulation", "energies_keV": [40], "events_per_energy": 10}
    networks = {"RCN": {"architecture": "rcn", **keys}}
    config = config_of({"b": source, "a": source}, networks=networks)
    expected = [*layout.tracks(config, "a"), *layout.tracks(config, "b")] if read else []
    assert layout.training_tracks(config, "RCN") == expected


def test_training_depends_on_source_settings_in_a_stream_only():
    source = {"kind": "simulation", "energies_keV": [40], "events_per_energy": 10}
    networks = {"kept": {"architecture": "rcn"}, "new": {"architecture": "rcn", "tracks": "stream"}}
    config = config_of({"b": source, "a": source}, networks=networks)
    assert layout.training_block(config, "kept")["sources"] == {}
    assert list(layout.training_block(config, "new")["sources"]) == ["a", "b"]


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
        config = config_of(dict.fromkeys(names, source), networks=networks)
        return layout.training_block(config, "RCN")

    assert block("ab", 1) == block("ba", 5)
