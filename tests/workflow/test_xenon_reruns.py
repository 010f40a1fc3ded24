"""The liquid-xenon chain: made when asked for, and made anew exactly where a change matters."""

import pytest

RECOILS = ("er", "nr")
DARWIN = {f"{use}_{r}" for use in ("train", "test", "background") for r in RECOILS}
DARWIN |= {"wimp_50GeV"}
EXTRA = {"other", "mine"}
OTHER = {
    "kind": "nest",
    "detector": "xenon1t",
    "recoil": "nr",
    "spectrum": {"kind": "uniform", "low_keV": 1, "high_keV": 100},
    "events": 30,
    "events_per_part": 20,
}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """A folder with two files of events."""
    folder = tmp_path_factory.mktemp("recorded")
    for name in ("run1.csv", "run2.csv"):
        (folder / name).touch()
    return folder


@pytest.fixture(scope="module")
def touched(xenon_copy, recorded):
    """The test study's chain with two samples of another detector, on Snakemake's record."""
    files = {"kind": "instructions", "detector": "xenon1t", "files": [str(recorded / "run1.csv")]}
    return xenon_copy(xenon__samples__other=OTHER, xenon__samples__mine=files)


@pytest.fixture
def events(touched, tmp_path):
    """The same, of one's own."""
    return touched.twin(tmp_path / "copy")


def stages(files):
    """Samples of each stage that makes samples."""
    found = {"events": set(), "response": set()}
    for _, chain, stage, sample, *_ in (f"{file}///".split("/") for file in files):
        if chain == "xenon" and stage in found:
            found[stage].add(sample)
    return found


def test_without_its_block_nothing_is_made(finished):
    assert not any("/xenon/" in file for file in finished.files())


def test_both_chains_make_both(pristine):
    files = pristine.files()
    assert "results/figures" in files
    assert "results/xenon/response/wimp_50GeV/0000_nest.parquet" in files


def test_all_is_made_and_nothing_after_that(events):
    files = events.files()
    assert stages(files) == {"events": DARWIN | EXTRA, "response": DARWIN | EXTRA}
    parts = {f"results/xenon/events/other/{part}_nest.parquet" for part in ("0000", "0001")}
    assert parts <= set(files)
    assert events.pending() == set()


def test_light_yield_leaves_the_events_as_they_are(events):
    darwin = {"base": "darwin", "s1": {"g1": 0.13}}
    events.configure(xenon__detectors={"darwin": darwin, "xenon1t": {"base": "xenon1t"}})
    assert stages(events.pending()) == {"events": set(), "response": DARWIN}


def test_field_makes_the_events_of_that_detector_anew(events):
    darwin = {"base": "darwin", "liquid": {"field_V_per_cm": 100}}
    events.configure(xenon__detectors={"darwin": darwin, "xenon1t": {"base": "xenon1t"}})
    assert stages(events.pending()) == {"events": DARWIN, "response": DARWIN}


def test_energy_range_makes_that_sample_anew(events):
    events.configure(xenon__samples__train_nr__spectrum__high_keV=50)
    assert stages(events.pending()) == {"events": {"train_nr"}, "response": {"train_nr"}}


def test_more_events_keep_whole_parts(events):
    events.configure(xenon__samples__other__events=50)
    tables = {f for f in events.pending() if "/events/" in f and f.endswith(".parquet")}
    other = "results/xenon/events/other"
    assert tables == {f"{other}/{part}_nest.parquet" for part in ("0001", "0002")}


def test_another_file_is_looked_at_and_leaves_the_responses_of_the_others(events, recorded):
    events.configure(xenon__samples__mine__files=[str(recorded / "run*.csv")])
    pending = events.pending()
    assert "results/xenon/tables/event_files.csv" in pending
    assert {file for file in pending if file.endswith(".parquet")} == {
        f"results/xenon/{stage}/mine/0001_run2.parquet" for stage in ("events", "response")
    }


def test_reader_of_another_kind_reruns_nothing(events):
    events.append("xenon/events/execnest.py")
    assert events.pending() == set()
