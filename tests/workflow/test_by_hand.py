"""The command in a job's log runs that job alone, without Snakemake, to the same bytes."""

import re
import subprocess

FIGURE = "results/gas/plots/arrow.png"
# A script of its own, one that calls a function of the package, and a figure.
JOBS = {
    "results/logs/gas/tracks/arrows/0000_arrows.log": [
        "results/gas/tracks/arrows/0000_arrows.parquet",
        "results/gas/tracks/arrows/0000_arrows.json",
    ],
    "results/logs/gas/stages/arrows.log": ["results/gas/tables/stages/arrows.parquet"],
    "results/logs/gas/plots/arrow.log": [FIGURE, FIGURE.replace("png", "pdf")],
}


def test_command_in_the_log_makes_the_same_bytes(pristine, tmp_path):
    copy = pristine.twin(tmp_path / "copy")
    copy.only("gas")
    copy.run(FIGURE)
    for log, outputs in JOBS.items():
        command = re.search(r"this job alone: (.*)", (copy.folder / log).read_text())[1]
        made = {file: (copy.folder / file).read_bytes() for file in outputs}
        for file in outputs:
            (copy.folder / file).unlink()
        subprocess.run(command, shell=True, cwd="/", check=True)
        assert {file: (copy.folder / file).read_bytes() for file in outputs} == made
