"""The conda environment pins what the pip requirements pin."""

import yaml


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
