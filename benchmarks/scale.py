"""A million simulated recoils through tracks and voxels by the workflow itself, no training.

Usage: python benchmarks/scale.py [--events N] [--cores N], with recoils at 40-50 keV.
Needs some 14 GB for a million events in the folder for temporary files (TMPDIR).
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
import yaml
from machine import describe_machine
from options import parsed

from pipeline.gas.config.chain import TRAINING
from pipeline.gas.paths import GasPaths
from pipeline.study import check_config

REPOSITORY = Path(__file__).resolve().parents[1]
PAPER = REPOSITORY / "config" / "paper.yaml"


def main() -> None:
    """Print what the jobs took, and what Snakemake itself takes for the paper's study."""
    arguments = parsed(__doc__, events=1_000_000, cores=2)
    print(describe_machine())
    print(f"dry run of {PAPER.name}: {_snakemake(PAPER, '-n', '--quiet', 'all'):.1f} s")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = yaml.safe_load(PAPER.read_text())
        train = config["gas"]["sources"]["train"]
        train["events_per_energy"] = arguments.events // len(train["energies_keV"])
        config["results"] = str(folder / "results")
        path = folder / "config.yaml"
        path.write_text(yaml.safe_dump(config))
        gas = check_config(config).paths["gas"]
        shards = gas.shards(TRAINING)
        cores = ["--cores", str(arguments.cores)]
        wall_s = _snakemake(path, *shards, *cores)
        again_s = _snakemake(path, *shards, *cores)
        print(_table(gas, arguments.events, wall_s, arguments.cores).to_string())
        print(f"second run, nothing to do: {again_s:.1f} s")


def _snakemake(config: Path, *arguments: str) -> float:
    """Seconds that a run takes."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "snakemake", *arguments, "--configfile", str(config)]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)
    return time.perf_counter() - start


def _table(gas: GasPaths, events: int, wall_s: float, cores: int) -> pd.Series:
    records = sorted(Path(gas.results, "benchmarks").rglob("*.tsv"))
    jobs = pd.concat(pd.read_csv(path, sep="\t") for path in records)
    stored = {
        kind: sum(path.stat().st_size for path in Path(gas.root, kind).rglob("*.parquet"))
        for kind in ("tracks", "voxels")
    }
    busy_s = jobs["s"].sum()
    return pd.Series(
        {
            "events": events,
            "jobs": len(jobs),
            "wall s": round(wall_s),
            "events/s": round(events / wall_s),
            "events/s of a core in jobs": round(events / busy_s),
            "cores' time outside jobs, %": round(100 * (1 - busy_s / (cores * wall_s)), 1),
            "largest job, MB": round(jobs["max_rss"].max()),
            **{f"{kind}, bytes an event": round(size / events) for kind, size in stored.items()},
        }
    )


if __name__ == "__main__":
    main()
