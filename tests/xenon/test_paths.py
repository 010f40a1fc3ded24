"""Parts and paths of the samples of xenon events."""

import pytest

from pipeline.study import check_config
from pipeline.xenon.config.chain import Xenon

SHIPPED = {name: sample.plain() for name, sample in Xenon().samples.items()}


def paths_of(**samples):
    """Paths of a study with the shipped samples and these."""
    xenon = {"samples": {**SHIPPED, **samples}, "wimps": {"events": 10}}
    return check_config({"results": "out", "xenon": xenon}).paths["xenon"]


def nest(events, **spectrum):
    spectrum = spectrum or {"kind": "uniform", "low_keV": 1, "high_keV": 9}
    sample = {"kind": "nest", "recoil": "er", "spectrum": spectrum}
    return {**sample, "events": events, "events_per_part": 100}


def test_more_events_leave_whole_parts_as_they_were():
    fewer, more = (list(paths_of(a=nest(n)).parts("a").values()) for n in (200, 350))
    assert more[:2] == fewer
    assert [part.block.events for part in more] == [100, 100, 100, 50]


def test_paths_of_events_and_responses():
    paths = paths_of(a=nest(150))
    assert paths.event_tables(["a", "wimp_50GeV"]) == [
        "out/xenon/events/a/0000_nest.parquet",
        "out/xenon/events/a/0001_nest.parquet",
        "out/xenon/events/wimp_50GeV/0000_nest.parquet",
    ]
    (shard,) = paths.response_shards("wimp_50GeV")
    assert shard == "out/xenon/response/wimp_50GeV/0000_nest.parquet"


def test_every_file_is_a_part_that_reads_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("run2.txt", "run10.txt"):
        (tmp_path / name).touch()
    paths = paths_of(mine={"kind": "execnest", "files": ["*.txt"], "recoil": "nr"})
    assert [part.name for part in paths.parts("mine").values()] == ["0000_run2", "0001_run10"]
    inputs = [paths.part_input("mine", name) for name in paths.parts("mine")]
    assert inputs == [["run2.txt"], ["run10.txt"]]


def test_event_files_are_looked_at_before_their_own_responses(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("run1.csv", "run2.csv", "own.csv"):
        (tmp_path / name).touch()
    paths = paths_of(
        runs={"kind": "instructions", "files": ["run*.csv"]},
        a=nest(10, kind="table", file="lines.csv"),
        own={"kind": "instructions", "files": ["own.csv"], "detector": "xenon1t"},
    )
    assert paths.file_samples() == {"runs": "darwin", "own": "xenon1t"}
    assert paths.event_inputs() == ["run1.csv", "run2.csv", "own.csv"]
    assert len(paths.event_tables(paths.file_samples())) == 3
    assert paths.event_files("own") == ["out/xenon/tables/event_files.csv"]
    assert paths.event_files("a") == []
    assert set(paths.event_files("own")) <= set(paths.recorded_tables())
    assert "out/xenon/tables/event_files.csv" not in paths_of().targets()
    assert paths.tested_samples() == ["test_er", "test_nr"]


def test_spectrum_in_a_file_is_an_input_and_others_need_none():
    paths = paths_of(a=nest(10, kind="table", file="lines.csv"))
    inputs = [
        paths.part_input(sample, part)
        for sample in ("a", "wimp_50GeV")
        for part in paths.parts(sample)
    ]
    assert inputs == [["lines.csv"], []]


def test_pattern_without_a_match_names_the_sample():
    paths = paths_of(mine={"kind": "instructions", "files": ["no/*.csv"]})
    with pytest.raises(FileNotFoundError, match=r"xenon\.samples\.mine\.files: nothing matches"):
        paths.parts("mine")
    with pytest.raises(FileNotFoundError, match=r"xenon\.samples\.mine\.files: nothing matches"):
        paths.check_files()


def test_expected_sizes_are_told_by_the_block_that_makes_the_sample(tmp_path):
    text = tmp_path / "nest.txt"
    text.write_bytes(bytes(2000))
    read = {"kind": "execnest", "recoil": "er", "files": [str(text)]}
    paths = paths_of(a=nest(150), b=read, c={**read, "max_events": 4})
    sizes = paths.expected_bytes()
    assert list(sizes["xenon.samples.a"]) == [
        file
        for pair in zip(paths.event_tables(["a"]), paths.response_shards("a"), strict=True)
        for file in pair
    ]
    total = {block: sum(files.values()) for block, files in sizes.items()}
    assert total["xenon.samples.a"] == 150 * (35 + 600)
    assert total["xenon.samples.b"] == 10 * (35 + 600)
    assert total["xenon.samples.c"] == 4 * (35 + 600)
    assert total["xenon.wimps"] == 3 * 10 * (35 + 600)
