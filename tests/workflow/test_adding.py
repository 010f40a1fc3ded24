"""The recipes of CONTRIBUTING.md, followed in a copy of the workflow, give a study that runs."""

import re
import shutil
import sys

import numpy as np
import pandas as pd
import pytest
from helpers.running import run_command

# ```KIND title="PATH" ... ```: a new file, or a change of one where KIND is diff.
BLOCK = re.compile(r'^```(\w+) title="([^"]+)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)

REPORT = """
from pipeline.counter.summary import report
from pipeline.study import read_config

print(report(read_config("config/test.yaml").paths["counter"]))
"""
STUDY = {
    "results": "results",
    "gas": {
        "sources": {
            name: {"kind": "electron_list", "files": [f"{name}.csv"], "energy_keV": 2}
            for name in ("learnt", "tested")
        },
        "training_set": {"sources": ["learnt"], "smearing_um": 200, "validation_fraction": 0.3},
        "test_sets": {"tested": {"sources": ["tested"], "smearing_um": 200}},
        "networks": {
            "Points": {"architecture": "points", "width": 4, "batch_size": 8, "max_epochs": 1}
        },
        "hypothesis_test": {"test_sets": []},
    },
    "counter": {"intervals": 20},
}


def recipes(repository):
    """(kind, path, text) of every block of CONTRIBUTING.md that names a file."""
    return BLOCK.findall((repository / "CONTRIBUTING.md").read_text())


def follow(kind, path, text):
    """Make a new file, or change one: lines with + are added, lines with - taken away."""
    if kind != "diff":
        assert not path.exists(), f"{path} is there already"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return
    lines = text.splitlines()
    old, new = ("\n".join(x[1:] for x in lines if x[:1] != sign) + "\n" for sign in "+-")
    content = path.read_text()
    assert content.count(old) == 1, f"{path} does not hold once:\n{old}"
    path.write_text(content.replace(old, new))


def run_python(copy, *arguments):
    """Run Python in a copy and return what it printed."""
    return run_command([sys.executable, *arguments], copy.folder, copy.environment())


def write_electrons(path, rng):
    """Thirty straight tracks of 50 electrons, up to 10 mm long."""
    event = np.repeat(np.arange(30), 50)
    z_um = rng.uniform(0, 10_000, len(event))
    pd.DataFrame({"event": event, "x": 0.0, "y": 0.0, "z": z_um}).to_csv(path, index=False)


@pytest.fixture(scope="module")
def added(pristine, repository, tmp_path_factory):
    """A copy of the checkout with a source, a network, a figure and a chain more."""
    copy = pristine.twin(tmp_path_factory.mktemp("adding") / "copy")
    copy.own_package()
    (copy.folder / "tests").mkdir()
    for name in ("tests/conftest.py", "tests/test_floors.py", "pyproject.toml"):
        shutil.copy(repository / name, copy.folder / name)
    for kind, path, text in recipes(repository):
        follow(kind, copy.folder / path, text)
    rng = np.random.default_rng(1)
    for name in ("learnt", "tested"):
        write_electrons(copy.folder / f"{name}.csv", rng)
    copy.write_config(STUDY)
    return copy


def test_what_was_added_runs(added):
    figures = ["gas/plots/skipped_steps.png", "counter/plots/pulses.png"]
    added.run(*(f"results/{figure}" for figure in figures))
    results = added.folder / "results"
    assert all((results / figure).read_bytes().startswith(b"\x89PNG") for figure in figures)
    history = pd.read_csv(results / "gas" / "networks" / "Points" / "history.csv")
    assert np.isfinite(history["validation_loss"]).all()
    pulses = pd.read_csv(results / "counter" / "tables" / "pulses.csv")
    assert pulses["intervals"].sum() == 20
    assert run_python(added, "-c", REPORT).endswith(" pulses in an interval\n")


def test_whole_study_is_planned(added):
    planned = added.files()
    assert {
        "results/gas/predictions/tested/Points.parquet",
        "results/gas/tables/calibration/Points.csv",
        "results/counter/plots/pulses.pdf",
        "results/figures",
    } <= set(planned)


def test_shipped_study_of_the_new_chain_is_valid(added):
    printed = run_python(added, "-m", "pipeline.study", "results", "config/counter.yaml")
    assert printed == "results-counter\n"


def test_added_code_passes_its_tests_and_ruff(added, repository):
    tests = ["tests/test_floors.py", "tests/gas/tracks/test_electron_list.py"]
    python = sorted({path for _, path, _ in recipes(repository) if path.endswith(".py")})
    run_python(added, "-m", "pytest", *tests)
    run_python(added, "-m", "ruff", "check", "--no-cache", *python)
    run_python(added, "-m", "ruff", "format", "--no-cache", "--check", *python)
