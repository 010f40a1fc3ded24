"""The commands of the Makefile on configs and results folders with blanks in their names."""

import subprocess
import sys

import pytest


@pytest.fixture
def make(repository, tmp_path):
    """(target, config) -> what Snakemake would be called with, one argument a line."""
    for name, text in {
        "bin/python": f'exec "{sys.executable}" "$@"',
        "bin/snakemake": "printf '%s\\n' \"$@\"",
        "bin/dot": "cat",
        "bin/tred": 'cat "$1"',
        ".done": "",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)

    def run(target, config):
        command = ["make", "-s", "--no-print-directory", "-C", repository, target]
        return subprocess.run(
            [
                *command,
                f"CONFIG={config}",
                f"VENV={tmp_path}",
                f"PATH={tmp_path}/bin:/usr/bin:/bin",
            ],
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def config(tmp_path):
    """A config with a quoted, commented results folder with a blank, in a file with a blank."""
    path = tmp_path / "my study.yaml"
    path.write_text(f"results: '{tmp_path}/my results/' # of today\nxenon:\n")
    return path


def test_report_goes_into_the_results_folder(make, config, tmp_path):
    done = make("report", config)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[-4:] == [
        "--configfile",
        str(config),
        "--report",
        f"{tmp_path}/my results/report.zip",
    ]


def test_rule_graph_goes_into_the_results_folder(make, config, tmp_path):
    done = make("rulegraph", config)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "my results" / "rulegraph.svg").read_text().endswith("--rulegraph\n")


def test_release_takes_the_config_of_the_study(make, config):
    done = make("release", config)
    assert done.returncode
    assert f"error: {config}: no `gas:` block, and so no data set" in done.stderr


def test_missing_config_is_named(make, tmp_path):
    done = make("report", tmp_path / "no study.yaml")
    assert done.returncode
    assert f"CONFIG={tmp_path}/no study.yaml: there is no such file" in done.stderr
