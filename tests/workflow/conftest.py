"""Private copies of the workflow in which Snakemake itself runs."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.chains import CHAINS


@dataclass(frozen=True)
class Copy:
    """A copy of the workflow and the package, with its own results."""

    folder: Path

    def command(self, *arguments: str) -> list[str]:
        """Snakemake's command line on this copy's config."""
        options = ["--configfile", "config/test.yaml", "--cores", "2"]
        return [sys.executable, "-m", "snakemake", *options, *arguments]

    def environment(self) -> dict[str, str]:
        """The environment in which the copy's package is the one imported."""
        return {**os.environ, "PYTHONPATH": str(self.folder / "src")}

    def run(self, *arguments: str) -> str:
        """Run Snakemake and return what it printed on standard output."""
        done = self._snakemake(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def fail(self, *arguments: str) -> str:
        """Run Snakemake, expect it to fail and return all it printed."""
        done = self._snakemake(*arguments)
        assert done.returncode != 0, done.stdout
        return done.stdout + done.stderr

    def _snakemake(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )

    def files(self) -> dict[str, str]:
        """Every output of the workflow and Snakemake's plan for it."""
        rows = [line.split("\t") for line in self.run("--summary").splitlines()]
        return {row[0]: row[-1] for row in rows[1:]}

    def pending(self) -> set[str]:
        """Outputs that a run would make anew."""
        return {file for file, plan in self.files().items() if plan != "no update"}

    def configure(self, **changes: object) -> None:
        """Change the config; keys may be dotted with double underscores."""
        config = self.config()
        for keys, value in changes.items():
            block = config
            *parents, last = keys.split("__")
            for key in parents:
                block = block.setdefault(key, {})
            block[last] = value
        self.write_config(config)

    def only(self, *chains: str) -> None:
        """Take the blocks of all other chains out of the config."""
        others = {chain.name for chain in CHAINS} - {*chains}
        self.write_config({k: v for k, v in self.config().items() if k not in others})

    def config(self) -> dict[str, Any]:
        """The content of the config."""
        content: dict[str, Any] = yaml.safe_load(self._config_file.read_text())
        return content

    def write_config(self, config: dict[str, Any]) -> None:
        """Write the config anew."""
        self._config_file.write_text(yaml.safe_dump(config, sort_keys=False))

    @property
    def _config_file(self) -> Path:
        return self.folder / "config" / "test.yaml"

    def append(self, module: str, code: str = "\n\nEDITED = True\n") -> None:
        """Edit a module of the package, in this copy only."""
        self.own_package()
        path = self.folder / "src" / "pipeline" / module
        path.write_text(path.read_text() + code)

    def own_package(self) -> None:
        """Give this copy a package that can be edited, in place of the one that all share."""
        src = self.folder / "src"
        if src.is_symlink():
            origin = src.resolve()
            src.unlink()
            shutil.copytree(origin, src, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))

    def pretend(self) -> None:
        """Put every output in place (empty files) and on Snakemake's record."""
        for file in self.files():
            path = self.folder / file
            if path.suffix:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()
            else:
                path.mkdir(parents=True)
        self.run("--touch", "--forceall")

    def twin(self, folder: Path) -> "Copy":
        """A copy of this copy, modification times included.

        It shares the package until it edits its own (`append`).
        """
        shutil.copytree(self.folder, folder, symlinks=True)
        return Copy(folder)


@pytest.fixture(scope="session")
def pristine(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """The workflow without results, with all chains; do not edit it.

    It shares the package with the checkout, and with it the compiled functions: numba keeps those
    by the path of their module.
    """
    folder = tmp_path_factory.mktemp("workflow") / "copy"
    folder.mkdir()
    shutil.copy(repository / "Snakefile", folder)
    for name in ("workflow", "config", "envs", "profiles"):
        shutil.copytree(
            repository / name, folder / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    (folder / "src").symlink_to(repository / "src")
    copy = Copy(folder)
    copy.configure(results="results")
    return copy


@pytest.fixture(scope="session")
def finished(pristine: Copy, tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """The gas chain with every output in place (empty files) and on Snakemake's record."""
    copy = pristine.twin(tmp_path_factory.mktemp("finished") / "copy")
    copy.only("gas")
    copy.pretend()
    return copy


@pytest.fixture(scope="session")
def finished_chains(pristine: Copy, tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """The same with all chains."""
    copy = pristine.twin(tmp_path_factory.mktemp("chains") / "copy")
    copy.pretend()
    return copy


@pytest.fixture(scope="session")
def xenon_copy(pristine: Copy, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Copy]:
    """(targets, changes of the config) -> a copy with the xenon chain alone that made them.

    Without targets every output is in place (empty files) and on Snakemake's record.
    """

    def make(*targets: str, **changes: object) -> Copy:
        copy = pristine.twin(tmp_path_factory.mktemp("xenon") / "copy")
        copy.only("xenon")
        copy.configure(**changes)
        if targets:
            copy.run(*targets)
        else:
            copy.pretend()
        return copy

    return make


@pytest.fixture
def study(finished: Copy, tmp_path: Path) -> Copy:
    """A finished gas chain of one's own."""
    return finished.twin(tmp_path / "copy")
