"""The study from another working directory, and as a module of a user's own workflow."""

import re
import sys

import pytest
import yaml
from helpers.running import run_command

TABLE = "results/gas/tracks/arrows/0000_arrows.parquet"
USERS = """
configfile: "mine.yaml"


rule mine:
    input:
        "{table}",
    output:
        "mine.txt",
    shell:
        "wc -c < {{input}} > {{output}}"


module recoil:
    snakefile:
        "{snakefile}"
    config:
        config["recoil"]


use rule * from recoil as recoil_*
"""


def snakemake(folder, *arguments):
    """Run Snakemake in a folder, with nothing of the package on its path.

    The environment's own path has a blank, as in a checkout in `One Drive`.
    """
    environment = folder.parent / "my env"
    if not environment.exists():
        environment.symlink_to(sys.prefix)
    python = str(environment / "bin" / "python")
    return run_command([python, "-m", "snakemake", "--cores", "2", *arguments], folder)


def planned(output):
    """The rules of a plan."""
    return set(re.findall(r"^(\w+) +\d+$", output, re.M))


@pytest.fixture
def elsewhere(tmp_path):
    """An empty folder with a blank and an accent in its name."""
    folder = tmp_path / "One Drive é"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def expected(pristine, tmp_path_factory):
    """The track table as the checkout itself makes it."""
    copy = pristine.twin(tmp_path_factory.mktemp("here") / "copy")
    copy.only("gas")
    copy.run(TABLE)
    return (copy.folder / TABLE).read_bytes()


@pytest.mark.parametrize("place", ["directory", pytest.param("cwd", marks=pytest.mark.slow)])
def test_results_lie_where_the_run_was_asked_for(pristine, elsewhere, expected, place):
    config, snakefile = pristine.folder / "config/test.yaml", pristine.folder / "Snakefile"
    options = ["-s", str(snakefile), "--configfile", str(config)]
    if place == "directory":
        options += ["--directory", str(elsewhere)]
    cwd = elsewhere.parent if place == "directory" else elsewhere
    output = snakemake(cwd, *options, "--", TABLE)
    assert "profiles/default" in output
    assert (elsewhere / TABLE).read_bytes() == expected
    assert not (pristine.folder / "results").exists()
    assert "nothing to be done" in snakemake(cwd, *options, "--", TABLE).lower()


def test_module_of_a_users_own_workflow(pristine, elsewhere, expected):
    snakefile = pristine.folder / "Snakefile"
    (elsewhere / "Snakefile").write_text(USERS.format(snakefile=snakefile, table=TABLE))
    (elsewhere / "mine.yaml").write_text(yaml.safe_dump({"recoil": pristine.config()}))
    every = planned(snakemake(elsewhere, "-n", "results/figures"))
    assert {"recoil_gas_tracks", "recoil_xenon_train", "recoil_figure", "recoil_figures"} <= every
    snakemake(elsewhere)  # the user's own first rule
    assert (elsewhere / TABLE).read_bytes() == expected
    assert int((elsewhere / "mine.txt").read_text()) == len(expected)
