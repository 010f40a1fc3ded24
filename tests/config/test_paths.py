"""Paths in a config: one spelling for each file, `~` and `$VAR` replaced, the unusable refused."""

import os
import re

import pytest
from pydantic import TypeAdapter, ValidationError

from pipeline.config.paths import InputPath, Program, ResultsFolder
from pipeline.gas.config.sources import read_source
from pipeline.study import ConfigError, check_config
from pipeline.xenon.config.samples import read_sample

RESULTS, INPUT, PROGRAM = map(TypeAdapter, (ResultsFolder, InputPath, Program))


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmp_path):
    """An empty working directory, and the variables of these tests."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("DATA", "/data/")
    monkeypatch.delenv("NOT_SET", raising=False)


@pytest.mark.parametrize("kind", [RESULTS, INPUT])
@pytest.mark.parametrize(
    ("given", "path"),
    [
        *((text, "x/y") for text in ("x/y", "./x/y", "x//y", "x/y/", "x/./y//", "././x/y")),
        *((text, "/x") for text in ("/x", "//x", "/x/", "/./x")),
        ("~/x", "/home/me/x"),
        ("$HOME/x", "/home/me/x"),
        ("${DATA}x", "/data/x"),
        ("$DATA/x", "/data/x"),
        ("../x/", "../x"),
        ("x/../y", "x/../y"),
        ("my 'x'/[1] é: \"a\"&$", "my 'x'/[1] é: \"a\"&$"),
    ],
)
def test_a_path_has_one_spelling(kind, given, path):
    assert kind.validate_python(given) == kind.validate_python(path) == path


@pytest.mark.parametrize("kind", [RESULTS, INPUT, PROGRAM])
@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("$NOT_SET/x", "'$NOT_SET/x': the environment has no variable 'NOT_SET'"),
        ("x/${NOT_SET}", "no variable 'NOT_SET'"),
        ("~no_such_user/x", "no user of the name behind ~"),
    ],
)
def test_what_the_environment_does_not_have_is_named(kind, given, told):
    with pytest.raises(ValidationError, match=re.escape(told)):
        kind.validate_python(given)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (".", "is the working directory"),
        ("./", "is the working directory"),
        *((text, "cannot stand there") for text in ("a{b}", "a\tb", "a\nb", "-x", " x", "x ")),
        ("s3://bucket/x", "is a URL"),
    ],
)
def test_results_folder_that_snakemake_cannot_take_is_refused(plain, given, told):
    with pytest.raises(ConfigError, match=f"  results: .*{told}"):
        check_config({**plain, "results": given})


@pytest.mark.parametrize("given", ["run{1,2}.root", "root://server//run.root"])
def test_files_that_snakemake_cannot_take_are_refused(given):
    with pytest.raises(ValidationError, match=r"braces in their names|is a URL"):
        INPUT.validate_python(given)


def test_name_of_a_file_that_exists_is_taken_literally(tmp_path):
    (tmp_path / "run$NOT_SET.root").touch()
    assert INPUT.validate_python("run$NOT_SET.root") == "run$NOT_SET.root"
    assert INPUT.validate_python("./run$NOT_SET.root") == "run$NOT_SET.root"


def test_program_keeps_the_dot_that_says_it_is_not_in_path():
    assert PROGRAM.validate_python("./degrad") == "./degrad"
    assert PROGRAM.validate_python("~/degrad") == "/home/me/degrad"


def test_every_key_with_a_path_has_one_of_these_types():
    files = {"files": ["./a//b.x", "~/c"]}
    source = read_source({"kind": "root", **files})
    sample = read_sample({"kind": "execnest", "recoil": "er", **files})
    assert source.files == sample.files == ["a/b.x", "/home/me/c"]
    spectrum = {"kind": "table", "file": "./a.csv"}
    made = read_sample({"kind": "nest", "recoil": "er", "events": 1, "spectrum": spectrum})
    assert made.spectrum.file == "a.csv"
    run = {"kind": "degrad_run", "energy_keV": 40, "jobs": 1, "events_per_job": 1}
    assert read_source({**run, "executable": "$DATA/degrad"}).executable == "/data//degrad"


def test_usual_paths_are_dumped_as_they_are(plain):
    plain["results"] = "results-x"
    plain["gas"]["sources"]["read"]["files"] = ["../data/run[0-9]*/**/D.OUT.gz", "/d/a b.OUT"]
    dumped = check_config(plain).plain()
    assert dumped["results"] == plain["results"]
    assert dumped["gas"]["sources"]["read"]["files"] == plain["gas"]["sources"]["read"]["files"]
    assert not os.listdir()
