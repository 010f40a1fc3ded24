"""The conda environment pins what the pip requirements pin."""

import tomllib

import yaml
from packaging.requirements import Requirement


def requirements(path):
    return {
        line.strip()
        for line in path.read_text().splitlines()
        if line.strip() and not line.startswith(("#", "-r"))
    }


def test_conda_environment_has_the_same_pins(repository):
    envs = repository / "envs"
    conda = yaml.safe_load((envs / "conda.yaml").read_text())
    (pip,) = [entry["pip"] for entry in conda["dependencies"] if isinstance(entry, dict)]
    assert set(pip) == requirements(envs / "cpu.txt") | requirements(envs / "base.txt")


def test_torch_is_pinned_where_it_would_pull_in_cuda(repository):
    assert "torch==2.13.0" in requirements(repository / "envs" / "cpu.txt")


def test_the_ranges_of_the_package_admit_the_pins(repository):
    project = tomllib.loads((repository / "pyproject.toml").read_text())["project"]
    extras = [entry for group in project["optional-dependencies"].values() for entry in group]
    pins = {}
    for file in (repository / "envs").glob("*.txt"):
        for entry in map(Requirement, requirements(file)):
            if str(entry.specifier).startswith("=="):
                pins[entry.name.lower()] = str(entry.specifier)[2:]
    for entry in map(Requirement, [*project["dependencies"], *extras]):
        assert entry.name.lower() in pins, f"{entry.name} is pinned nowhere in envs/"
        assert entry.specifier.contains(pins[entry.name.lower()]), entry.name
