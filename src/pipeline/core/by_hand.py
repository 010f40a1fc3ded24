"""A job of the workflow run by hand, without Snakemake: python -m pipeline.core.by_hand JOB.json.

Every job writes what Snakemake gave it beside its log. The command is in the log; with
`python -m pdb -m pipeline.core.by_hand JOB.json` the script runs in the debugger. Outputs are
written where the workflow writes them.
"""

import json
import os
import runpy
import shlex
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

# What a job's environment decides: which package it imports, where compiled code is kept, threads,
# how figures are drawn.
ENVIRONMENT = (
    "PYTHONPATH",
    "NUMBA_CACHE_DIR",
    "OMP_NUM_THREADS",
    "OMP_WAIT_POLICY",
    "MPLBACKEND",
    "MPLCONFIGDIR",
)
LISTS = ("input", "output", "params", "wildcards", "log")


class Named(list[Any]):
    """A list some of whose entries, or groups of them, have names, like Snakemake's."""

    def __init__(self, entries: list[Any], names: dict[str, Any]) -> None:
        super().__init__(entries)
        self._names = names
        vars(self).update(names)

    def __getitem__(self, key: Any) -> Any:
        return self._names[key] if isinstance(key, str) else super().__getitem__(key)

    def get(self, name: str, default: Any = None) -> Any:
        """The entry of that name, or the default."""
        return self._names.get(name, default)

    def keys(self) -> Any:
        """The names."""
        return self._names.keys()

    def items(self) -> Any:
        """Names and their entries."""
        return self._names.items()

    def __str__(self) -> str:
        return " ".join(map(str, self))


def write(snakemake: Any, log: Path) -> str:
    """Write the job beside its log, as JSON, and return the command that runs it."""
    path = log.with_suffix(".job.json")
    content: dict[str, Any] = {name: _plain(getattr(snakemake, name, [])) for name in LISTS}
    content |= {
        # Snakemake runs a copy whose name ends in that of the script.
        "script": ".".join(Path(sys.argv[0]).name.split(".")[-2:]),
        "scriptdir": str(getattr(snakemake, "scriptdir", "")),
        "rule": snakemake.rule,
        "threads": getattr(snakemake, "threads", 1),
        "resources": {
            name: value
            for name, value in dict(getattr(snakemake, "resources", {})).items()
            if isinstance(value, int | str)
        },
        "environment": {name: os.environ[name] for name in ENVIRONMENT if name in os.environ},
    }
    path.write_text(json.dumps(content, indent=1))
    package = content["environment"].get("PYTHONPATH", "")
    return (
        f"cd {shlex.quote(os.getcwd())} && PYTHONPATH={shlex.quote(package)} "
        f"{shlex.quote(sys.executable)} -m {__name__} {shlex.quote(str(path))}"
    )


def read(path: str | Path) -> tuple[Path, SimpleNamespace]:
    """The script of a job written by `write`, and the stand-in for its `snakemake` object.

    Raises:
        FileNotFoundError: there is no such job.
    """
    content = json.loads(Path(path).read_text())
    os.environ.update(content["environment"])
    job = SimpleNamespace(**{name: _named(content[name]) for name in LISTS})
    resources = content["resources"]
    job.resources = Named(list(resources.values()), resources)
    job.rule, job.threads, job.scriptdir = (content[k] for k in ("rule", "threads", "scriptdir"))
    return Path(content["scriptdir"]) / content["script"], job


def _plain(entries: Any) -> dict[str, Any]:
    """A list of Snakemake's with its names, as plain content."""
    names = dict(entries.items()) if hasattr(entries, "items") else {}
    one = (str, int, float, dict, type(None))
    return {
        "entries": list(entries),
        "names": {k: v if isinstance(v, one) else list(v) for k, v in names.items()},
    }


def _named(content: dict[str, Any]) -> Named:
    return Named(content["entries"], content["names"])


def main(path: str) -> None:
    """Run the job."""
    script, job = read(path)
    sys.argv = [str(script)]
    runpy.run_path(str(script), {"snakemake": job}, run_name="__main__")


if __name__ == "__main__":
    main(*sys.argv[1:])
