"""Parts and paths of the samples of xenon events."""

import pytest

from pipeline.study import check_config
from pipeline.xenon import paths as layout
from pipeline.xenon.config.chain import Xenon

SHIPPED = {name: sample.plain() for name, sample in Xenon().samples.items()}


def config_of(**samples):
    return check_config(
        {
            "results": "out",
            "sources": {"a": {"kind": "arrows", "events": 1}, "b": {"kind": "arrows", "events": 1}},
            "training_set": {"sources": ["a"]},
            "test_sets": {"test": {"sources": ["b"], "smearing_um": 0}},
            "networks": {"RCN": {"architecture": "rcn"}},
            "hypothesis_test": {"test_sets": []},
            "xenon": {"samples": {**SHIPPED, **samples}, "wimps": {"events": 10}},
        }
    )


def nest(events, **spectrum):
    spectrum = spectrum or {"kind": "uniform", "low_keV": 1, "high_keV": 9}
    sample = {"kind": "nest", "recoil": "er", "spectrum": spectrum}
    return {**sample, "events": events, "events_per_part": 100}


def test_more_events_leave_whole_parts_as_they_were():
    fewer, more = (layout.sample_parts(config_of(a=nest(n)), "a") for n in (200, 350))
    assert more[:2] == fewer
    assert [part.block.events for part in more] == [100, 100, 100, 50]


def test_paths_of_events_and_responses():
    config = config_of(a=nest(150))
    assert layout.event_tables(config, ["a", "wimp_50GeV"]) == [
        "out/xenon/events/a/0000_nest.parquet",
        "out/xenon/events/a/0001_nest.parquet",
        "out/xenon/events/wimp_50GeV/0000_nest.parquet",
    ]
    (shard,) = layout.response_shards(config, ["wimp_50GeV"])
    assert shard == "out/xenon/response/wimp_50GeV/0000_nest.parquet"


def test_every_file_is_a_part_that_reads_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("run2.txt", "run10.txt"):
        (tmp_path / name).touch()
    config = config_of(mine={"kind": "execnest", "files": ["*.txt"], "recoil": "nr"})
    parts = layout.sample_parts(config, "mine")
    assert [part.name for part in parts] == ["0000_run2", "0001_run10"]
    assert [layout.part_input(part) for part in parts] == [["run2.txt"], ["run10.txt"]]


def test_spectrum_in_a_file_is_an_input_and_others_need_none():
    config = config_of(a=nest(10, kind="table", file="lines.csv"))
    inputs = [
        layout.part_input(part)
        for sample in ("a", "wimp_50GeV")
        for part in layout.sample_parts(config, sample)
    ]
    assert inputs == [["lines.csv"], []]


def test_pattern_without_a_match_names_the_sample():
    config = config_of(mine={"kind": "instructions", "files": ["no/*.csv"]})
    with pytest.raises(FileNotFoundError, match=r"xenon\.samples\.mine\.files: nothing matches"):
        layout.sample_parts(config, "mine")
